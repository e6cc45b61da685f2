"""The embedded engine: one shard, in the daemon's own loop.

    intakes ─ receive ─▶ shard ─ every tick ─▶ changes ─ dispatch ─▶ notices
                                                  └──── commit ────┘
                                                          └─▶ told, acknowledged

Ticks come from the loop's own clock, never from a calendar; those that were missed are
left out. A turn of the loop works for at most `TURN_S`, so that ticks, pages and watchdog
have theirs under any load; frames that come closer together than `GATHER_S` are taken as
one batch. A batch that the core breaks on is counted and left behind: after a restart it
would come again, and break the next process too.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from monitor.alerts.alert import Alert, Change, Notice
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.escalation import Escalation
from monitor.alerts.record import OWN, OwnAlert
from monitor.clock import Clock, steady
from monitor.delivery.outbox import Delivery
from monitor.engines.settling import Settling
from monitor.events import Event
from monitor.frames import Batch
from monitor.health import Progress
from monitor.intake import Intake
from monitor.rules.compile import RuleSet
from monitor.shard import Shard
from monitor.shard.expecting import expect
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView
from monitor.storage.store import Store

log = structlog.get_logger()

TURN_S = 0.02
GATHER_S = 0.01
LAST_TURNS = 50  # at the end, for what waits; peers that push for ever are not waited for
REFUSED: dict[OwnAlert, str] = {
    "rules_invalid": "规则文件有 {} 处错误,仍按旧规则运行:",
    "config_invalid": "配置有 {} 处错误,仍按旧配置运行:",
}
CORRECT = "改正后重新加载(SIGHUP);`roomwatch check` 列出全部错误"
ASKED_AT = "asked_at"  # the store's name for when a tick saw a pending alert last
KEEP_S = 1.0  # how often that is written
CONSOLE = "console"  # the source of what people say at the pages
LAST_WORDS_S = 2.0  # for the last acknowledgements
TURN_BYTES = 200_000  # decoded at once: well under a millisecond of work a kilobyte

COLLECT = (50_000, 20, 100)  # allocations and collections before the collector looks

Told = Callable[[Sequence[Change]], None]


class SingleEngine:
    """Owns the one shard. See engine.py for what it promises."""

    def __init__(
        self,
        shard: Shard,
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
        self.shard = shard
        self.dispatch = dispatch
        self.intakes: list[Intake] = []
        self.tick_times: deque[float] = deque(maxlen=1200)  # seconds, the last five minutes
        self.tick_lags: deque[float] = deque(maxlen=1200)
        self.ticks = 0
        self._kept_at = float("-inf")
        self.faults = 0  # batches that the core broke on
        self._settling = Settling()
        self._store = store
        self._delivery = delivery
        self._clock = clock
        self._tick_s = tick_s
        self._progress = progress
        self._told = told
        self._record = record
        self.escalation = escalation or Escalation()
        self._frames = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        self._frames.set()

    def stop(self) -> None:
        self._stopping = True
        self._frames.set()

    async def run(self) -> None:
        # What lives long is not looked through again and again: events come and go by
        # the thousand, and none of them can be part of a circle.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)
        try:
            await self._turn()
            await self._finish()
        finally:
            await self._settling.finish(LAST_WORDS_S)

    async def _turn(self) -> None:
        next_tick = self._clock.now()
        while not self._stopping:
            self._frames.clear()
            now = self._clock.now()
            self._progress.move("loop", now)
            busy = self._feed(now)
            if now >= next_tick:
                self.tick_lags.append(now - next_tick)
                next_tick += self._tick_s
                if next_tick <= now:
                    next_tick = now + self._tick_s
                await self._tick(now)
            elif any(self._wants_settling(intake) for intake in self.intakes):
                await self._tick(now)
            elif busy:
                await asyncio.sleep(GATHER_S if busy == 1 else 0)
            else:
                await self._rest((next_tick - now) / self._clock.speed)

    async def _finish(self) -> None:
        """Take what is on its way, ask the rules once more, commit."""
        still = 0
        for _ in range(LAST_TURNS):
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
        began = steady()
        took = 0
        while True:
            left = False
            for intake in self.intakes:
                frames, size = intake.waiting
                if not frames:
                    continue
                budget = max(1, min(frames, TURN_BYTES * frames // max(size, 1)))
                self._apply(intake.name, intake.receive(now, budget), now)
                took = 1
                left = left or budget < frames
            if not left:
                return took
            if steady() - began > TURN_S:
                return 2

    def _apply(self, source: str, batches: list[Batch], now: float) -> None:
        for batch in batches:
            if self._record is not None:
                self._record(batch)
            try:
                self.shard.receive([batch], now)
            except Exception:  # one feed must not take the others down; counted
                self.faults += 1
                if self.faults == 1 or self.faults % 1000 == 0:
                    log.error("a batch broke the core", source=source, faults=self.faults,
                              exc_info=True)  # fmt: skip

    async def _tick(self, now: float) -> None:
        marks = [(intake, intake.mark()) for intake in self.intakes]
        began = steady()
        changes = self.shard.tick(now)
        await self._commit(changes, now)
        if self.shard.gone:
            for intake in self.intakes:
                intake.decoder.forget(self.shard.gone)
        self.tick_times.append(steady() - began)
        self.ticks += 1
        self._progress.move("tick", now)
        self._keep(now)
        for intake, mark in marks:
            self._settling.put(intake, mark)

    def _keep(self, now: float) -> None:
        """Write down that we are here: after a crash, time away does not count for a `for`."""
        if now >= self._kept_at + KEEP_S and self.shard.record.pending:
            self._kept_at = now
            self._store.keep(ASKED_AT, repr(now).encode())

    async def _commit(self, changes: Sequence[Change], now: float) -> None:
        """Write what happened, then tell."""
        self.dispatch.receive(changes, now)
        notices = self.dispatch.tick(now) + self._escalate(changes, now)
        changes = [*changes, *self.escalation.news()]
        fresh = await self._store.commit(changes, notices, self.alerts(), self.dispatch.waiting())
        self._progress.move("store", now)
        if fresh:
            self._delivery.put(fresh)
        if changes:
            self._told(changes)

    def _escalate(self, changes: Sequence[Change], now: float) -> list[Notice]:
        self.escalation.receive(changes, now)
        steps = self.escalation.tick(now)
        for notice in steps:
            self.dispatch.also_told(notice)
        return steps

    # ── asked by people ───────────────────────────────────────────────────────

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        now = self._clock.now()
        change, first = self.shard.acknowledge(key, episode, by, now)
        if change is not None and first:
            await self._commit([change], now)
        return change

    def say(self, fact: Event) -> None:
        now = self._clock.now()
        self._apply(CONSOLE, [Batch(source=CONSOLE, events=[fact], received_at=now)], now)

    def expect(self, room: str, until: float) -> None:
        expect(self.shard.figures.tables, room, self._clock.now(), until)

    async def reload(self, rules: RuleSet) -> None:
        now = self._clock.now()
        changes = self.shard.reload(rules, now)
        for own in OWN:
            changes += self.shard.record.unsay(own, "the files are right again", now)
        await self._commit(changes, now)

    async def refuse(self, what: OwnAlert, mistakes: Sequence[str]) -> None:
        now = self._clock.now()
        summary = REFUSED[what].format(len(mistakes)) + (mistakes[0] if mistakes else "")
        await self._commit(self.shard.record.say(what, summary, CORRECT, now), now)

    def alerts(self) -> Sequence[Alert]:
        """Open alerts, each with the reason why nobody is told, and what was done for it."""
        return [self.dispatch.seen(alert) for alert in self.shard.alerts()]

    def rooms(self) -> Sequence[RoomView]:
        return self.shard.rooms(self._clock.now())

    def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        return self.shard.explain(rule, room, sku)

    def detail(self, room: str) -> RoomDetail | None:
        return self.shard.detail(room, self._clock.now())

    def figures(self) -> dict[str, Any]:
        tables = self.shard.figures.tables
        return {
            "events": self.shard.figures.received,
            "rooms": tables.rooms.known,
            "products": tables.products.known,
            "rooms_turned_away": tables.rooms.turned_away,
            "facts_unseen": tables.happened.lost,  # by rules that ask for them one by one
            "rejected": dict(tables.rejected),
            "unattributed": dict(tables.attribution.unattributed),
            "unattributed_minor": dict(tables.attribution.unattributed_minor),
            "unattributed_10m": tables.attribution.lately(self._clock.now()),
            "orders_waiting": tables.attribution.waiting,
            "faults": self.faults,
            "escalated": self.escalation.taken,
            "nobody": self.escalation.nobody,
            "unacknowledged": self._settling.failed,
            "ticks": self.ticks,
            "tick_s": _middle(self.tick_times),
            "tick_worst_s": max(self.tick_times, default=0.0),
            "tick_late_worst_s": max(self.tick_lags, default=0.0),
        }


def _middle(times: Sequence[float]) -> float:
    return sorted(times)[len(times) // 2] if times else 0.0
