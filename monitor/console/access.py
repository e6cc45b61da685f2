"""Who may see and do what: tokens with roles, sessions in a cookie, and from where.

    comes with             is                    may change things when
    Authorization: Bearer  the token's person    always: no browser adds this by itself
    the session's cookie   who logged in         the Origin is ours and X-CSRF is the session's
    nothing, open mode     whoever sits there    the Origin is ours, or there is none (no browser)

Only hashes of tokens and sessions are kept. Open mode is for a demo on the loopback
address; there the Host must be ours too, or a page of another name that resolves to
127.0.0.1 could read along.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

Role = Literal["viewer", "operator", "admin"]

RANK: dict[str, int] = {"viewer": 0, "operator": 1, "admin": 2}
KEEP_S: dict[str, float] = {"viewer": 30 * 86_400.0, "operator": 43_200.0, "admin": 43_200.0}
SESSIONS = 1_000  # the one that ends first makes room
FAILURES_A_MINUTE = 10
ADDRESSES = 4_096  # whose failures are remembered; the one quiet for longest is forgotten


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody, or some screen, with a token."""

    name: str
    role: Role
    token: str

    def __repr__(self) -> str:
        return f"Person({self.name!r}, {self.role!r}, token=…)"


class Visit(Struct, frozen=True):
    """What a request says of itself. `origin`, `bearer`, `cookie` and `csrf` are None if absent."""

    address: str
    host: str = ""
    origin: str | None = None
    fetch_site: str | None = None
    bearer: str | None = None
    cookie: str | None = None
    csrf: str | None = None


class Caller(Struct, frozen=True):
    """Who is there. `session` is the hash of the cookie's session, None without one."""

    name: str
    role: Role
    via: Literal["bearer", "cookie", "open"]
    session: bytes | None = None
    csrf: str = ""


class Refusal(Struct, frozen=True):
    """Why not: an HTTP status, and words without a secret."""

    status: int
    reason: str


class Ticket(Struct, frozen=True):
    """A new session: `sid` goes into the cookie and is kept nowhere else."""

    sid: str
    csrf: str
    keep_s: float
    caller: Caller

    def __repr__(self) -> str:
        return f"Ticket({self.caller.name!r})"


class _Session(Struct):
    person: str
    role: Role
    ends_at: float


