"""One shard in the daemon's own process and loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from monitor.alerts.alert import Alert, Change
from monitor.alerts.record import Record
from monitor.alerts.routes import RoomTag
from monitor.engines.counting import broken, counts
from monitor.engines.footing import Footing
from monitor.engines.tagging import describe
from monitor.frames import Batch
from monitor.shard import Shard
from monitor.shard.expecting import expect
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView

log = structlog.get_logger()


class Embedded:
    """Host of all rooms. See host.py for what it promises."""

    apart = False
    full = False

    def __init__(self, shard: Shard) -> None:
        self.shard = shard
        self.faults = 0

    @property
    def own(self) -> Record:
        return self.shard.record

    @property
    def gone(self) -> tuple[str, ...]:
        return self.shard.gone

    @property
    def broken(self) -> dict[str, str]:
        return broken(self.shard)

    async def open(self, wake: Callable[[], None]) -> None:
        """It is there, and never full."""

    async def aclose(self) -> None:
        """It stays as it is."""

    def receive(self, batch: Batch, now: float) -> None:
        try:
            self.shard.receive([batch], now)
        except Exception:  # one feed must not take the others down; counted
            self.faults += 1
            if self.faults == 1 or self.faults % 1000 == 0:
                log.error("a batch broke the core", source=batch.source, faults=self.faults,
                          exc_info=True)  # fmt: skip

    async def tick(self, now: float) -> list[Change]:
        return self.shard.tick(now)

    async def acknowledge(
        self, key: str, episode: int, by: str, now: float
    ) -> tuple[Change | None, bool]:
        return self.shard.acknowledge(key, episode, by, now)

    async def prepare(self, footing: Footing) -> None:
        """It was compiled in this process."""

    async def reload(self, footing: Footing, now: float) -> list[Change]:
        put_in_force(self.shard, footing)
        return self.shard.reload(footing.rules, now)

    def restore(
        self, alerts: Sequence[Alert], episodes: Mapping[str, int], last_at: float | None
    ) -> None:
        self.shard.restore(alerts, episodes, last_at)

    def expect(self, room: str, at: float, until: float) -> None:
        expect(self.shard.figures.tables, room, at, until)

    @property
    def pending(self) -> bool:
        return self.shard.record.pending

    def alerts(self) -> list[Alert]:
        return self.shard.alerts()

    def rooms(self, now: float) -> Sequence[RoomView]:
        return self.shard.rooms(now)

    def detail(self, room: str, now: float) -> RoomDetail | None:
        return self.shard.detail(room, now)

    async def look(self, room: str, now: float) -> RoomDetail | None:
        return self.shard.detail(room, now)

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        return self.shard.explain(rule, room, sku)

    def describe(self, room: str) -> RoomTag:
        return describe(self.shard.figures.tables.rooms, room)

    def figures(self, now: float) -> dict[str, Any]:
        return counts(self.shard, now) | {"faults": self.faults}


def put_in_force(shard: Shard, footing: Footing) -> None:
    """What the config says of rooms, and what complaints sound like; rules are reloaded apart."""
    shard.figures.tables.introduce(footing.profiles)
    shard.figures.use(footing.phrases)
