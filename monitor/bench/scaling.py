"""How the time of the engine grows with what it is given, in turns on the same core.

events × 10       the time should be tenfold
rooms × 10        at the same number of facts: hardly more
one room in all   which has nine of ten facts, against rooms that are all as busy

A fact costs what it costs, a tick what the rooms cost: four a second, however few facts
come. So rooms × 10 is measured twice. At the market's 10,000 facts a second, of which a
core takes a hundred times as many, most of the growth is ticks: 2,000 rooms are as many
rows to ask, each second, as facts to count. At ten times that pace (`busy`; the 2,000 rooms
have 50 facts a second each then, as the 200 of the market have) it is what a fact costs.
"""

from __future__ import annotations

import statistics

from msgspec import Struct
from msgspec.structs import replace

from monitor.bench.engine import RULES, Pass, one_core, settled_memory
from monitor.bench.generator import Market, blobs
from monitor.rules import compile as rules

SKEW = 0.9
TIMES = 10
BUSY = 2.5  # times the facts for a busy market: 5 s of it


class Grown(Struct, kw_only=True):
    """Ratios of seconds, medians of some passes."""

    events_times_10: float  # by 10: 1.0 is proportional
    rooms_times_10: float
    rooms_times_10_busy: float
    one_room_against_even: float
    events: int
    rooms: int
    runs: int
    seconds: dict[str, float]


def measure(events: int = 200_000, rooms: int = 200, runs: int = 3) -> Grown:
    base = Market(events=events, rooms=rooms)
    busy = replace(base, events=int(events * BUSY), per_second=base.per_second * TIMES)
    markets = {
        "base": base,
        "events": replace(base, events=events * TIMES),
        "rooms": replace(base, rooms=rooms * TIMES),
        "even": replace(base, skew=1.0 / rooms),
        "one": replace(base, skew=SKEW),
        "busy": busy,
        "rooms_busy": replace(busy, rooms=rooms * TIMES),
    }
    made = {name: blobs(market) for name, market in markets.items()}
    took: dict[str, list[float]] = {name: [] for name in markets}
    with one_core():
        for _ in range(runs):
            for name, (opening, stream) in made.items():
                ready = Pass(opening, "native", rules.load(RULES), None)
                with settled_memory():
                    took[name].append(ready.play(stream).seconds)
    seconds = {name: statistics.median(each) for name, each in took.items()}
    return Grown(
        events_times_10=round(seconds["events"] / seconds["base"] / TIMES, 3),
        rooms_times_10=round(seconds["rooms"] / seconds["base"], 3),
        rooms_times_10_busy=round(seconds["rooms_busy"] / seconds["busy"], 3),
        one_room_against_even=round(seconds["one"] / seconds["even"], 3),
        events=events,
        rooms=rooms,
        runs=runs,
        seconds={name: round(each, 9) for name, each in seconds.items()},
    )
