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
import ipaddress
import secrets
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from monitor.console.guesses import Guesses
from monitor.console.scope import EVERYTHING, Scope
from monitor.console.sessions import Session, Sessions, SessionView

Role = Literal["viewer", "operator", "admin"]

RANK: dict[str, int] = {"viewer": 0, "operator": 1, "admin": 2}
KEEP_S: dict[str, float] = {"viewer": 30 * 86_400.0, "operator": 43_200.0, "admin": 43_200.0}


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody, or some screen, with a token.

    It opens nothing from an address outside `networks` (if there are any) or after
    `expires_at`, in epoch seconds.
    """

    name: str
    role: Role
    token: str
    scope: Scope = EVERYTHING
    networks: tuple[str, ...] = ()
    expires_at: float = float("inf")

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
    scope: Scope = EVERYTHING


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
    """A person as we keep one: without the token."""

    digest: bytes
    person: Person
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


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
        self._people: dict[str, _Known] = {}
        self._origins: set[str] = set()
        self._sessions = Sessions()
        self._guesses = Guesses()
        self.replace(people, origins)

    def replace(self, people: Sequence[Person], origins: Sequence[str]) -> None:
        """Use these people and origins from now on; sessions of people who are gone end."""
        self._people = {
            person.name: _Known(
                _hash(person.token),
                replace(person, token="", scope=_scope(person)),
                tuple(ipaddress.ip_network(each) for each in person.networks),
            )
            for person in people
        }
        self._origins = {origin.rstrip("/").lower() for origin in origins}
        known = {(each.person.name, each.person.role) for each in self._people.values()}
        self._sessions.keep(lambda session: (session.person, session.role) in known)

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
        return self._ticket(person, visit, now)

    def display(self, token: str, visit: Visit, now: float) -> Ticket | Refusal:
        """Exchange the token of a link for a session: a viewer's, and nothing more."""
        person = self._person(token, visit, now)
        if isinstance(person, Refusal):
            return person
        if person.role != "viewer":
            return self._refuse(403, "a display link needs a viewer's token")
        return self._ticket(person, visit, now)

    def _ticket(self, person: Person, visit: Visit, now: float) -> Ticket:
        sid = secrets.token_urlsafe(32)
        keep_s = KEEP_S[person.role]
        key = _hash(sid)
        session = Session(person.name, person.role, visit.address, now, now, now + keep_s, keep_s)
        self._sessions.begin(key, session)
        caller = _caller(person, "cookie", key, _csrf(sid))
        return Ticket(sid, caller.csrf, min(keep_s, person.expires_at - now), caller)

    def logout(self, caller: Caller) -> None:
        """End the caller's session; without one there is nothing to end."""
        if caller.session is not None:
            self._sessions.end(caller.session)

    def sessions(self, caller: Caller, now: float) -> list[SessionView]:
        """Who is logged in, for an admin's eyes."""
        return self._sessions.shown(now, caller.session)

    def revoke(self, session: str) -> str | None:
        """End the session that is named so; whose it was, None where there is none."""
        ended = self._sessions.end_named(session)
        return None if ended is None else ended.person

    def who(self, visit: Visit, now: float) -> Caller | Refusal:
        """Who this is; 401 for nobody, 429 for an address that guessed too often."""
        if visit.bearer is not None:
            person = self._person(visit.bearer, visit, now)
            return person if isinstance(person, Refusal) else _caller(person, "bearer")
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
        if not _from_there(known, visit.address):
            return self._refuse(403, "not from this network")
        return _caller(known.person, "cookie", key, _csrf(visit.cookie))

    def still(self, caller: Caller, now: float) -> bool:
        """Whether somebody who is connected still may be; being connected keeps a session.

        One who may see something else since is let go, too, and comes back to see that.
        """
        if caller.via == "open":
            return self.open_mode
        known = self._people.get(caller.name)
        if known is None or known.person.expires_at <= now:
            return False
        if (known.person.role, known.person.scope) != (caller.role, caller.scope):
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

    def _person(self, token: str, visit: Visit, now: float) -> Person | Refusal:
        if self._guesses.too_many(visit.address, now):
            return self._refuse(429, "too many wrong tokens")
        found: _Known | None = None
        given = _hash(token)
        for known in self._people.values():  # all of them, so that the time tells nothing
            if hmac.compare_digest(given, known.digest):
                found = known
        if found is not None and found.person.expires_at <= now:
            return self._refuse(401, "this token is over")
        if found is not None and not _from_there(found, visit.address):
            return self._refuse(403, "not from this network")
        if found is not None:
            return found.person
        self._guesses.note(visit.address, now)
        return self._refuse(401, "wrong token")

    def _refuse(self, status: int, reason: str) -> Refusal:
        self.refused[reason] = self.refused.get(reason, 0) + 1
        return Refusal(status, reason)


def _caller(
    person: Person,
    via: Literal["bearer", "cookie"],
    session: bytes | None = None,
    csrf: str = "",
) -> Caller:
    return Caller(person.name, person.role, via, session, csrf, person.scope)


def _scope(person: Person) -> Scope:
    """Who may only look sees no names of people, whatever else."""
    return replace(person.scope, nick=False) if person.role == "viewer" else person.scope


def _from_there(known: _Known, address: str) -> bool:
    if not known.networks:
        return True
    try:
        there = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(there in network for network in known.networks)


def _hash(secret: str) -> bytes:
    # Headers may hold bytes that are no text; aiohttp hands them on as lone surrogates.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _csrf(sid: str) -> str:
    # Whoever has the session can work this out, and a page of another site can not.
    return hashlib.sha256(b"csrf:" + sid.encode("utf-8", "surrogatepass")).hexdigest()
