"""One SQLite connection in one thread, and many callers in one transaction.

    loop    write(job) ──┐                              ┌── result, once it is on disk
    thread               └─ BEGIN · job · job · … COMMIT ┘

What goes wrong with the disk never raises into the loop: the caller is told that its
job is not on disk yet, the job waits here, and everything is tried again each
`retry_s` until it succeeds. A damaged file is put aside and a new one begun. The
connection locks the file for itself: SQLite before 3.51.3 can lose commits when two
connections share a WAL.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from msgspec import Struct

from monitor.clock import Clock
from monitor.errors import ConfigError
from monitor.storage import file, transaction
from monitor.storage.transaction import Job, Settled

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]

LIMIT = 10_000  # jobs that wait for a sick disk; the oldest is lost when there are more
OPENING_S = 30.0  # a quick_check of a large file takes its time


class Trouble(Struct, frozen=True):
    """Something people have to know about the store: told once when it begins and ends.

    `what`: "disk full", "locked", "slow", …; "damaged" (a new file was begun);
    "recovered"; "lost" (jobs were given up).
    """

    at: float
    what: str
    detail: str = ""


class Done(Struct, Generic[Result], frozen=True):
    """A job that is on disk, with what it returned."""

    value: Result


class Database:
    """The file, its thread, and the jobs that wait for it."""

    def __init__(
        self,
        path: Path,
        schema: Sequence[str],
        clock: Clock,
        *,
        told: Callable[[Trouble], None] = lambda trouble: None,
        busy_s: float = 5.0,
        patience_s: float = 1.0,
        retry_s: float = 1.0,
    ) -> None:
        self.path = path
        self.trouble = ""  # what is wrong now; empty: nothing
        self.lost = 0  # jobs given up because too many waited
        self.failed = 0  # jobs nobody waited for that had a mistake of ours
        self.commits = 0
        self._schema = schema  # each entry leads from one version to the next
        self._clock = clock
        self._told = told
        self._busy_s = busy_s
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._connection: sqlite3.Connection | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._finished = asyncio.Event()
        self._refused: ConfigError | None = None
        self._said_lost = False

    @property
    def waiting(self) -> int:
        """Jobs that are not on disk yet."""
        return len(self._jobs)

    async def open(self) -> None:
        """Start the thread. Raises ConfigError for a file of a newer version of ours.

        Returns also when the file can not be used yet: see `trouble`.
        """
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._serve, name="storage", daemon=True).start()
        await self._write(lambda connection: None, alone=False, patience_s=OPENING_S)
        if self._refused is not None:
            await self.aclose()
            raise self._refused

    async def write(self, work: Work[Result], *, alone: bool = False) -> Done[Result] | None:
        """Run a job in the next transaction; return once that is on disk.

        Returns None when that takes longer than `patience_s`, or at once while there
        is trouble: then the job is done later. Raises what the job raises.
        """
        return await self._write(work, alone=alone, patience_s=self._patience_s)

    def post(self, work: Work[Any]) -> None:
        """Have a job done soon, without waiting for it."""
        self._put(Job(work, None))

    async def read(self, work: Work[Result], default: Result) -> Result:
        """Run a job that only reads; `default` when the file can not be read in time."""
        assert self._loop is not None, "open it first"
        if self.trouble and self._connection is None:
            return default
        job = Job(work, self._loop.create_future(), alone=True)
        self._put(job)
        assert job.future is not None
        try:
            async with asyncio.timeout(self._busy_s + self._patience_s):
                value: Result = await asyncio.shield(job.future)
                return value
        except (TimeoutError, _NotYetError):
            job.left = True
            return default

    async def aclose(self, deadline_s: float = 5.0) -> int:
        """Do what waits, then close. Returns how many jobs could not be done in time."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        with contextlib.suppress(TimeoutError):  # the thread keeps no process from ending
            async with asyncio.timeout(deadline_s):
                await self._finished.wait()
        return len(self._jobs)

    # ── on the loop ──────────────────────────────────────────────────────────

    async def _write(
        self, work: Work[Result], *, alone: bool, patience_s: float
    ) -> Done[Result] | None:
        assert self._loop is not None, "open it first"
        future = self._loop.create_future()
        job = Job(work, future, alone)
        in_trouble = bool(self.trouble)
        self._put(job)
        if in_trouble:
            job.left = True
            return None
        try:
            async with asyncio.timeout(patience_s):
                return Done(await asyncio.shield(future))
        except TimeoutError:
            if future.done():
                return Done(future.result())
            job.left = True
            self._tell("slow", f"not on disk after {patience_s:g} s")
            return None
        except _NotYetError:
            return None

    def _put(self, job: Job) -> None:
        with self._changed:
            if len(self._jobs) >= LIMIT:
                self._jobs.popleft()
                self.lost += 1
            self._jobs.append(job)
            self._changed.notify()
        if self.lost and not self._said_lost:
            self._said_lost = True
            self._told(Trouble(self._clock.now(), "lost", f"more than {LIMIT} jobs wait"))

    def _tell(self, what: str, detail: str = "") -> None:
        """Say it once for as long as it lasts."""
        if what == "damaged":
            self._told(Trouble(self._clock.now(), what, detail))
        elif what == "recovered":
            if self.trouble:
                self.trouble = ""
                self._told(Trouble(self._clock.now(), what, detail))
        elif not self.trouble:
            self.trouble = what
            self._told(Trouble(self._clock.now(), what, detail))

    def _settle(self, settled: Settled, well: bool) -> None:
        if well:
            self._tell("recovered")
        for job, value, error in settled:
            if job.future is None or job.left or job.future.done():
                if error is not None and not isinstance(error, _NotYetError):
                    self.failed += 1
            elif error is not None:
                job.left = True
                job.future.set_exception(error)
            else:
                job.future.set_result(value)

    # ── in the thread ────────────────────────────────────────────────────────

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody is left to be told
            self._loop.call_soon_threadsafe(function, *arguments)

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._closing:
                    self._changed.wait()
                if not self._jobs:
                    break
                batch = transaction.next_batch(self._jobs)
            done = self._try(batch)
            self._take(done)
            if len(done) < len(batch):
                self._read_meanwhile()
                with self._changed:
                    self._changed.wait(self._retry_s)
        if self._connection is not None:
            self._connection.close()
        self._call(self._finished.set)

    def _take(self, done: list[Job]) -> None:
        with self._changed:
            for job in done:
                with contextlib.suppress(ValueError):  # given up in the meantime
                    self._jobs.remove(job)

    def _read_meanwhile(self) -> None:
        """A full disk can still be read: let no reader wait behind what can not be written."""
        if self._connection is None:
            return
        with self._changed:
            readers = [job for job in self._jobs if job.alone]
        for job in readers:
            self._take(self._try([job]))

    def _try(self, batch: list[Job], again: bool = True) -> list[Job]:
        """Do these jobs; return those that need no other try."""
        try:
            if self._connection is None:
                self._connection = file.connect(self.path, self._schema, self._busy_s)
            settled = transaction.run(self._connection, batch)
        except ConfigError as error:
            self._refused = error
            self._call(self._settle, [(job, None, None) for job in batch], False)
            return batch
        except (sqlite3.Error, OSError) as error:
            if self._mend(error) and again:
                return self._try(batch, again=False)
            self._call(self._settle, [(job, None, _NotYetError()) for job in batch], False)
            return [job for job in batch if job.alone]
        well = not batch[0].alone  # that a full disk can be read says nothing
        self.commits += well
        self._call(self._settle, settled, well)
        return batch

    def _mend(self, error: sqlite3.Error | OSError) -> bool:
        """Put a damaged file aside (then a new one may serve), or say what is wrong."""
        if not file.is_damage(error):
            what = file.what_is_wrong(error) or "disk error"
            self._call(self._tell, what, str(error.args[-1] if error.args else ""))
            return False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        try:
            kept = file.put_aside(self.path, self._clock.now())
        except OSError as refused:
            self._call(self._tell, "disk error", f"damaged, but not put aside: {refused.strerror}")
            return False
        self._call(self._tell, "damaged", f"{error}; kept as {kept}")
        return True


class _NotYetError(Exception):
    """The job waits for the disk."""
