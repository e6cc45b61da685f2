"""Keeps the rooms of one worker: obeys orders, one after the other, and does nothing else.

    Tick ─ rules of rooms ─ is anything asked of platforms next? ─ no ─▶ Ticked
                                        │ yes
                                      Shared ─▶ … ─▶ Hear ─ the next rules of rooms ─ …

Facts that come while a tick waits for a Hear are kept until it is over.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, ClassVar

from monitor.alerts.alert import Alert, Change
from monitor.engines import wire
from monitor.engines.belt import Belt
from monitor.engines.counting import broken, counts
from monitor.engines.embedded import put_in_force
from monitor.engines.footing import Footing, Written
from monitor.engines.freight import Freight
from monitor.engines.tagging import Tags
from monitor.engines.wire import AnyOrder, AnyReply, News
from monitor.formats.parcels import use_salt
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules.together import Stages
from monitor.rules.together import share as shared
from monitor.shard import Shard
from monitor.shard.answers import hear
from monitor.shard.expecting import expect
from monitor.signals.placing import Told

PLACED = "shops"  # the source of orders that others have found the room of


class Keeper:
    """One shard, without the rules of platforms and of all rooms."""

    def __init__(self, lay: wire.Lay, belt: Belt | None = None) -> None:
        """`belt` is where facts lie that did not come with an order."""
        use_salt(lay.salt)
        footing = lay.written.footing()
        mood = Mood() if lay.core.mood else None
        self.shard = Shard(footing.rules, footing.profiles, lay.core, mood)
        self.shard.figures.use(footing.phrases)
        tables = self.shard.figures.tables
        self._orders = tables.attribution = Told(
            tables.rooms, tables.products, tables.orders, lateness_s=lay.core.lateness_s
        )
        self._stages = Stages(footing.rules)
        self._prepared: Footing | None = None
        self._freight, self._belt = Freight(), belt
        self._later: list[AnyOrder] = []
        self._tick: _UnderWay | None = None
        self._told: dict[str, Alert] = {}  # alerts as they were told
        self._tags = Tags()
        self._faults = 0
        self._broke = ""

    def obey(self, order: AnyOrder) -> AnyReply | None:
        """Do it; what is answered, where an answer is wanted."""
        if self._tick is not None and isinstance(order, wire.Facts | wire.Expect):
            self._later.append(order)
            return None
        return self._DOES[type(order)](self, order)

    def prepare(self, written: Written) -> None:
        """Compile what is to be put in force. May be called from another thread."""
        self._prepared = written.footing()

    def _facts(self, order: wire.Facts) -> None:
        batch = Batch(
            source=order.source,
            events=[] if order.load is None else self._freight.unpack(order.load, self._belt),
            received_at=order.received_at,
            heard=order.heard,
        )
        self._receive(batch, order.now)

    def _receive(self, batch: Batch, now: float) -> None:
        try:
            self.shard.receive([batch], now)
        except Exception:  # noqa: BLE001  one feed must not take the others down; counted, and told
            self._faults += 1
            self._broke = f"{batch.source}: {traceback.format_exc()}"

    def _restore(self, order: wire.Restore) -> None:
        self.shard.restore(order.alerts, order.episodes, order.last_at)

    def _expect(self, order: wire.Expect) -> None:
        expect(self.shard.figures.tables, order.room, order.at, order.until)

    def _claim(self, order: wire.Claim) -> wire.Claims:
        tables = self.shard.figures.tables  # with all that is held counted
        assert tables.attribution is self._orders, "nobody else decides"
        return wire.Claims(self._orders.claimed(order.orders))  # type: ignore[arg-type]  # orders

    def _place(self, order: wire.Place) -> None:
        pairs = zip(order.orders, order.rooms, strict=True)
        self._orders.room_by_id = {id(event): room for event, room in pairs}
        self._receive(Batch(source=PLACED, events=order.orders, received_at=order.now), order.now)

    # ── a tick ────────────────────────────────────────────────────────────────

    def _begin(self, order: wire.Tick) -> AnyReply:
        self.shard.figures.tick(order.now)
        self._tick = _UnderWay(order, self.shard.begin(order.now))
        return self._go_on(self._tick)

    def _hear(self, order: wire.Hear) -> AnyReply:
        assert self._tick is not None, "it was told what we share"
        hear(self.shard, order.told)
        return self._go_on(self._tick)

    def _go_on(self, tick: _UnderWay) -> AnyReply:
        shard, now = self.shard, tick.order.now
        for group in self._stages.apart[tick.level]:
            tick.asked.append((group, shard.ask(group, now)))
        assert shard.scopes is not None, "the tick has begun"
        shares = shared(shard.scopes, shard.platforms.names, self._stages.wanted[tick.level])
        if tick.level < self._stages.last:
            tick.level += 1
            return wire.Shared(shares)
        self._tick = None
        ended = shard.end(now)
        self._tags.forget(shard.gone)
        reply = wire.Ticked(
            adopted=tick.adopted,
            asked=[each for each in tick.asked if each[1]],
            ended=ended,
            shares=shares,
            gone=shard.gone,
            views=shard.rooms(now) if tick.order.views else None,
            details={room: shard.detail(room, now) for room in tick.order.rooms},
            news=self._news(now),
        )
        later, self._later = self._later, []
        for order in later:
            self.obey(order)
        return reply

    def _news(self, now: float) -> News:
        alerts = {alert.key: alert for alert in self.shard.alerts()}
        told, self._told = self._told, alerts
        broke, self._broke = self._broke, ""
        figures = counts(self.shard, now) | {"faults": self._faults}
        return News(
            # an alert that changes is another object (record.py)
            alerts=[each for key, each in alerts.items() if told.get(key) is not each],
            closed=[key for key in told if key not in alerts],
            tags=self._tags.news(self.shard.figures.tables.rooms),
            figures=figures,
            failures={
                each.id: each.summary.failures
                for each in self.shard.rules.rules
                if each.summary.failures
            },
            broken=broken(self.shard),
            broke=broke,
        )

    # ── what people ask ───────────────────────────────────────────────────────

    def _acknowledge(self, order: wire.Acknowledge) -> wire.Acknowledged:
        change, first = self.shard.acknowledge(order.key, order.episode, order.by, order.now)
        return wire.Acknowledged(change, first, self._news(order.now))

    def _reload(self, order: wire.Reload) -> wire.Reloaded:
        assert self._prepared is not None, "what is put in force was prepared"
        put_in_force(self.shard, self._prepared)
        changes = self.shard.reload(self._prepared.rules, order.now)
        self._stages = Stages(self._prepared.rules)
        self._prepared = None
        return wire.Reloaded(changes, self._news(order.now))

    def _look(self, order: wire.Look) -> wire.Seen:
        return wire.Seen(self.shard.detail(order.room, order.now))

    def _explain(self, order: wire.Explain) -> wire.Explained:
        found = self.shard.explain(order.rule, order.room, order.sku)
        return wire.Explained(None, found) if isinstance(found, str) else wire.Explained(found, "")

    _DOES: ClassVar[dict[type[Any], Callable[[Any, Any], AnyReply | None]]] = {
        wire.Facts: _facts,
        wire.Restore: _restore,
        wire.Expect: _expect,
        wire.Claim: _claim,
        wire.Place: _place,
        wire.Tick: _begin,
        wire.Hear: _hear,
        wire.Acknowledge: _acknowledge,
        wire.Reload: _reload,
        wire.Look: _look,
        wire.Explain: _explain,
    }


class _UnderWay:
    """A tick that is not over."""

    def __init__(self, order: wire.Tick, adopted: list[Change]) -> None:
        self.order = order
        self.adopted = adopted
        self.asked: list[tuple[int, list[Change]]] = []
        self.level = 0
