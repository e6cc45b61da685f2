"""Who is logged in: a table of sessions by the hash of what is in their cookie.

A session slides: each use puts its end off. It is bounded, and the one that ends first
makes room.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
from msgspec import Struct

SESSIONS = 1_000
SHOWN = 12  # hexadecimal digits that a session is named by; they open nothing


class Session(Struct):
    """`ends_at` moves with each use, which is when it was last seen."""

    person: str
    role: str
    mark: bytes  # of the token that began it
    address: str
    begun_at: float
    seen_at: float
    keep_s: float

    @property
    def ends_at(self) -> float:
        return self.seen_at + self.keep_s


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[tuple[str, Session]]).decode


class SessionView(Struct, frozen=True, kw_only=True):
    """A session as an admin sees it; `id` names it and is not in any cookie."""

    id: str
    name: str
    role: str
    address: str
    begun_at: float
    seen_at: float
    ends_at: float
    mine: bool = False


class Sessions:
    """By the hash of the sid, which itself is kept nowhere."""

    def __init__(self) -> None:
        self._table: dict[bytes, Session] = {}

    def __len__(self) -> int:
        return len(self._table)

    def begin(self, key: bytes, session: Session) -> None:
        now = session.begun_at
        for other, old in list(self._table.items()):
            if old.ends_at <= now:
                del self._table[other]
        if len(self._table) >= SESSIONS:
            del self._table[min(self._table, key=lambda other: self._table[other].ends_at)]
        self._table[key] = session

    def use(self, key: bytes, now: float, address: str = "") -> Session | None:
        """The session, its end put off; None where there is none of that key any more."""
        session = self._table.get(key)
        if session is None or session.ends_at <= now:
            return None
        session.seen_at = now
        session.address = address or session.address
        return session

    def end(self, key: bytes) -> None:
        """End it; one that is not there is over already."""
        self._table.pop(key, None)

    def end_named(self, name: str) -> Session | None:
        """End the one an admin names; None where there is no such session."""
        for key in self._table:
            if _name(key) == name:
                return self._table.pop(key)
        return None

    def keep(self, wanted: Callable[[Session], bool]) -> None:
        """End the others."""
        self._table = {key: each for key, each in self._table.items() if wanted(each)}

    def saved(self) -> bytes:
        """All of them, as JSON: hashes, names, addresses and times."""
        return _encode([(key.hex(), session) for key, session in self._table.items()])

    def take_up(self, saved: bytes, now: float) -> None:
        """Those that were saved and last still; what can not be read is forgotten."""
        try:
            found = _decode(saved)
        except msgspec.DecodeError:
            return
        for key, session in found[-SESSIONS:]:
            if session.ends_at > now:
                self._table.setdefault(bytes.fromhex(key), session)

    def shown(self, now: float, mine: bytes | None) -> list[SessionView]:
        """Those that last, the latest used first."""
        views = [
            SessionView(
                id=_name(key), name=each.person, role=each.role, address=each.address,
                begun_at=each.begun_at, seen_at=each.seen_at, ends_at=each.ends_at,
                mine=key == mine,
            )
            for key, each in self._table.items()
            if each.ends_at > now
        ]  # fmt: skip
        return sorted(views, key=lambda view: -view.seen_at)


def _name(key: bytes) -> str:
    # of the hash another hash: what an admin is shown must not help to find a cookie
    return hashlib.sha256(b"session:" + key).hexdigest()[:SHOWN]
