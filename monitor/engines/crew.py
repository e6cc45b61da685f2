"""Rooms shared by several workers, each with a shard and a process of its own.

    intakes ─ batch ─ owners ─┬─▶ worker 0 ─┐
                              ├─▶ worker 1 ─┤ changes, views, what is news ─▶ engine
                              └─▶ whole ────┘ rules of platforms and of all, orders of shops

A tick is one in all of them: it is over when every worker has answered. What they last told
is kept here, so that alerts, pages and routes are answered from memory. A worker that has
ended ends the daemon, as a core that breaks does: systemd starts both anew.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from msgspec.structs import replace

from monitor.alerts.alert import Alert, Change
from monitor.alerts.record import Record
from monitor.alerts.routes import RoomTag
from monitor.engines import wire
from monitor.engines.belt import Place
from monitor.engines.counting import added, broken, counts
from monitor.engines.embedded import Embedded
from monitor.engines.footing import Footing
from monitor.engines.freight import Freight
from monitor.engines.lately import Lately
from monitor.engines.line import Line
from monitor.engines.owners import Owners, owner
from monitor.engines.tagging import unheard
from monitor.engines.whole import ByGroup, Whole, in_order
from monitor.engines.wire import AnyOrder, AnyReply
from monitor.formats.parcels import salt
from monitor.frames import Batch
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.placing import merged
from monitor.signals.tables import Settings
from monitor.signals.views import RoomView

LOOKED_S = 5.0  # a page of a room that has not asked for so long is closed

Kind = TypeVar("Kind", bound=AnyReply)

log = structlog.get_logger()


class Crew:
    """Host of all rooms, in processes of their own. See host.py for what it promises."""

    apart = True

    def __init__(self, footing: Footing, core: Settings, workers: int) -> None:
        self.gone: tuple[str, ...] = ()
        self._footing = footing
        self._core = core
        self._count = workers
        self._whole = Whole(footing, core)
        self._owners = Owners(workers, core.max_rooms)
        self._freight = Freight()
        self._lines: list[Line] = []
        self._lately = [Lately(number) for number in range(workers)]
        self._tags: dict[str, RoomTag] = {}
        self._details: dict[str, RoomDetail | None] = {}
        self._looked: dict[str, float] = {}  # room → when its page asked last
        self._wanted: set[str] = set()  # rooms whose page has asked since the last tick
        self._views_wanted = True
        self._turned_away = 0
        self._of_nobody = Embedded(self._whole.shard)  # takes what is of no room
        self._placed = 0  # orders that were counted here, and are with their worker

    async def open(self, wake: Callable[[], None]) -> None:
        # what a room may have it may have with any of them; products are shared
        core = replace(self._core, max_products=-(-self._core.max_products // self._count))
        written = self._footing.written()
        self._lines = [Line(number, wake) for number in range(self._count)]
        for line in self._lines:
            await line.open()
        await self._all(wire.Done, wire.Lay(written=written, core=core, salt=salt()))
        log.info("workers started", processes=self.processes)

    async def aclose(self) -> None:
        await asyncio.gather(*(line.aclose() for line in self._lines))

    @property
    def processes(self) -> list[int]:
        """Of the workers, by their numbers."""
        return [line.pid for line in self._lines if line.pid is not None]

    @property
    def full(self) -> bool:
        return any(line.full for line in self._lines)

    @property
    def own(self) -> Record:
        return self._whole.shard.record

    @property
    def broken(self) -> dict[str, str]:
        return broken(self._whole.shard)

    # ── facts ─────────────────────────────────────────────────────────────────

    def receive(self, batch: Batch, now: float) -> None:
        """Each worker gets what is of its rooms."""
        owners = self._owners
        shared = self._freight.share(batch.events, owners, self._room)
        heard: list[list[str]] = [[] for _ in range(owners.ways)]
        for room in batch.heard:
            heard[owners[room]].append(room)
        self._turned_away += shared.too_many
        if shared.of_nobody:
            self._of_nobody.receive(replace(batch, events=shared.of_nobody, heard=()), now)
        for line, load, rooms in zip(self._lines, shared.loads, heard, strict=False):
            if load is not None or rooms:
                at = batch.received_at
                line.send(wire.Facts(batch.source, at, now, tuple(rooms), load))

    def _room(self, number: int, size: int) -> tuple[Place, memoryview] | None:
        return self._lines[number].room(size) if number < self._count else None

    def expect(self, room: str, at: float, until: float) -> None:
        number = self._owners[room]
        if number < self._count:
            self._lines[number].send(wire.Expect(room, at, until))

    # ── a tick ────────────────────────────────────────────────────────────────

    async def tick(self, now: float) -> list[Change]:
        self._whole.roll(now)
        if self._whole.orders.asked:
            await self._place(now)
        adopted, asked, replies = await self._ask_rules(now)
        ended: list[Change] = []
        gone: list[str] = []
        self._looked = {room: at for room, at in self._looked.items() if at >= now - LOOKED_S}
        self._details = {room: self._details.get(room) for room in self._looked}
        for lately, reply in zip(self._lately, replies, strict=True):
            adopted += reply.adopted
            asked += reply.asked
            ended += reply.ended
            gone += reply.gone
            self._hear(lately, reply.news)
            if reply.views is not None:
                lately.views = reply.views
            self._details |= reply.details
        self.gone = tuple(gone)
        self._owners.forget(gone)
        for room in gone:
            self._tags.pop(room, None)
        return adopted + in_order(asked) + ended + self._whole.end(now)

    async def _ask_rules(
        self, now: float
    ) -> tuple[list[Change], list[ByGroup], Sequence[wire.Ticked]]:
        """Ask all rules, level by level; what the workers say in the end."""
        views, self._views_wanted = self._views_wanted, False
        wanted, self._wanted = self._wanted, set()
        of: list[list[str]] = [[] for _ in self._lines]
        for room in wanted:
            of[owner(room, self._count)].append(room)
        ticks = [wire.Tick(now, views, rooms) for rooms in of]
        asking = (line.ask(tick) for line, tick in zip(self._lines, ticks, strict=True))
        replies = await asyncio.gather(*asking)
        adopted: list[Change] = []
        asked: list[ByGroup] = []
        level = 0
        while True:
            shares = [each for reply in replies for each in reply.shares]  # type: ignore[union-attr]
            if level == 0:
                adopted = self._whole.begin(shares, now)
            asked += self._whole.ask(level, shares, now)
            done = [reply for reply in replies if isinstance(reply, wire.Ticked)]
            if done:
                assert len(done) == len(replies), "all have the same rules"
                return adopted, asked, done
            level += 1
            replies = await asyncio.gather(
                *(line.ask(wire.Hear(self._whole.says())) for line in self._lines)
            )

    async def _place(self, now: float) -> None:
        """Find the rooms of orders of shops, and send them there."""
        gathering = self._whole.orders
        orders: list[Any] = [event for event, _ in gathering.asked]
        told = await self._all(wire.Claims, wire.Claim(orders))
        claims = [merged(of_one) for of_one in zip(*(each.claims for each in told), strict=True)]
        by_worker: dict[int, list[tuple[Any, str]]] = {}
        for event, room in gathering.settle(claims):
            # it was looked at whether it came before: that counts for all workers
            anonymous = replace(event, id=None)
            by_worker.setdefault(owner(room, self._count), []).append((anonymous, room))
        for number, placed in by_worker.items():
            events, rooms = [event for event, _ in placed], [room for _, room in placed]
            self._lines[number].send(wire.Place(events, rooms, now))
            self._placed += len(placed)

    def _hear(self, lately: Lately, news: wire.News) -> None:
        lately.take(news)
        self._tags.update(news.tags)
        failed: Counter[str] = Counter()
        for each in self._lately:
            failed.update(each.failures)
        for rule, times in failed.items():
            self._footing.rules.by_id[rule].summary.failures = times
        for rule, trouble in news.broken.items():
            self._footing.rules.by_id[rule].faults.found(trouble)

    async def _all(self, kind: type[Kind], order: AnyOrder) -> list[Kind]:
        """Ask every worker the same."""
        replies = await asyncio.gather(*(line.ask(order) for line in self._lines))
        found: list[Kind] = [reply for reply in replies if isinstance(reply, kind)]
        assert len(found) == len(replies), "an order has one kind of answer"
        return found

    # ── what people do and ask ────────────────────────────────────────────────

    async def acknowledge(
        self, key: str, episode: int, by: str, now: float
    ) -> tuple[Change | None, bool]:
        if key in self._whole.shard.record:
            return self._whole.shard.acknowledge(key, episode, by, now)
        for line, lately in zip(self._lines, self._lately, strict=True):
            if key in lately.alerts:
                reply = await line.ask(wire.Acknowledge(key, episode, by, now))
                assert isinstance(reply, wire.Acknowledged), "an order has one kind of answer"
                self._hear(lately, reply.news)
                return reply.change, reply.first
        return None, False

    async def prepare(self, footing: Footing) -> None:
        order = wire.Prepare(footing.written())
        await asyncio.gather(*(line.prepare(order) for line in self._lines))

    async def reload(self, footing: Footing, now: float) -> list[Change]:
        replies = await self._all(wire.Reloaded, wire.Reload(now))
        self._footing = footing
        changes = self._whole.reload(footing, now)
        for lately, reply in zip(self._lately, replies, strict=True):
            changes += reply.changes
            self._hear(lately, reply.news)
        return changes

    def restore(
        self, alerts: Sequence[Alert], episodes: Mapping[str, int], last_at: float | None
    ) -> None:
        of: list[list[Alert]] = [[] for _ in self._lines]
        for alert in alerts:
            if alert.room:
                of[owner(alert.room, self._count)].append(alert)
        for line, lately, own in zip(self._lines, self._lately, of, strict=True):
            lately.restore(own)
            line.send(wire.Restore(own, dict(episodes), last_at))
        self._whole.shard.restore([each for each in alerts if not each.room], episodes, last_at)

    @property
    def pending(self) -> bool:
        return any(alert.state == "pending" for alert in self.alerts())

    def alerts(self) -> list[Alert]:
        of_rooms = [alert for lately in self._lately for alert in lately.alerts.values()]
        return of_rooms + self._whole.shard.alerts()

    def rooms(self, now: float) -> Sequence[RoomView]:
        self._views_wanted = True
        return [view for lately in self._lately for view in lately.views]

    def detail(self, room: str, now: float) -> RoomDetail | None:
        self._looked[room] = now
        self._wanted.add(room)
        return self._details.get(room)

    async def look(self, room: str, now: float) -> RoomDetail | None:
        reply = await self._lines[owner(room, self._count)].ask(wire.Look(room, now))
        assert isinstance(reply, wire.Seen), "an order has one kind of answer"
        return reply.detail

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        asked = self._footing.rules.by_id.get(rule)
        if asked is None or asked.rule.scope in ("platform", "all"):
            return self._whole.shard.explain(rule, room, sku)
        order = wire.Explain(rule, room, sku)
        reply = await self._lines[owner(room, self._count)].ask(order)
        assert isinstance(reply, wire.Explained), "an order has one kind of answer"
        return reply.found or reply.why

    def describe(self, room: str) -> RoomTag:
        return self._tags.get(room) or unheard(self._footing.profiles, room)

    def figures(self, now: float) -> dict[str, Any]:
        own = counts(self._whole.shard, now)
        own["events"] -= self._placed
        own["rooms_turned_away"] += self._turned_away
        own["faults"] = self._of_nobody.faults
        return added([own, *(each.figures for each in self._lately)])
