"""The table of open alerts, so that a restart knows what was pending, firing and acked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sqlite3 import Connection

import msgspec

from monitor.alerts.alert import Alert

SCHEMA = "CREATE TABLE alerts (key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Alert).decode


def encode(alert: Alert) -> bytes:
    """An alert as it is kept: a copy of how it stands now."""
    return _encode(alert)


def write(connection: Connection, changed: Mapping[str, bytes], closed: Iterable[str]) -> None:
    """Keep these alerts (encoded, by key), forget those."""
    connection.executemany(
        "INSERT INTO alerts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
        changed.items(),
    )
    connection.executemany("DELETE FROM alerts WHERE key = ?", ((key,) for key in closed))


def read(connection: Connection) -> list[Alert]:
    """Every open alert, in the order of their keys."""
    return [_decode(body) for (body,) in connection.execute("SELECT body FROM alerts ORDER BY key")]
