"""How long one tick takes with many rooms: the fifty rules of kinds.yaml over all of them."""

from __future__ import annotations

import statistics

from msgspec import Struct

from monitor.bench.engine import Pass, one_core, settled_memory
from monitor.bench.generator import START, Market, blobs
from monitor.bench.reload import KINDS
from monitor.clock import steady, worked
from monitor.rules import compile as rules
from monitor.shard import TICK_S


class Ticked(Struct, kw_only=True):
    """What was measured; milliseconds."""

    tick_ms: float
    tick_cpu_ms: float  # of it, what the processor worked for us
    slowest_ms: float
    roll_ms: float  # of those ticks that roll the windows, what the rolling takes
    slowest_roll_ms: float
    ticks: int
    rooms: int
    products: int
    rules: int
    alerts: int
    open_alerts: int
    pinned: str


def measure(rooms: int = 10_000, ticks: int = 200, events: int = 50_000) -> Ticked:
    """The median tick of a full shard. One in four rolls the windows, as the second changes."""
    market = Market(events=events, rooms=rooms, products=2, viewers=200)
    opening, stream = blobs(market)
    with one_core() as pinned:
        ready = Pass(opening, market.wire, rules.load(KINDS), None)
        ready.play(stream)
        took: list[float] = []
        busy: list[float] = []
        rolled: list[float] = []
        fired = 0
        with settled_memory():
            now = START + events / market.per_second
            for _ in range(ticks):
                now += TICK_S
                begun, before = steady(), worked()
                ready.shard.figures.roll(now)
                if int(now) > int(now - TICK_S):
                    rolled.append((steady() - begun) * 1e3)
                changes = ready.shard.tick(now)
                took.append((steady() - begun) * 1e3)
                busy.append((worked() - before) * 1e3)
                fired += sum(change.change == "fired" for change in changes)
    tables = ready.shard.figures.tables
    return Ticked(
        tick_ms=round(statistics.median(took), 3),
        tick_cpu_ms=round(statistics.median(busy), 3),
        slowest_ms=round(max(took), 3),
        roll_ms=round(statistics.median(rolled), 3),
        slowest_roll_ms=round(max(rolled), 3),
        ticks=ticks,
        rooms=len(tables.rooms),
        products=len(tables.products) - 1,
        rules=len(ready.shard.rules.rules),
        alerts=fired,
        open_alerts=len(ready.shard.alerts()),
        pinned=pinned,
    )
