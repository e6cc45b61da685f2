"""Figures as lines of a program: what the tables hold is compared where it lies.

A sum, a ratio or a state of the tables need not become an array of its own before a rule
compares it. What a figure is stands in its reading (signals/metrics.py), which everybody
else uses; here the same is said once more, for those that rules ask often, and a test holds
each to its reading. Others are read as columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import methodcaller
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from monitor.rules.lowering import LARGEST, Lowering, Operand, Side
from monitor.rules.program import Stored
from monitor.signals.freshness import ANY, FEEDS, HALF_LIVES_S
from monitor.signals.metrics import FIGURES
from monitor.signals.product_figures import ProductCount
from monitor.signals.readings import MOOD_COUNTERS, Count
from monitor.signals.room_counts import PARTS
from monitor.signals.windows import SPANS

Line: TypeAlias = Callable[[Lowering], Operand]


def _sum(counter: str, window: str) -> Stored:
    return Stored(("sum", counter, window), lambda tables: tables.windows.read(counter, window))


def _of_feed(name: str, feed: str) -> Stored:
    index = FEEDS.index(feed)
    return Stored(("feed", name, feed), lambda tables: getattr(tables.freshness, name)[index])


def _state(name: str) -> Stored:
    return Stored(("room", name), lambda tables: tables.rooms.columns[name])


def _script(name: str) -> Stored:
    return Stored(("script", name), lambda tables: tables.segments.columns[name])


def _gauge(name: str) -> Stored:
    return Stored(("gauge", name), lambda tables: tables.gauges[name])


def _of_product(name: str) -> Stored:
    return Stored(("product", name), lambda tables: tables.products.columns[name])


def _sum_of_product(counter: str, window: str) -> Stored:
    return Stored(
        ("product sum", counter, window),
        lambda tables: tables.products.windows.read(counter, window),
    )


def _now(lowering: Lowering) -> Operand:
    return Operand(lowering.program.now(), LARGEST)


def _since(lowering: Lowering, leaf: Stored) -> Operand:
    """Seconds since then."""
    return lowering.arithmetic("-", _now(lowering), lowering.leaf(leaf))


# ── rooms ─────────────────────────────────────────────────────────────────────


def _known(lowering: Lowering, feed: str, window: str) -> Side:
    """Where a window of a feed is known: it was heard, and left no hole."""
    heard = lowering.known(lowering.leaf(_of_feed("first_at", feed)))
    if window == "session":
        return heard
    sides = [heard]
    for each in dict.fromkeys((feed, ANY)):
        span = lowering.constant(float(SPANS[window]))
        broken = lowering.program.flags(_of_feed("stalled", each))
        whole = lowering.asked(
            "greater_equal", _since(lowering, _of_feed("resumed_at", each)), span
        )
        sides += [lowering.opposite(broken), whole]
    return lowering.both(*sides)


def _count(read: Count, lowering: Lowering) -> Operand:
    known = _known(lowering, read.feed, read.window)
    if read.apart:
        ever = lowering.leaf(_sum(read.counter, "session"))
        known = lowering.both(known, lowering.asked("greater", ever, lowering.constant(0.0)))
    return lowering.masked(known, lowering.leaf(_sum(read.counter, read.window)))


def _share(lowering: Lowering, above: Operand, below: Operand) -> Operand:
    """above ÷ below; unknown where that is 0 or unknown."""
    some = lowering.asked("greater", below, lowering.constant(0.0))
    return lowering.arithmetic("/", above, lowering.masked(some, below))._replace(greatest=LARGEST)


def _ratio(above: Line, below: Line, factor: int, lowering: Lowering) -> Operand:
    number = above(lowering)
    if factor != 1:
        number = lowering.arithmetic("*", number, lowering.constant(float(factor)))
    return _share(lowering, number, below(lowering))


def _unless_silent(name: str, lowering: Lowering) -> Operand:
    silent = lowering.program.flags(_of_feed("stalled", ANY))
    return lowering.masked(lowering.opposite(silent), lowering.leaf(_gauge(name)))


def _minutes_live(lowering: Lowering) -> Operand:
    lasted = lowering.arithmetic(
        "/", _since(lowering, _state("started_at")), lowering.constant(60.0)
    )
    live = lowering.asked("equal", lowering.leaf(_state("live")), lowering.constant(1.0))
    return lowering.masked(live, lasted)


def _goal_share(lowering: Lowering) -> Operand:
    gmv = _count(Count("gmv", "orders", "session"), lowering)
    return _share(lowering, gmv, lowering.leaf(_state("goal_minor")))


def _segment_s(lowering: Lowering) -> Operand:
    return lowering.greater(_since(lowering, _script("segment_at")), lowering.constant(0.0))


def _age(feed: str, lowering: Lowering) -> Operand:
    return _since(lowering, _of_feed("heard_at", feed))


def _missed(feed: str, lowering: Lowering) -> Operand:
    """freshness.py: pace · half · (1 − e^(−age ÷ half))."""
    half = lowering.constant(HALF_LIVES_S[0] / np.log(2.0))
    most = lowering.arithmetic("*", lowering.leaf(_of_feed("pace", feed)), half)
    gone = lowering.lost(lowering.arithmetic("/", lowering.opposed(_age(feed, lowering)), half))
    return lowering.arithmetic("*", most, lowering.opposed(gone))._replace(greatest=LARGEST)


# ── products ──────────────────────────────────────────────────────────────────


def _balance(lowering: Lowering) -> Operand:
    level, since = lowering.leaf(_of_product("level")), lowering.leaf(_of_product("since_level"))
    return lowering.arithmetic("+", level, since)


def _left(lowering: Lowering) -> Operand:
    return lowering.greater(_balance(lowering), lowering.constant(0.0))


def _oversold(lowering: Lowering) -> Operand:
    return lowering.greater(lowering.opposed(_balance(lowering)), lowering.constant(0.0))


def _pinned(lowering: Lowering) -> Operand:
    one, none = lowering.constant(1.0), lowering.constant(0.0)
    pinned = lowering.asked("greater", lowering.leaf(_of_product("pinned")), none)
    return lowering.otherwise(lowering.masked(pinned, one), none)


def _count_of_product(read: ProductCount, lowering: Lowering) -> Operand:
    session = lowering.leaf(_sum_of_product(read.counter, "session"))
    ever = lowering.asked("greater", session, lowering.constant(0.0))
    return lowering.masked(ever, lowering.leaf(_sum_of_product(read.counter, read.window)))


def _velocity(window: str, minutes: float, lowering: Lowering) -> Operand:
    ordered = lowering.leaf(_sum_of_product("ordered", window))
    return lowering.arithmetic("/", ordered, lowering.constant(minutes))


def _expected(columns: Any) -> NDArray[np.float64]:
    """Seconds until sold out, as it was worked out in this second."""
    products = columns.tables.products
    expected: NDArray[np.float64] = products.expected.of_second(columns.now, len(products))
    return expected


def _sellout(lowering: Lowering) -> Operand:
    left = _left(lowering)
    some = lowering.asked("greater", left, lowering.constant(0.0))
    expected = lowering.masked(some, lowering.leaf(_expected))
    return lowering.otherwise(expected, lowering.masked(lowering.opposite(some), left))


@dataclass(frozen=True)
class _AtProducts:
    """A leaf at each product, made anew where what it is made of is another."""

    name: str
    make: Callable[[Any], NDArray[Any]] = field(compare=False)
    made_of: Callable[[Any], object] = field(compare=False)
    known: dict[str, Any] = field(default_factory=dict, compare=False)
    lasting = True

    def __call__(self, columns: Any) -> NDArray[Any]:
        made_of = (columns.rows, columns.tables.products.revision, self.made_of(columns.tables))
        if self.known.get("made_of") != made_of:
            self.known.update(made_of=made_of, array=self.make(columns))
        array: NDArray[Any] = self.known["array"]
        return array


def _live_at(columns: Any) -> NDArray[np.float64]:
    live: NDArray[np.float64] = columns.tables.rooms.columns["live"][columns.room_of]
    return live


def _live(lowering: Lowering) -> Operand:
    """Of its room."""
    return lowering.leaf(
        _AtProducts("live", _live_at, lambda tables: tables.rooms.columns["live"].tobytes())
    )


def _are(columns: Any) -> NDArray[np.bool_]:
    """Row 0 is no product, nor is one that is free."""
    are = np.ones(columns.rows, bool)
    are[:1] = False
    are[columns.tables.products.free] = False
    return are


def on_air(lowering: Lowering, scope: str) -> Side:
    """Where rules are asked at all: columns.py's `on_air`."""
    live = lowering.opposite(
        lowering.asked("equal", lowering.column("live"), lowering.constant(0.0))
    )
    if scope == "room":
        return live
    return lowering.both(live, lowering.program.flags(_AtProducts("are", _are, lambda tables: 0)))


