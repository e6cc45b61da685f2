"""A stage for delivery: a real store, channels that fail as told, and time that is moved."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable
from pathlib import Path
from random import Random

from monitor.alerts.alert import Notice
from monitor.channels.channel import Limits
from monitor.clock import ManualClock
from monitor.delivery.outbox import Delivery
from monitor.delivery.stats import Missed
from monitor.errors import DeliveryError
from monitor.storage.store import Store
from tests.alerts.changes import T0

FREELY = Limits(per_minute=6000, burst=100)


class ActedChannel:
    """Takes notices as its script says; `took` is what its people read, and when."""

    def __init__(self, name: str, clock: ManualClock, limits: Limits = FREELY) -> None:
        self.name = name
        self.limits = limits
        self.clock = clock
        self.script: list[BaseException | str | None] = []  # what the next sends do
        self.always: BaseException | str | None = None  # and all after those
        self.hangs = False
        self.tried: list[tuple[float, str]] = []
        self.took: list[tuple[float, Notice]] = []
        self.closed = False
        self.begun = asyncio.Event()  # somebody was told, or nearly

    async def send(self, notice: Notice) -> str | None:
        self.tried.append((round(self.clock.now() - T0, 2), notice.id))
        self.begun.set()
        if self.hangs:
            await asyncio.Event().wait()
        outcome = self.script.pop(0) if self.script else self.always
        if isinstance(outcome, BaseException):
            raise outcome
        self.took.append((round(self.clock.now() - T0, 2), notice))
        return outcome

    async def aclose(self) -> None:
        self.closed = True

    @property
    def read(self) -> list[str]:
        return [notice.id for _, notice in self.took]


class Waits:
    """Waits that end when the clock is moved there."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.waiting: dict[asyncio.Future[None], float] = {}

    async def __call__(self, event: asyncio.Event, seconds: float | None) -> None:
        timer = asyncio.get_running_loop().create_future()
        self.waiting[timer] = (
            float("inf") if seconds is None else self.clock.now() + max(seconds, 1e-6)
        )
        woken = asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait([timer, woken], return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self.waiting[timer]
            woken.cancel()


class Stage:
    """Delivery with a store on disk; `at` moves the time and lets everything happen."""

    def __init__(self, folder: Path, *channels: str, **settings) -> None:
        self.clock = ManualClock(T0)
        self.folder = folder
        self.crashes = 0
        self.channels = {name: ActedChannel(name, self.clock) for name in channels}
        self.missed: list[Missed] = []
        self.settings = settings

    async def __aenter__(self) -> Stage:
        await self.start()
        return self

    async def start(self) -> None:
        self.store = Store(self.clock, retry_s=0.01)
        await self.store.open(self.path)
        self.waits = Waits(self.clock)
        self.delivery = Delivery(
            self.store, self.channels.values(), self.clock, told=self.missed.append,
            wait=self.waits, random=Random(1), **self.settings,
        )  # fmt: skip
        self.running = asyncio.create_task(self.delivery.run())

    @property
    def path(self) -> Path:
        return self.folder / f"store{self.crashes}.db"

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.store.aclose()

    async def crash(self) -> None:
        """The process is gone: only what is in the files stays."""
        old = self.path
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        self.crashes += 1
        for suffix in ("", "-wal"):
            part = old.with_name(old.name + suffix)
            if part.exists():
                shutil.copyfile(part, self.path.with_name(self.path.name + suffix))
        await self.store.aclose()
        await self.start()

    async def put(self, *notices: Notice) -> None:
        """Commit them, and send what is new."""
        self.delivery.put(await self.store.commit([], notices, []))

    async def settle(self) -> None:
        """Until every worker waits and the store has nothing to do."""
        still = 0
        while still < 8:  # a worker that is woken takes a few turns to leave its wait
            await asyncio.sleep(0)
            quiet = len(self.waits.waiting) == len(self.delivery.stats())
            still = still + 1 if quiet and not self.store.counts()["waiting"] else 0

    async def at(self, seconds: float) -> None:
        """Let everything happen that happens until then."""
        await self.settle()
        while True:
            due = min(self.waits.waiting.values(), default=float("inf"))
            if due > T0 + seconds:
                break
            self.clock.set(max(due, self.clock.now()))
            for timer, at in list(self.waits.waiting.items()):
                if at <= self.clock.now() and not timer.done():
                    timer.set_result(None)
            await self.settle()
        self.clock.set(max(T0 + seconds, self.clock.now()))
        self.delivery.wake()
        await self.settle()


def refused() -> DeliveryError:
    return DeliveryError("refused", retry=False)


def busy(retry_after_s: float | None = None) -> DeliveryError:
    return DeliveryError("busy", retry=True, retry_after_s=retry_after_s)


def whats(missed: Iterable[Missed]) -> list[str]:
    return [said.what for said in missed]
