"""A source that is played by the test, and an engine around it with a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from monitor.alerts.alert import Alert, Change, Notice
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.routes import Routes
from monitor.clock import ManualClock
from monitor.delivery.outbox import Delivery
from monitor.engines.driving import Driver
from monitor.engines.embedded import Embedded
from monitor.formats.decoder import Decoder
from monitor.frames import Frame
from monitor.health import Progress
from monitor.intake import InboxLimits, Intake
from monitor.rules.compile import load
from monitor.shard import Shard
from monitor.sources.source import SourceHealth
from monitor.storage.store import Store
from tests.daemon.ground import BUSY
from tests.services import until


class ActedSource:
    """Yields what it is given; hears what is safe, unless it has frozen."""

    def __init__(self, name: str = "acted", window: int | None = None) -> None:
        self.name = name
        self.health = SourceHealth(state="connected")
        self.safe: list[int] = []
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.broken: Exception | None = None
        self._window = window
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._count = 0

    def give(self, *facts: dict[str, Any] | bytes) -> None:
        """A frame of these facts, or of these bytes."""
        self._count += 1
        data = facts[0] if isinstance(facts[0], bytes) else msgspec.json.encode(facts)
        self._frames.put_nowait(Frame(data=data, received_at=0.0, position=self._count))

    async def frames(self) -> AsyncIterator[Frame]:
        while True:
            yield await self._frames.get()

    async def acknowledge(self, upto: int) -> None:
        await self.thawed.wait()
        if self.broken is not None:
            raise self.broken
        self.safe.append(upto)

    def window(self) -> int | None:
        return self._window


class GatedStore(Store):
    """A store whose disk is only as fast as the test lets it be."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.gate = asyncio.Event()
        self.gate.set()
        self.log: list[str] = []

    async def commit(
        self,
        changes: Sequence[Change],
        notices: Sequence[Notice],
        open_alerts: Sequence[Alert],
        waiting: Sequence[Change] = (),
    ) -> list[Notice]:
        self.log.append("commit begins")
        await self.gate.wait()
        fresh = await super().commit(changes, notices, open_alerts, waiting)
        self.log.append("committed")
        return fresh


class Bench:
    """An engine that runs, and what it told."""

    def __init__(self, folder: Path, *sources: ActedSource) -> None:
        (folder / "busy.yaml").write_text(BUSY, encoding="utf-8")
        self.folder = folder
        self.clock = ManualClock()
        self.store = GatedStore(self.clock)
        self.told: list[Change] = []
        self.progress = Progress(self.clock.now())
        self.shard = Shard(load(folder))
        delivery = Delivery(self.store, [], self.clock)
        self.engine = Driver(
            Embedded(self.shard),
            Dispatch(Routes(channels=[])),
            self.store,
            delivery,
            self.clock,
            tick_s=0.25,
            progress=self.progress,
            told=self._hear,
        )
        self.sources = sources
        self.engine.intakes = [
            Intake(
                source,
                Decoder(source=source.name, format="native"),
                limits=InboxLimits(),
                clock=self.clock,
                wake=self.engine.wake,
            )
            for source in sources
        ]

    def _hear(self, changes: Sequence[Change]) -> None:
        self.store.log.append("told")
        self.told.extend(change for change in changes if change.change != "pending")

    def comment(self, number: int, room: str = "r") -> dict[str, Any]:
        return {
            "type": "comment",
            "room": room,
            "id": f"c{number}",
            "at": self.clock.now(),
            "user": f"u{number}",
            "text": "好",
        }

    async def took(self, events: int) -> None:
        """The engine has so many facts."""
        await until(lambda: self.shard.figures.received >= events)

    async def tick(self) -> None:
        """The next tick, its commit included."""
        seen = self.engine.ticks
        self.clock.advance(0.25)
        self.engine.wake()
        await until(lambda: self.engine.ticks > seen)


@asynccontextmanager
async def engine(folder: Path, *sources: ActedSource) -> AsyncIterator[Bench]:
    """A running engine, stopped at the end of the block."""
    bench = Bench(folder, *sources)
    await bench.store.open(folder / "store.sqlite3")
    reading = [asyncio.create_task(intake.run()) for intake in bench.engine.intakes]
    running = asyncio.create_task(bench.engine.run())
    try:
        await until(lambda: bench.engine.ticks > 0)
        yield bench
    finally:
        bench.store.gate.set()
        bench.engine.stop()
        await asyncio.gather(running, return_exceptions=True)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        await bench.store.aclose()