def _rooms() -> dict[str, Line]:
    counts: dict[str, Line] = {
        name: partial(_count, column.read)
        for name, column in FIGURES.items()
        if isinstance(column.read, Count) and column.read.counter not in MOOD_COUNTERS
    }
    by_reading = {FIGURES[name].read: line for name, line in counts.items()}
    ratios: dict[str, Line] = {
        name: partial(_ratio, by_reading[above], by_reading[below], factor)
        for name, (above, below, factor) in PARTS.items()
        if above in by_reading and below in by_reading
    }
    told_off: dict[str, Line] = {
        f"{name}_1m": methodcaller("leaf", _sum(name, "1m"))
        for name in ("late", "duplicates", "uncertain")
    }
    states: dict[str, Line] = {
        name: methodcaller("leaf", _state(name)) for name in ("live", "paused")
    }
    script: dict[str, Line] = {
        name: methodcaller("leaf", _script(column))
        for name, column in (
            ("segment", "segment"), ("segment_before", "segment_before"), ("cycle", "cycle"),
            ("segment_limit_s", "segment_limit_s"), ("segment_confidence", "confidence"),
            ("segment_before_confidence", "confidence_before"),
        )
    }  # fmt: skip
    feeds: dict[str, Line] = {}
    for feed in FEEDS:
        suffix = "" if feed == ANY else f"_{feed}"
        feeds[f"feed_age_s{suffix}"] = partial(_age, feed)
        feeds[f"feed_missed{suffix}"] = partial(_missed, feed)
    return {
        **counts, **ratios, **told_off, **states, **script, **feeds,
        "online": partial(_unless_silent, "online"),
        "online_peak": partial(_unless_silent, "online_peak"),
        "minutes_live": _minutes_live, "goal_share": _goal_share, "segment_s": _segment_s,
    }  # fmt: skip


def _products() -> dict[str, Line]:
    counts: dict[str, Line] = {
        name: partial(_count_of_product, column.read)
        for name, column in FIGURES.items()
        if isinstance(column.read, ProductCount)
    }
    return {
        **counts,
        "live": _live, "stock": _left, "oversold": _oversold, "pinned": _pinned,
        "sellout_s": _sellout,
        "velocity_1m": partial(_velocity, "1m", 1.0), "velocity_5m": partial(_velocity, "5m", 5.0),
        "on_shelf": methodcaller("leaf", _of_product("on_shelf")),
        "price": methodcaller("leaf", _of_product("price_minor")),
        "price_was": methodcaller("leaf", _of_product("was_minor")),
    }  # fmt: skip


LINES: Mapping[str, Mapping[str, Line]] = {"room": _rooms(), "product": _products()}
