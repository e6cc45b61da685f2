"""The engine: drives a host of rooms from its intakes, and commits what follows.

    intakes ─ receive ─▶ host ─ every tick ─▶ changes ─ dispatch ─▶ notices
                                                 └──── commit ────┘
                                                         └─▶ told, acknowledged

Ticks come from the loop's own clock, never from a calendar; those that were missed are
left out. A turn of the loop works for at most `TURN_S`, so that ticks, pages and watchdog
have theirs under any load; frames that come closer together than `GATHER_S` are taken as
one batch. A batch that the core breaks on is counted and left behind: after a restart it
would come again, and break the next process too.

A host that works apart (crew.py) is fed on while it is asked; what changes alerts is asked
of it one at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitor.alerts.alert import Alert, Change
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.escalation import Escalation
from monitor.alerts.record import OwnAlert
from monitor.alerts.routes import RoomTag
from monitor.clock import Clock, steady
from monitor.delivery.outbox import Delivery
from monitor.engines.committing import Committing, Told
from monitor.engines.footing import Footing
from monitor.engines.host import Host
from monitor.engines.memory import settle
from monitor.engines.own import Own
from monitor.engines.settling import Settling
from monitor.events import Event
from monitor.frames import Batch
from monitor.health import Progress
from monitor.intake import Intake
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView
from monitor.storage.store import Store

TURN_S = 0.02
GATHER_S = 0.01
LAST_TURNS = 50  # at the end, for what waits; peers that push for ever are not waited for
CONSOLE = "console"  # the source of what people say at the pages
LAST_WORDS_S = 2.0  # for the last acknowledgements
TURN_BYTES = 1_000_000  # decoded at once: some three milliseconds of work


class Driver:
    """Drives a host. See engine.py for what it promises."""

    def __init__(
        self,
        host: Host,
        dispatch: Dispatch,
        store: Store,
        delivery: Delivery,
        clock: Clock,
        *,
        tick_s: float,
        progress: Progress,
        told: Told,
        record: Callable[[Batch], None] | None = None,
        escalation: Escalation | None = None,
    ) -> None:
        self._host = host
        self.intakes: list[Intake] = []
        self.tick_times: deque[float] = deque(maxlen=1200)  # seconds, the last five minutes
        self.tick_lags: deque[float] = deque(maxlen=1200)
        self.ticks = 0
        self._next = 0  # the intake whose turn it is
        self._settling = Settling()
        self._committing = Committing(dispatch, escalation, store, delivery, progress, told)
        self._clock = clock
        self._tick_s = tick_s
        self._progress = progress
        self._record = record
        self._frames = asyncio.Event()
        self._stopping = False
        self._one = asyncio.Lock()  # what changes alerts: a tick, a reload, a person's word
        self._own = Own(host)
        self._ticking: asyncio.Task[None] | None = None  # where the host works apart

    def wake(self) -> None:
        self._frames.set()

    def stop(self) -> None:
        self._stopping = True
        self._frames.set()

    async def open(self) -> None:
        await self._host.open(self.wake)

    async def aclose(self) -> None:
        await self._host.aclose()

    async def run(self) -> None:
        settle()
        try:
            await self._turn()
            await self._finish()
        finally:
            if self._ticking is not None:  # we are cut short, or it broke
                self._ticking.cancel()
                await asyncio.gather(self._ticking, return_exceptions=True)
            await self._settling.finish(LAST_WORDS_S)
            await self._host.aclose()

    async def _turn(self) -> None:
        next_tick = now = self._clock.now()
        while not self._stopping:
            self._frames.clear()
            now = self._clock.now()
            self._progress.move("loop", now)
            busy = self._feed(now)
            under_way = self._under_way()
            if now >= next_tick and not under_way:
                self.tick_lags.append(now - next_tick)
                next_tick += self._tick_s
                if next_tick <= now:
                    next_tick = now + self._tick_s
                await self._begin_tick(now)
            elif not under_way and any(self._wants_settling(each) for each in self.intakes):
                await self._begin_tick(now)
            elif busy:
                await asyncio.sleep(GATHER_S if busy == 1 else 0)
            else:
                wait_s = self._tick_s if under_way else next_tick - now
                if self._host.full:
                    wait_s = min(wait_s, GATHER_S)
                await self._rest(wait_s / self._clock.speed)

    def _under_way(self) -> bool:
        """Whether a tick is; one that broke breaks us."""
        if self._ticking is not None and self._ticking.done():
            self._ticking.result()
            self._ticking = None
        return self._ticking is not None

    async def _begin_tick(self, now: float) -> None:
        if self._host.apart:
            self._ticking = asyncio.create_task(self._tick(now), name="tick")
            self._ticking.add_done_callback(lambda _: self._frames.set())
        else:
            await self._tick(now)

    async def _finish(self) -> None:
        """Take what is on its way, ask the rules once more, commit."""
        if self._ticking is not None:
            await self._ticking
            self._ticking = None
        still = 0
        for _ in range(LAST_TURNS):
            while self._host.full:
                self._frames.clear()
                await self._rest(GATHER_S)
            still = 0 if self._feed(self._clock.now()) else still + 1
            if still > 2:
                break
            await asyncio.sleep(0)  # frames that a source holds reach its inbox
        await self._tick(self._clock.now())

    def _wants_settling(self, intake: Intake) -> bool:
        # while its peer is being told there is nothing to hurry for
        return intake.wants_settling and not self._settling.busy(intake)

    async def _rest(self, wait_s: float) -> None:
        """Until frames come or the next tick is due."""
        try:
            async with asyncio.timeout(max(wait_s, 0.001)):
                await self._frames.wait()
        except TimeoutError:
            return
        await asyncio.sleep(0)

    def _feed(self, now: float) -> int:
        """Take from every intake in turn. 0: nothing waited; 1: all is taken; 2: more waits."""
        began, many = steady(), len(self.intakes)
        took = empty = 0  # so many have nothing left, one after the other
        while empty < many and not self._host.full:
            intake = self.intakes[self._next % many]
            self._next += 1
            frames, size = intake.waiting
            budget = max(1, min(frames, TURN_BYTES * frames // max(size, 1)))
            empty = 0 if budget < frames else empty + 1
            if frames:
                self._apply(intake.receive(now, budget), now)
                took = 1
                if empty < many and steady() - began > TURN_S:
                    return 2
        return took

    def _apply(self, batches: list[Batch], now: float) -> None:
        for batch in batches:
            if self._record is not None:
                self._record(batch)
            self._host.receive(batch, now)

    async def _tick(self, now: float) -> None:
        async with self._one:
            marks = [(intake, intake.mark()) for intake in self.intakes]
            began = steady()
            changes = await self._host.tick(now)
            changes += self._own.broken(now)
            await self._commit(changes, now)
            if self._host.gone:
                for intake in self.intakes:
                    intake.decoder.forget(self._host.gone)
            self.tick_times.append(steady() - began)
            self.ticks += 1
            self._progress.move("tick", now)
            if self._host.pending:
                self._committing.keep(now)
            for intake, mark in marks:
                self._settling.put(intake, mark)

    async def _commit(self, changes: Sequence[Change], now: float) -> None:
        await self._committing.commit(changes, self._host.alerts(), now)

    # ── asked by people ───────────────────────────────────────────────────────

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        async with self._one:
            now = self._clock.now()
            change, first = await self._host.acknowledge(key, episode, by, now)
            if change is not None and first:
                await self._commit([change], now)
            return change

    def say(self, facts: Sequence[Event], source: str = CONSOLE) -> None:
        now = self._clock.now()
        self._apply([Batch(source=source, events=list(facts), received_at=now)], now)

    def expect(self, room: str, until: float) -> None:
        self._host.expect(room, self._clock.now(), until)

    def restore(
        self, alerts: Sequence[Alert], episodes: Mapping[str, int], last_at: float | None
    ) -> None:
        self._host.restore(alerts, episodes, last_at)

    async def prepare(self, footing: Footing) -> None:
        await self._host.prepare(footing)

    async def reload(self, footing: Footing) -> None:
        async with self._one:
            now = self._clock.now()
            changes = await self._host.reload(footing, now)
            await self._commit(changes + self._own.read_anew(now), now)

    async def refuse(self, what: OwnAlert, mistakes: Sequence[str]) -> None:
        async with self._one:
            now = self._clock.now()
            await self._commit(self._own.refused(what, mistakes, now), now)

    def alerts(self) -> Sequence[Alert]:
        """Open alerts, each with the reason why nobody is told, and what was done for it."""
        return self._committing.seen(self._host.alerts())

    def rooms(self) -> Sequence[RoomView]:
        return self._host.rooms(self._clock.now())

    def detail(self, room: str) -> RoomDetail | None:
        return self._host.detail(room, self._clock.now())

    async def look(self, room: str) -> RoomDetail | None:
        return await self._host.look(room, self._clock.now())

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        return await self._host.explain(rule, room, sku)

    def describe(self, room: str) -> RoomTag:
        return self._host.describe(room)

    def figures(self) -> dict[str, Any]:
        return {
            **self._host.figures(self._clock.now()),
            **self._committing.figures(),
            "unacknowledged": self._settling.failed,
            "rules_broken": len(self._host.broken),
            "ticks": self.ticks,
            "tick_s": _middle(self.tick_times),
            "tick_worst_s": max(self.tick_times, default=0.0),
            "tick_late_worst_s": max(self.tick_lags, default=0.0),
        }


def _middle(times: Sequence[float]) -> float:
    return sorted(times)[len(times) // 2] if times else 0.0
