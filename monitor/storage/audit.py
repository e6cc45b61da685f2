"""The table of what people did: who, when, what, and about which room or alert."""

from __future__ import annotations

from sqlite3 import Connection

import msgspec
from msgspec import Struct

SCHEMA = """
CREATE TABLE audit (seq INTEGER PRIMARY KEY, at REAL NOT NULL, body BLOB NOT NULL);
CREATE INDEX audit_at ON audit (at)
"""


class Deed(Struct, frozen=True, kw_only=True):
    """What somebody did: `did` is one of acked, cued, marked, muted, unmuted, revoked, acted."""

    at: float
    by: str
    did: str
    room: str = ""
    about: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Deed).decode


def add(connection: Connection, deed: Deed) -> None:
    connection.execute("INSERT INTO audit (at, body) VALUES (?, ?)", (deed.at, _encode(deed)))


def latest(connection: Connection, limit: int) -> list[Deed]:
    """The last deeds, newest first."""
    rows = connection.execute("SELECT body FROM audit ORDER BY seq DESC LIMIT ?", (limit,))
    return [_decode(body) for (body,) in rows]


def prune(connection: Connection, before: float, limit: int) -> int:
    """Delete up to `limit` deeds from before; return how many."""
    return connection.execute(
        "DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE at < ? LIMIT ?)",
        (before, limit),
    ).rowcount
