"""Keeps what was heard, to be played again: a file for each session of a room.

    FOLDER/ROOM/20261122T200000Z-SESSION.jsonl.gz      format `recorded`

The loop only notes batches; a thread puts them into lines and writes. What is written at
once is a whole member of the .gz, so that a crash costs the last `HELD_S` and no more, and
no file is held open however many rooms there are. A file is never gone on with after a
restart: behind a member that was cut off nothing could be read.

    full        more than `WAITING` facts unwritten: what comes is not kept, and counted
    disk full   what can not be written is not kept, and counted; it is tried again
    too much    files older than `days` go, then the oldest until all are within `max_bytes`
"""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from msgspec import Struct, field

from monitor.clock import Clock
from monitor.events import Event, Session
from monitor.formats.recorded import line_of
from monitor.frames import Batch

WRITE_S = 1.0  # how often what was noted is put into lines
HELD_S = 10.0  # how long lines may wait for more of them
HELD_BYTES = 65_536  # of a room
WAITING = 200_000  # facts
LONGEST_S = 86_400.0  # a file; a room that never tells of a session has one a day
ROOMS = 10_000  # whose lines are held; one more has all of them written
PRUNE_S = 600.0
DAY_S = 86_400.0

log = structlog.get_logger()


class _Kept(Struct):
    """What is being kept of one room."""

    path: Path
    began_at: float
    session: str | None
    left: set[str] = field(default_factory=set)  # sessions that are over
    over: bool = False
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    since: float = 0.0  # of the oldest line


class Recorder:
    """Belongs to one loop; `take` is called on it."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        days: float,
        max_bytes: int,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`wait` is for tests."""
        self.trouble = ""
        self.kept = 0  # facts
        self.dropped = 0  # because too many waited
        self.lost = 0  # because the disk did not take them
        self._folder = folder
        self._clock = clock
        self._keep_s = days * DAY_S
        self._max_bytes = max_bytes
        self._wait = wait
        self._waiting: list[Batch] = []
        self._facts = 0
        self._rooms: dict[str, _Kept] = {}
        self._pruned_at = float("-inf")
        self._writing = threading.Lock()  # a thread outlives the task that waited for it

    def take(self, batch: Batch) -> None:
        """Note a batch. Returns at once."""
        if self._facts + len(batch.events) > WAITING:
            self.dropped += len(batch.events)
            return
        self._waiting.append(batch)
        self._facts += len(batch.events) or 1

    def figures(self) -> dict[str, Any]:
        """Counters for health."""
        return {
            "kept": self.kept,
            "waiting": self._facts,
            "dropped": self.dropped,
            "lost": self.lost,
            "trouble": self.trouble,
        }

    async def run(self) -> None:
        """Write once a second, for ever."""
        while True:
            await self._wait(WRITE_S)
            await self.write()

    async def write(self, *, all_of_it: bool = False) -> None:
        """Put what was noted into lines, and write what has waited long enough."""
        batches, self._waiting, self._facts = self._waiting, [], 0
        now = self._clock.now()
        await asyncio.to_thread(self._write, batches, now, all_of_it)

    async def aclose(self) -> None:
        """Write everything."""
        await self.write(all_of_it=True)

    # ── in the thread ─────────────────────────────────────────────────────────

    def _write(self, batches: Sequence[Batch], now: float, all_of_it: bool) -> None:
        with self._writing:
            self._write_alone(batches, now, all_of_it)

    def _write_alone(self, batches: Sequence[Batch], now: float, all_of_it: bool) -> None:
        for batch in batches:
            for room, part in _apart(batch).items():
                self._add(room, part, now)
        all_of_it = all_of_it or len(self._rooms) > ROOMS
        for kept in self._rooms.values():
            if kept.lines and (all_of_it or now - kept.since >= HELD_S):
                self._append(kept)
        if len(self._rooms) > ROOMS:
            self._rooms.clear()
        if now - self._pruned_at >= PRUNE_S:
            self._pruned_at = now
            self._prune(now)

    def _add(self, room: str, batch: Batch, now: float) -> None:
        kept = self._rooms.get(room)
        for event in batch.events:
            kept = self._turn(room, kept, event, now)
        if kept is None:  # heard of without a fact
            kept = self._begin(room, None, now)
        line = line_of(batch)
        if not kept.lines:
            kept.since = now
        kept.lines.append(line)
        kept.size += len(line)
        self.kept += len(batch.events)
        if kept.size >= HELD_BYTES:
            self._append(kept)

    def _turn(self, room: str, kept: _Kept | None, event: Event, now: float) -> _Kept:
        """The file that a fact belongs into: a new one where a new session has begun."""
        started = isinstance(event, Session) and event.phase == "start"
        if kept is None:
            return self._begin(room, event.session, now)
        if isinstance(event, Session) and event.phase in ("end", "cut_off"):
            kept.over = True
        named = event.session
        if kept.session is None and named is not None and not kept.over:
            kept.session = named  # the name that the session has, told late
        another = named is not None and named != kept.session and named not in kept.left
        if another or (started and kept.over) or now - kept.began_at > LONGEST_S:
            self._append(kept)
            left = kept.left | ({kept.session} if kept.session else set())
            kept = self._begin(room, named, now)
            kept.left = left
        return kept

    def _begin(self, room: str, session: str | None, now: float) -> _Kept:
        at = datetime.fromtimestamp(now, UTC)
        name = f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03}Z"
        if session:
            name += f"-{quote(session, safe='')[:80]}"
        folder = quote(room, safe="")[:200].replace(".", "%2E")  # no room is `..`
        path = self._folder / folder / f"{name}.jsonl.gz"
        self._rooms[room] = kept = _Kept(path, now, session)
        return kept

    def _append(self, kept: _Kept) -> None:
        if not kept.lines:
            return
        lines, kept.lines, kept.size = kept.lines, [], 0
        try:
            kept.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with kept.path.open("ab") as file:
                file.write(gzip.compress(b"".join(lines), compresslevel=4))
        except OSError as error:
            self.lost += len(lines)
            if not self.trouble:
                log.error("recording", what="can not be written", detail=error.strerror)
            self.trouble = error.strerror or "can not be written"
            # half a member may stand there, and behind it nothing could be read
            kept.path = kept.path.with_name(kept.path.name.replace(".jsonl.gz", "+.jsonl.gz"))
            return
        if self.trouble:
            log.info("recording", what="is written again")
        self.trouble = ""

    def _prune(self, now: float) -> None:
        """Delete what is too old or too much; what is being written stays."""
        ours = {kept.path for kept in self._rooms.values()}
        found = []
        for path in self._folder.glob("*/*.jsonl.gz"):
            try:
                about = path.stat()
            except OSError:
                continue
            found.append((about.st_mtime, about.st_size, path))
        total = sum(size for _, size, _ in found)
        for changed_at, size, path in sorted(found):
            if path in ours or (now - changed_at <= self._keep_s and total <= self._max_bytes):
                continue
            path.unlink(missing_ok=True)
            total -= size


def _apart(batch: Batch) -> dict[str, Batch]:
    """What of a batch belongs to which room."""
    rooms = {event.room for event in batch.events} | set(batch.heard)
    if len(rooms) == 1:
        return {rooms.pop(): batch}
    facts: dict[str, list[Event]] = {room: [] for room in sorted(rooms)}
    for event in batch.events:
        facts[event.room].append(event)
    return {
        room: Batch(
            source=batch.source,
            events=events,
            received_at=batch.received_at,
            heard=(room,) if room in batch.heard else (),
        )
        for room, events in facts.items()
    }
