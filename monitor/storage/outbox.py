"""The outbox table: every notice there is to send, and what became of it.

new ──▶ sending ──▶ sent
 ▲         ├──▶ new        a try failed; another one at next_at
 │         ├──▶ dead       it can not be delivered here
 └─────────┴──▶ expired    its time was up; superseded: newer news took its place
"""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import Connection
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from monitor.alerts.alert import Notice

State = Literal["new", "sending", "sent", "dead", "expired", "superseded"]

SCHEMA = """
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL,
  channel TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  created_at REAL NOT NULL,
  next_at REAL NOT NULL,
  expires_at REAL NOT NULL,
  changed_at REAL NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  reference TEXT,
  body BLOB NOT NULL
);
CREATE INDEX outbox_open ON outbox (seq) WHERE state IN ('new', 'sending');
CREATE INDEX outbox_fired ON outbox (seq) WHERE kind = 'fired';
CREATE INDEX outbox_changed ON outbox (changed_at)
"""


class Row(Struct, frozen=True):
    """A notice in the outbox. `reference` is the receiver's, once it is sent."""

    notice: Notice
    state: State
    attempt: int
    next_at: float
    reference: str | None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Notice).decode

PUT = """
INSERT INTO outbox (id, lane, channel, kind, state, created_at, next_at, expires_at,
  changed_at, body)
VALUES (?, ?, ?, ?, 'new', ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
"""
MARK = "UPDATE outbox SET state = ?, attempt = ?, next_at = ?, changed_at = ?, reason = ?"
COLUMNS = "body, state, attempt, next_at, reference"


def put(connection: Connection, notices: Iterable[Notice]) -> list[Notice]:
    """Add notices; return those that were not there yet."""
    accepted: list[Notice] = []
    for notice in notices:
        cursor = connection.execute(
            PUT,
            (
                notice.id,
                notice.lane,
                notice.channel,
                notice.change.change,
                notice.created_at,
                notice.created_at,
                notice.expires_at,
                notice.created_at,
                _encode(notice),
            ),
        )
        if cursor.rowcount == 1:
            accepted.append(notice)
    return accepted


def mark(
    connection: Connection,
    id: str,  # noqa: A002 - the notice's own name for it
    state: State,
    *,
    attempt: int,
    now: float,
    next_at: float | None = None,
    reason: str = "",
    reference: str | None = None,
) -> None:
    """Write down what became of a notice."""
    connection.execute(
        f"{MARK}, reference = coalesce(?, reference) WHERE id = ?",
        (state, attempt, now if next_at is None else next_at, now, reason, reference, id),
    )


def unsent(connection: Connection) -> list[Row]:
    """What is still to be sent, oldest first."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM outbox WHERE state IN ('new', 'sending') ORDER BY seq"  # noqa: S608 - our own words
    )
    return [_row(*row) for row in rows]


def fired(connection: Connection) -> list[Row]:
    """Every notice kept that told of an alert firing, oldest first."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM outbox WHERE kind = 'fired' ORDER BY seq")  # noqa: S608 - our own words
    return [_row(*row) for row in rows]


def dead(connection: Connection, limit: int) -> list[tuple[Notice, str]]:
    """The last notices that nobody got, newest first, each with why."""
    rows = connection.execute(
        "SELECT body, reason FROM outbox WHERE state IN ('dead', 'expired')"
        " ORDER BY changed_at DESC LIMIT ?",
        (limit,),
    )
    return [(_decode(body), reason) for body, reason in rows]


def states(connection: Connection) -> dict[str, int]:
    """How many notices are in each state."""
    return dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state"))


def prune(connection: Connection, before: float, limit: int) -> int:
    """Delete up to `limit` settled notices that last changed before; return how many."""
    return connection.execute(
        "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE changed_at < ?"
        " AND state NOT IN ('new', 'sending') LIMIT ?)",
        (before, limit),
    ).rowcount


def _row(body: bytes, state: State, attempt: int, next_at: float, reference: str | None) -> Row:
    notice = _decode(body)
    if state == "sending":  # the process ended between sending it and writing that down
        notice = replace(notice, repeated=True)
    return Row(notice, state, attempt, next_at, reference)