class Access:
    """Decides, and returns the reason when it refuses. `now` is in seconds and never goes back."""

    def __init__(
        self,
        people: Sequence[Person] = (),
        *,
        origins: Sequence[str] = (),
        open_mode: bool = False,
    ) -> None:
        assert open_mode or people, "without a token the console is for the loopback demo only"
        self.open_mode = open_mode
        self.refused: dict[str, int] = {}  # by reason, for the counters
        self._people: list[tuple[bytes, str, Role]] = []
        self._origins: set[str] = set()
        self._sessions: dict[bytes, _Session] = {}
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self.replace(people, origins)

    def replace(self, people: Sequence[Person], origins: Sequence[str]) -> None:
        """Use these people and origins from now on; sessions of people who are gone end."""
        self._people = [(_hash(person.token), person.name, person.role) for person in people]
        self._origins = {origin.rstrip("/").lower() for origin in origins}
        known = {(name, role) for _, name, role in self._people}
        self._sessions = {
            key: session
            for key, session in self._sessions.items()
            if (session.person, session.role) in known
        }

    def allow_origin(self, origin: str) -> None:
        """Pages of this origin (`http://127.0.0.1:8080`) are ours too: its port is known late."""
        self._origins.add(origin.rstrip("/").lower())

    def login(self, token: str, visit: Visit, now: float) -> Ticket | Refusal:
        """Exchange a token for a session."""
        foreign = self._foreign(visit, missing_is_fine=False)
        if foreign:
            return foreign
        person = self._person(token, visit, now)
        if isinstance(person, Refusal):
            return person
        return self._ticket(*person, now)

    def _ticket(self, name: str, role: Role, now: float) -> Ticket:
        self._make_room(now)
        sid = secrets.token_urlsafe(32)
        self._sessions[_hash(sid)] = _Session(name, role, now + KEEP_S[role])
        caller = Caller(name, role, "cookie", _hash(sid), _csrf(sid))
        return Ticket(sid, caller.csrf, KEEP_S[role], caller)

    def display(self, token: str, visit: Visit, now: float) -> Ticket | Refusal:
        """Exchange the token of a link for a session: a viewer's, and nothing more."""
        person = self._person(token, visit, now)
        if isinstance(person, Refusal):
            return person
        if person[1] != "viewer":
            return self._refuse(403, "a display link needs a viewer's token")
        return self._ticket(*person, now)

    def logout(self, caller: Caller) -> None:
        """End the caller's session; without one there is nothing to end."""
        if caller.session is not None:
            self._sessions.pop(caller.session, None)

    def who(self, visit: Visit, now: float) -> Caller | Refusal:
        """Who this is; 401 for nobody, 429 for an address that guessed too often."""
        if visit.bearer is not None:
            person = self._person(visit.bearer, visit, now)
            return person if isinstance(person, Refusal) else Caller(*person, "bearer")
        if self.open_mode:
            if visit.host.lower() not in {urlsplit(origin).netloc for origin in self._origins}:
                return self._refuse(403, "this Host is not one of ours")
            return Caller("local", "operator", "open")
        if visit.cookie is None:
            return self._refuse(401, "no session")
        key = _hash(visit.cookie)
        session = self._sessions.get(key)
        if session is None or session.ends_at <= now:
            return self._refuse(401, "no such session")
        session.ends_at = now + KEEP_S[session.role]
        return Caller(session.person, session.role, "cookie", key, _csrf(visit.cookie))

    def still(self, caller: Caller, now: float) -> bool:
        """Whether somebody who is connected still may be; being connected keeps a session."""
        if caller.via == "open":
            return self.open_mode
        if caller.session is None:
            return any((caller.name, caller.role) == person[1:] for person in self._people)
        session = self._sessions.get(caller.session)
        if session is None or session.ends_at <= now:
            return False
        session.ends_at = now + KEEP_S[session.role]
        return True

    def why_not_connect(self, caller: Caller, visit: Visit) -> Refusal | None:
        """Why this page may not open a WebSocket, if it may not."""
        return self._foreign(visit, missing_is_fine=caller.via == "bearer")

    def why_not_change(self, caller: Caller, visit: Visit, role: Role) -> Refusal | None:
        """Why this caller may not change something that needs `role`, if it may not."""
        foreign = self._foreign(visit, missing_is_fine=caller.via != "cookie")
        if foreign:
            return foreign
        if caller.via == "cookie" and not _same(visit.csrf or "", caller.csrf):
            return self._refuse(403, "X-CSRF is missing or not this session's")
        if RANK[caller.role] < RANK[role]:
            return self._refuse(403, f"needs the role {role}")
        return None

    def _make_room(self, now: float) -> None:
        ends = {key: session.ends_at for key, session in self._sessions.items()}
        for key, ends_at in ends.items():
            if ends_at <= now:
                del self._sessions[key]
        if len(self._sessions) >= SESSIONS:
            del self._sessions[min(self._sessions, key=ends.__getitem__)]

    def _foreign(self, visit: Visit, *, missing_is_fine: bool) -> Refusal | None:
        if visit.fetch_site not in (None, "same-origin", "none"):
            return self._refuse(403, "a page of another site asked")
        if visit.origin is None:
            return None if missing_is_fine else self._refuse(403, "no Origin")
        if visit.origin.lower() not in self._origins:
            return self._refuse(403, "this Origin is not one of ours")
        return None

    def _person(self, token: str, visit: Visit, now: float) -> tuple[str, Role] | Refusal:
        failures = self._failures.get(visit.address)
        if failures:
            while failures and failures[0] <= now - 60.0:
                failures.popleft()
            if len(failures) >= FAILURES_A_MINUTE:
                return self._refuse(429, "too many wrong tokens")
        found: tuple[str, Role] | None = None
        given = _hash(token)
        for known, name, role in self._people:  # all of them, so that the time tells nothing
            if hmac.compare_digest(given, known):
                found = (name, role)
        if found is not None:
            return found
        self._failures.setdefault(visit.address, deque(maxlen=FAILURES_A_MINUTE)).append(now)
        self._failures.move_to_end(visit.address)
        if len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)
        return self._refuse(401, "wrong token")

    def _refuse(self, status: int, reason: str) -> Refusal:
        self.refused[reason] = self.refused.get(reason, 0) + 1
        return Refusal(status, reason)


def _hash(secret: str) -> bytes:
    # Headers may hold bytes that are no text; aiohttp hands them on as lone surrogates.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _csrf(sid: str) -> str:
    # Whoever has the session can work this out, and a page of another site can not.
    return hashlib.sha256(b"csrf:" + sid.encode("utf-8", "surrogatepass")).hexdigest()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(_hash(given), _hash(expected))
