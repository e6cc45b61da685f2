"""The table of everything that happened to alerts, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import Connection

import msgspec

from monitor.alerts.alert import Change

SCHEMA = """
CREATE TABLE history (seq INTEGER PRIMARY KEY, at REAL NOT NULL, key TEXT NOT NULL,
  body BLOB NOT NULL);
CREATE INDEX history_at ON history (at)
"""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Change).decode


def add(connection: Connection, changes: Iterable[Change]) -> None:
    connection.executemany(
        "INSERT INTO history (at, key, body) VALUES (?, ?, ?)",
        ((change.at, change.key, _encode(change)) for change in changes),
    )


def latest(connection: Connection, limit: int, text: str = "") -> list[Change]:
    """The last `limit` changes, newest first; with `text`, of those that say it anywhere."""
    if not text:
        rows = connection.execute("SELECT body FROM history ORDER BY seq DESC LIMIT ?", (limit,))
    else:
        rows = connection.execute(
            "SELECT body FROM history WHERE instr(lower(CAST(body AS TEXT)), ?) > 0"
            " ORDER BY seq DESC LIMIT ?",
            (text.lower(), limit),
        )
    return [_decode(body) for (body,) in rows]


def episodes(connection: Connection) -> dict[str, int]:
    """The last episode of each alert that is still remembered."""
    return dict(
        connection.execute(
            "SELECT key, MAX(json_extract(CAST(body AS TEXT), '$.episode')) FROM history"
            " GROUP BY key"
        ).fetchall()
    )


def prune(connection: Connection, before: float, limit: int) -> int:
    """Delete up to `limit` changes from before; return how many."""
    return connection.execute(
        "DELETE FROM history WHERE seq IN (SELECT seq FROM history WHERE at < ? LIMIT ?)",
        (before, limit),
    ).rowcount
