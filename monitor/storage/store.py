"""What the daemon keeps on disk: changes, open alerts and the outbox, written together.

`commit` writes a tick's changes, alerts and notices in one transaction, before
anything is sent. When the disk does not take it, alerting goes on: notices are handed
back to be sent, and written once the disk is well again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from monitor.alerts.alert import Alert, Change, Notice
from monitor.clock import Clock
from monitor.storage import alerts, audit, history, outbox
from monitor.storage.audit import Deed
from monitor.storage.database import Database, Trouble
from monitor.storage.outbox import Row, State

DAY_S = 86_400.0
PRUNED_AT_ONCE = 1000  # rows a transaction, so that a commit never waits long for upkeep

KEPT = "CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
VERSIONS = (
    ";\n".join((outbox.SCHEMA, alerts.SCHEMA, history.SCHEMA, KEPT)),
    audit.SCHEMA,
)
KEEP = "INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Store:
    """The daemon's memory that survives it."""

    def __init__(
        self,
        clock: Clock,
        *,
        told: Callable[[Trouble], None] = lambda trouble: None,
        outbox_days: float = 7.0,
        history_days: float = 30.0,
        **database: Any,
    ) -> None:
        """`told` hears of trouble with the disk, on the loop. `database`: see Database."""
        self._clock = clock
        self._told = told
        self._outbox_s = outbox_days * DAY_S
        self._history_s = history_days * DAY_S
        self._settings = database
        self._database: Database | None = None
        self._alerts: dict[str, bytes] = {}  # as they stand on disk, or soon will
        self._waiting = b"[]"

    async def open(self, path: Path) -> None:
        """Open or make the file. Raises ConfigError for one of a newer version."""
        self._database = Database(path, VERSIONS, self._clock, told=self._hear, **self._settings)
        await self._database.open()
        for alert in await self.open_alerts():
            self._alerts[alert.key] = alerts.encode(alert)

    async def commit(
        self,
        changes: Sequence[Change],
        notices: Sequence[Notice],
        open_alerts: Iterable[Alert],
        waiting: Sequence[Change] = (),
    ) -> list[Notice]:
        """Write what a tick brought: changes, notices, every alert that is open now, and
        the changes that Dispatch still holds back.

        Returns the notices to hand to Delivery: those that were not in the outbox yet. It
        never raises and waits a second at most; see `trouble` for whether it is on disk.
        """
        changes, notices = tuple(changes), tuple(notices)
        standing = {alert.key: alerts.encode(alert) for alert in open_alerts}
        changed = {key: body for key, body in standing.items() if self._alerts.get(key) != body}
        closed = [key for key in self._alerts if key not in standing]
        self._alerts = standing
        held = msgspec.json.encode(waiting)
        write_held = held != self._waiting
        self._waiting = held
        if not (changes or notices or changed or closed or write_held):
            return []

        def write(connection: sqlite3.Connection) -> list[Notice]:
            history.add(connection, changes)
            alerts.write(connection, changed, closed)
            if write_held:
                connection.execute(KEEP, ("waiting", held))
            return outbox.put(connection, notices)

        done = await self._open_database.write(write)
        return list(notices) if done is None else done.value

    # ── the outbox, for Delivery ─────────────────────────────────────────────

    async def due(self) -> list[Row]:
        """Everything unsent, for the start: what was `sending` is marked as repeated."""
        return await self._open_database.read(outbox.unsent, [])

    async def fired(self) -> list[Row]:
        """Every notice kept that told of an alert firing, and what became of it."""
        return await self._open_database.read(outbox.fired, [])

    async def mark_sending(self, id: str, attempt: int) -> None:  # noqa: A002 - the notice's own name
        """On disk before it returns (or trouble), so that a crash is known to repeat it."""
        await self._open_database.write(self._mark(id, "sending", attempt))

    def mark_sent(self, id: str, attempt: int, reference: str | None) -> None:  # noqa: A002
        self._open_database.post(self._mark(id, "sent", attempt, reference=reference))

    def mark_retry(self, id: str, attempt: int, next_at: float, reason: str) -> None:  # noqa: A002
        self._open_database.post(self._mark(id, "new", attempt, next_at=next_at, reason=reason))

    def mark_dead(self, id: str, attempt: int, reason: str) -> None:  # noqa: A002
        self._open_database.post(self._mark(id, "dead", attempt, reason=reason))

    def mark_expired(self, id: str, attempt: int, reason: str) -> None:  # noqa: A002
        self._open_database.post(self._mark(id, "expired", attempt, reason=reason))

    def mark_superseded(self, id: str, attempt: int, reason: str) -> None:  # noqa: A002
        self._open_database.post(self._mark(id, "superseded", attempt, reason=reason))

    async def fail_over(self, id: str, attempt: int, reason: str, instead: Notice) -> bool:  # noqa: A002
        """Give a notice up and put another in its place, in one transaction.

        Returns whether that one is new: False when its channel was told already.
        """
        bury = self._mark(id, "dead", attempt, reason=reason)

        def write(connection: sqlite3.Connection) -> bool:
            bury(connection)
            return bool(outbox.put(connection, [instead]))

        done = await self._open_database.write(write)
        return done is None or done.value

    def _mark(self, id: str, state: State, attempt: int, **fields: Any) -> Callable[[sqlite3.Connection], None]:  # noqa: A002, E501  # fmt: skip
        now = self._clock.now()
        return lambda connection: outbox.mark(
            connection, id, state, attempt=attempt, now=now, **fields
        )

    # ── read back ────────────────────────────────────────────────────────────

    async def open_alerts(self) -> list[Alert]:
        return await self._open_database.read(alerts.read, [])

    async def waiting(self) -> list[Change]:
        """Changes that Dispatch held back when it was last committed."""

        def read(connection: sqlite3.Connection) -> list[Change]:
            row = connection.execute("SELECT value FROM kept WHERE name = 'waiting'").fetchone()
            return msgspec.json.decode(row[0], type=list[Change]) if row else []

        return await self._open_database.read(read, [])

    async def history(self, limit: int, text: str = "") -> list[Change]:
        """The latest changes, newest first; with `text`, those that say it."""
        return await self._open_database.read(
            lambda connection: history.latest(connection, limit, text), []
        )

    async def dead(self, limit: int) -> list[tuple[Notice, str]]:
        """The last notices that nobody got, each with why."""
        return await self._open_database.read(lambda connection: outbox.dead(connection, limit), [])

    # ── what people did ──────────────────────────────────────────────────────

    def note(self, deed: Deed) -> None:
        """Put on record what somebody did; written soon."""
        self._open_database.post(lambda connection: audit.add(connection, deed))

    async def deeds(self, limit: int) -> list[Deed]:
        """What people did, newest first."""
        return await self._open_database.read(
            lambda connection: audit.latest(connection, limit), []
        )

    def keep(self, name: str, value: bytes) -> None:
        """Keep a small value under a name; written soon."""
        self._open_database.post(lambda connection: _keep(connection, name, value))

    async def kept(self, name: str) -> bytes | None:
        """The value kept under a name."""

        def read(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
            return row[0] if row else None

        return await self._open_database.read(read, None)

    async def episodes(self) -> dict[str, int]:
        """The last episode of each alert, so that the next one gets a number of its own."""
        return await self._open_database.read(history.episodes, {})

    # ── care ─────────────────────────────────────────────────────────────────

    async def upkeep(self) -> int:
        """Delete what is old, a little at a time, and give the room back. Returns how many."""
        now, deleted = self._clock.now(), 0
        for prune, before in (
            (outbox.prune, now - self._outbox_s),
            (history.prune, now - self._history_s),
            (audit.prune, now - self._history_s),
        ):
            while True:
                work = partial(prune, before=before, limit=PRUNED_AT_ONCE)
                done = await self._open_database.write(work)
                deleted += done.value if done else 0
                if done is None or done.value < PRUNED_AT_ONCE:
                    break
        await self._open_database.write(_give_back, alone=True)
        return deleted

    @property
    def trouble(self) -> str:
        """What is wrong with the disk now; empty when all is well."""
        return self._open_database.trouble

    def counts(self) -> dict[str, int]:
        """Figures for health and metrics."""
        database = self._open_database
        return {
            "waiting": database.waiting,
            "lost": database.lost,
            "failed": database.failed,
            "commits": database.commits,
        }

    async def aclose(self, deadline_s: float = 5.0) -> int:
        """Write what waits and close. Returns how many jobs were left undone."""
        return 0 if self._database is None else await self._database.aclose(deadline_s)

    @property
    def _open_database(self) -> Database:
        assert self._database is not None, "open it first"
        return self._database

    def _hear(self, trouble: Trouble) -> None:
        if trouble.what in ("damaged", "lost"):
            self._alerts = {}  # the next commit writes every open alert again
        self._told(trouble)


def _keep(connection: sqlite3.Connection, name: str, value: bytes) -> None:
    connection.execute(KEEP, (name, value))


def _give_back(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA incremental_vacuum(1000)").fetchall()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
