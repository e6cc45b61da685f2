"""Stands between one source and the core: reads it, bounds what waits, acknowledges what is safe.

    source ─ frames ─▶ inbox ─ receive(now) ─▶ batches ─▶ the engine's tick, committed
       ▲                 full: not read on                        │
       └───────────── acknowledge ◀────────── settled(mark) ◀─────┘

A source that is read no further holds its peer back: MQTT and Redis keep what they
have, doors fill their own queue and then shed or answer 503.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

import structlog
from msgspec import Struct

from monitor.clock import Clock
from monitor.errors import SourceError
from monitor.frames import Batch, Frame
from monitor.sources.backoff import Backoff
from monitor.sources.source import AnsweringSource, Source

log = structlog.get_logger()


class InboxLimits(Struct, frozen=True):
    """How much of one source may wait for the engine."""

    frames: int = 10_000
    bytes: int = 16 * 1024 * 1024


class Mark(Struct, frozen=True):
    """How far the engine had read: `taken` frames, the last at the source's `position`."""

    taken: int
    position: Any


class FrameReport(Protocol):
    """What became of one frame: see `AnsweringSource.answer`."""

    @property
    def accepted(self) -> int: ...

    @property
    def rejected(self) -> Sequence[tuple[int | None, str]]: ...


class FrameDecoder(Protocol):
    """What an intake needs of a decoder; after `receive`, `reports` has one row a frame."""

    rejected: Counter[str]
    unknown: Counter[str]
    samples: list[tuple[str, str]]

    @property
    def reports(self) -> Sequence[FrameReport]: ...

    def receive(self, frames: Sequence[Frame], now: float) -> list[Batch]: ...

    def forget(self, rooms: Sequence[str]) -> None: ...


class Intake:
    """Supervises one source. `wake` is called when frames wait that the engine was not told of."""

    def __init__(
        self,
        source: Source,
        decoder: FrameDecoder,
        *,
        limits: InboxLimits,
        clock: Clock,
        wake: Callable[[], None],
        backoff: Backoff | None = None,
    ) -> None:
        self.source = source
        self.decoder = decoder
        self.crashes = 0
        self._answering = source if isinstance(source, AnsweringSource) else None
        self._limits = limits
        self._clock = clock
        self._wake = wake
        self._backoff = backoff or Backoff()
        self._inbox: deque[Frame] = deque()
        self._bytes = 0
        self._room = asyncio.Event()
        self._taken = 0  # frames the engine took
        self._last: Any = None  # the position of the last of them
        self._settled = 0  # of those, acknowledged

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def waiting(self) -> tuple[int, int]:
        """Frames and bytes in the inbox."""
        return len(self._inbox), self._bytes

    async def run(self) -> None:
        """Read the source until it has finished, can not be mended, or we are cancelled.

        A source that breaks for a reason of its own is counted and started again:
        it must not take the other sources down.
        """
        while True:
            started_at = self._clock.now()
            try:
                async with aclosing(self.source.frames()) as frames:  # type: ignore[type-var]  # a generator, said as an iterator
                    async for frame in frames:
                        await self._put(frame)
                return
            except SourceError as error:
                self.source.health.state, self.source.health.detail = "refused", str(error)
                log.error("source given up", source=self.name, detail=str(error))
                return
            except Exception as error:  # a source must not take the others down
                self.crashes += 1
                why = f"broke: {type(error).__name__}"
                self.source.health.state, self.source.health.detail = "degraded", why
                log.error("source broke", source=self.name, crashes=self.crashes, exc_info=True)
                self._backoff.stood(self._clock.now() - started_at)
                await asyncio.sleep(self._backoff.next_s())

    async def _put(self, frame: Frame) -> None:
        limits = self._limits
        while self._inbox and (
            len(self._inbox) >= limits.frames or self._bytes + len(frame.data) > limits.bytes
        ):
            self._room.clear()
            await self._room.wait()
        self._inbox.append(frame)
        self._bytes += len(frame.data)
        if len(self._inbox) == 1:
            self._wake()

    def drain(self, budget: int) -> list[Frame]:
        """Take at most `budget` frames out of the inbox, oldest first."""
        inbox = self._inbox
        frames = [inbox.popleft() for _ in range(min(budget, len(inbox)))]
        if frames:
            self._bytes -= sum(len(frame.data) for frame in frames)
            self._taken += len(frames)
            self._last = frames[-1].position
            self._room.set()
        return frames

    def receive(self, now: float, budget: int = 1000) -> list[Batch]:
        """Drain, decode, and tell peers who wait for it what became of their frames."""
        frames = self.drain(budget)
        if not frames:
            return []
        batches = self.decoder.receive(frames, now)
        if self._answering is not None:
            for frame, report in zip(frames, self.decoder.reports, strict=True):
                self._answering.answer(frame.position, report.accepted, report.rejected)
        return batches

    def mark(self) -> Mark | None:
        """How far the engine has read; take it with the tick that applies it."""
        return Mark(self._taken, self._last) if self._taken > self._settled else None

    async def settled(self, mark: Mark | None) -> None:
        """What was read up to `mark` is applied and committed: acknowledge it."""
        if mark is None or mark.taken <= self._settled:
            return
        await self.source.acknowledge(mark.position)
        self._settled = max(self._settled, mark.taken)

    @property
    def wants_settling(self) -> bool:
        """Whether half of what the other side allows unacknowledged has been read."""
        window = self.source.window()
        return window is not None and 2 * (self._taken - self._settled) >= window
