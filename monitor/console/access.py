"""Who may see and do what: tokens with roles, sessions in a cookie, and from where.

    comes with             is                    may change things when
    Authorization: Bearer  the token's person    always: no browser adds this by itself
    the session's cookie   who logged in         the Origin is ours and X-CSRF is the session's
    nothing, open mode     whoever sits there    the Origin is ours, or there is none (no browser)

Only hashes of tokens and sessions are kept. A token may be bound to networks, end some day,
and see a part of the house only (scope.py). Open mode is for a demo on the loopback
address; there the Host must be ours too, or a page of another name that resolves to
127.0.0.1 could read along.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from monitor.console.guesses import Guesses
from monitor.console.person import KEEP_S, RANK, Person, Role
from monitor.console.scope import EVERYTHING, Scope
from monitor.console.sessions import Session, Sessions, SessionView


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
    scope: Scope = EVERYTHING
    mark: bytes = b""  # of the token it came by


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


class _Known(Struct, frozen=True):
    """A person as we keep one: without the token, but with a mark of it that opens nothing."""

    digest: bytes
    mark: bytes
    person: Person


class Access:
    """Decides, and returns the reason when it refuses. `now` is in seconds and never goes back."""

    def __init__(
        self,
        people: Sequence[Person] = (),
        *,
        origins: Sequence[str] = (),
        open_mode: bool = False,
        keep: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        """`keep` is handed the sessions, each time one begins or is ended."""
        assert open_mode or people, "without a token the console is for the loopback demo only"
        self.open_mode = open_mode
        self._keep = keep
        self.refused: dict[str, int] = {}  # by reason, for the counters
        self._people: dict[str, _Known] = {}
        self._origins: set[str] = set()
        self._sessions = Sessions()
        self._guesses = Guesses()
        self.replace(people, origins)

    def replace(self, people: Sequence[Person], origins: Sequence[str]) -> None:
        """Use these people and origins from now on; sessions of others, and of old tokens, end."""
        self._people = {person.name: _known(person) for person in people}
        self._origins = {origin.rstrip("/").lower() for origin in origins}
        self._end_strangers()

    def _end_strangers(self) -> None:
        """A session goes with the token that began it, and with the role it had."""
        marks = {(each.mark, each.person.role) for each in self._people.values()}
        self._sessions.keep(lambda session: (session.mark, session.role) in marks)

    def saved(self) -> bytes:
        """The sessions, for `take_up` after a restart; no secret is in them."""
        return self._sessions.saved()

    def take_up(self, saved: bytes, now: float) -> None:
        """Go on with the sessions that were saved, of people who still have that token."""
        self._sessions.take_up(saved, now)
        self._end_strangers()

    def allow_origin(self, origin: str) -> None:
        """Pages of this origin (`http://127.0.0.1:8080`) are ours too: its port is known late."""
        self._origins.add(origin.rstrip("/").lower())

    def login(self, token: str, visit: Visit, now: float) -> Ticket | Refusal:
        """Exchange a token for a session."""
        foreign = self._foreign(visit, missing_is_fine=False)
        if foreign:
            return foreign
        known = self._holder(token, visit, now)
        if isinstance(known, Refusal):
            return known
        return self._ticket(known, visit, now)

    def display(self, token: str, visit: Visit, now: float) -> Ticket | Refusal:
        """Exchange the token of a link for a session: a viewer's, and nothing more."""
        known = self._holder(token, visit, now)
        if isinstance(known, Refusal):
            return known
        if known.person.role != "viewer":
            return self._refuse(403, "a display link needs a viewer's token")
        return self._ticket(known, visit, now)

    def _ticket(self, known: _Known, visit: Visit, now: float) -> Ticket:
        sid, person = secrets.token_urlsafe(32), known.person
        key, keep_s = _hash(sid), KEEP_S[person.role]
        self._sessions.begin(
            key,
            Session(person.name, person.role, known.mark, visit.address, now, now, keep_s),
        )
        self._keep(self.saved())
        caller = _caller(known, "cookie", key, _csrf(sid))
        return Ticket(sid, caller.csrf, min(keep_s, person.expires_at - now), caller)

    def logout(self, caller: Caller) -> None:
        """End the caller's session; without one there is nothing to end."""
        if caller.session is not None:
            self._sessions.end(caller.session)
            self._keep(self.saved())

    def sessions(self, caller: Caller, now: float) -> list[SessionView]:
        """Who is logged in, for an admin's eyes."""
        return self._sessions.shown(now, caller.session)

    def revoke(self, session: str) -> str | None:
        """End the session that is named so; whose it was, None where there is none."""
        ended = self._sessions.end_named(session)
        self._keep(self.saved())
        return None if ended is None else ended.person

    def who(self, visit: Visit, now: float) -> Caller | Refusal:
        """Who this is; 401 for nobody, 429 for an address that guessed too often."""
        if visit.bearer is not None:
            holder = self._holder(visit.bearer, visit, now)
            return holder if isinstance(holder, Refusal) else _caller(holder, "bearer")
        if self.open_mode:
            if visit.host.lower() not in {urlsplit(origin).netloc for origin in self._origins}:
                return self._refuse(403, "this Host is not one of ours")
            return Caller("local", "operator", "open")
        if visit.cookie is None:
            return self._refuse(401, "no session")
        key = _hash(visit.cookie)
        session = self._sessions.use(key, now, visit.address)
        if session is None:
            return self._refuse(401, "no such session")
        known = self._people[session.person]
        if known.person.expires_at <= now:
            return self._refuse(401, "this token is over")
        if not known.person.from_there(visit.address):
            return self._refuse(403, "not from this network")
        return _caller(known, "cookie", key, _csrf(visit.cookie))

    def still(self, caller: Caller, now: float) -> bool:
        """Whether somebody who is connected still may be; being connected keeps a session.

        One who may see something else since is let go, too, and comes back to see that.
        """
        if caller.via == "open":
            return self.open_mode
        known = self._people.get(caller.name)
        if known is None or known.person.expires_at <= now:
            return False
        if _caller(known, caller.via, caller.session, caller.csrf) != caller:
            return False
        return caller.session is None or self._sessions.use(caller.session, now) is not None

    def why_not_connect(self, caller: Caller, visit: Visit) -> Refusal | None:
        """Why this page may not open a WebSocket, if it may not."""
        return self._foreign(visit, missing_is_fine=caller.via == "bearer")

    def why_not_change(self, caller: Caller, visit: Visit, role: Role) -> Refusal | None:
        """Why this caller may not change something that needs `role`, if it may not."""
        foreign = self._foreign(visit, missing_is_fine=caller.via != "cookie")
        if foreign:
            return foreign
        if caller.via == "cookie" and not hmac.compare_digest(
            _hash(visit.csrf or ""), _hash(caller.csrf)
        ):
            return self._refuse(403, "X-CSRF is missing or not this session's")
        if RANK[caller.role] < RANK[role]:
            return self._refuse(403, f"needs the role {role}")
        return None

    def _foreign(self, visit: Visit, *, missing_is_fine: bool) -> Refusal | None:
        if visit.fetch_site not in (None, "same-origin", "none"):
            return self._refuse(403, "a page of another site asked")
        if visit.origin is None:
            return None if missing_is_fine else self._refuse(403, "no Origin")
        if visit.origin.lower() not in self._origins:
            return self._refuse(403, "this Origin is not one of ours")
        return None

    def _holder(self, token: str, visit: Visit, now: float) -> _Known | Refusal:
        if self._guesses.too_many(visit.address, now):
            return self._refuse(429, "too many wrong tokens")
        found: _Known | None = None
        given = _hash(token)
        for known in self._people.values():  # all of them, so that the time tells nothing
            if hmac.compare_digest(given, known.digest):
                found = known
        if found is not None and found.person.expires_at <= now:
            return self._refuse(401, "this token is over")
        if found is not None and not found.person.from_there(visit.address):
            return self._refuse(403, "not from this network")
        if found is not None:
            return found
        self._guesses.note(visit.address, now)
        return self._refuse(401, "wrong token")

    def _refuse(self, status: int, reason: str) -> Refusal:
        self.refused[reason] = self.refused.get(reason, 0) + 1
        return Refusal(status, reason)


def _known(person: Person) -> _Known:
    """Who may only look sees no names of people, whatever else."""
    scope = replace(person.scope, nick=False) if person.role == "viewer" else person.scope
    digest = _hash(person.token)
    mark = hashlib.sha256(b"mark:" + digest).digest()
    return _Known(digest, mark, replace(person, token="", scope=scope))


def _caller(
    known: _Known,
    via: Literal["bearer", "cookie", "open"],
    session: bytes | None = None,
    csrf: str = "",
) -> Caller:
    person = known.person
    return Caller(person.name, person.role, via, session, csrf, person.scope, known.mark)


def _hash(secret: str) -> bytes:
    # Headers may hold bytes that are no text; aiohttp hands them on as lone surrogates.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _csrf(sid: str) -> str:
    # Whoever has the session can work this out, and a page of another site can not.
    return hashlib.sha256(b"csrf:" + sid.encode("utf-8", "surrogatepass")).hexdigest()
