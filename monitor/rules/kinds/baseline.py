"""baseline: a figure against what is usual in this very room (or product) of late.

    value: comments_10s
    baseline: {method: median_mad, window: 5m, gap: 10s, min_points: 30, floor: 0.15}
    when: z < -4 and online > 200

    base   what is usual: the median of the window (or, with `method: ewma`, a mean in which
           older readings weigh ever less)
    dev    the usual deviation: 1.4826 × the median of |reading − base| (MAD as a σ), or the
           root of the weighted variance; at least `floor` × base, and at least `least`
    z      (value − base) ÷ dev

A reading is taken each 60th of the window, at whole seconds. It waits for `gap` before it
counts, so that what is tested is not part of what it is tested against (with it, |z| of n
readings can not pass √(n − 1)). With fewer than `min_points` known readings nothing is
known. While its alert fires nothing is learned (`freeze_while: firing`): what is unusual
does not become usual. Off air and unknown readings take the place of old ones, so what
was usual an hour ago is forgotten.

The medians of many rows are not all worked out in one tick: by a block of rows each, all
of them before the next reading comes.
"""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct

from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Condition
from monitor.rules.kinds.kind import (
    Asked,
    Columns,
    Figure,
    Flags,
    Lowering,
    Operand,
    Rule,
    Side,
    Span,
    Value,
    known,
    read,
)
from monitor.signals.rooms import Floats

READINGS = 60  # a window
SIGMA = 1.4826  # of a normal distribution in MADs: 1 ÷ Φ⁻¹(3/4)
BLOCK = 256  # rows whose medians are worked out in one tick, at least
TICKS_A_SECOND = 4


class Usual(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it is found out what is usual."""

    method: Literal["median_mad", "ewma"] = "median_mad"
    window: Span = "5m"
    gap: Span = "10s"
    min_points: Annotated[int, Meta(ge=3, le=READINGS)] = 30
    floor: Annotated[float, Meta(ge=0)] = 0.1
    least: Annotated[float, Meta(ge=0)] = 0.0
    freeze_while: Literal["firing", "never"] = "firing"


class Baseline(Rule, frozen=True, kw_only=True, tag="baseline"):
    """Holds where `when`, which may name `z`, `base` and `dev`, does."""

    value: Figure
    baseline: Usual = Usual()
    when: Asked

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        return ("z", "base", "dev")


class BaselineAsker:
    def __init__(self, rule: Baseline, compiler: Compiler) -> None:
        usual = rule.baseline
        self._value = compiler.value("value", rule.value)
        self._when: Condition = compiler.condition("when", rule.when)
        window_s = compiler.duration(("baseline", "window"), usual.window)
        gap_s = compiler.duration(("baseline", "gap"), usual.gap)
        if window_s < 10.0:
            what = f"`{usual.window}` holds too few readings — write `10s` or more"
            raise ProblemError(("baseline", "window"), what)
        self._step_s = max(1, -(-int(window_s) // READINGS))
        self._points = int(window_s) // self._step_s
        if usual.min_points > self._points:
            what = f"the window holds {self._points} readings — write {self._points} or fewer"
            raise ProblemError(("baseline", "min_points"), what)
        if gap_s < 1.0:
            what = f"`{usual.gap}` would test a reading against itself — write `1s` or more"
            raise ProblemError(("baseline", "gap"), what)
        self._usual = usual
        self._reading: int | None = None  # which one was taken last
        self._waiting: deque[Floats] = deque()
        self._wait = -(-int(gap_s) // self._step_s)
        self._of = _Medians(self._points) if usual.method == "median_mad" else _Ewma(self._points)
        given = set(Baseline.columns())
        names = dict.fromkeys([*self._value.names, *self._when.names])
        self.used = tuple(name for name in names if name not in given)

    def learn(self, columns: Columns, now: float, firing: Flags) -> None:
        self._of.grow(columns.rows)
        if int(now) // self._step_s != self._reading:
            self._reading = int(now) // self._step_s
            value = self._value.evaluate(columns)
            frozen = firing if self._usual.freeze_while == "firing" else np.zeros_like(firing)
            self._take(np.where(columns.on_air() & ~frozen, value, np.nan), frozen)
        self._of.work(columns.rows, TICKS_A_SECOND * self._step_s)

    def lower(self, lowering: Lowering) -> tuple[Side, Side]:
        with lowering.given(self.given(lowering)):
            return lowering.truth(self._when.tree)

    def given(self, lowering: Lowering) -> Mapping[str, Operand]:
        """`_compare`, said once more as lines of a program."""
        value = lowering.finite(lowering.number(self._value.tree))
        base, dev, count = (lowering.remembered(each) for each in (_base, _dev, _count))
        few = lowering.constant(float(self._usual.min_points))
        enough = lowering.asked("greater_equal", count, few)
        least = lowering.arithmetic("*", lowering.constant(self._usual.floor), lowering.size(base))
        dev = lowering.greater(lowering.greater(dev, least), lowering.constant(self._usual.least))
        base, dev = lowering.masked(enough, base), lowering.masked(enough, dev)
        z = lowering.finite(lowering.arithmetic("/", lowering.arithmetic("-", value, base), dev))
        there = lowering.masked(lowering.asked("equal", value, base), lowering.constant(0.0))
        return {"z": lowering.otherwise(there, z), "base": base, "dev": dev}

    def _take(self, reading: Floats, frozen: Flags) -> None:
        """A reading waits for the gap, then the oldest that waits is learned."""
        self._waiting.append(reading)
        if len(self._waiting) <= self._wait:
            return
        old = self._waiting.popleft()
        rows = np.flatnonzero(~frozen[: len(old)])
        self._of.learn(rows, old[rows])

    def _compare(self, value: Floats) -> dict[str, Floats]:
        rows = len(value)
        base, dev = self._of.base[:rows].copy(), self._of.dev[:rows]
        dev = np.maximum(np.maximum(dev, self._usual.floor * np.abs(base)), self._usual.least)
        few = self._of.count[:rows] < self._usual.min_points
        base[few] = dev[few] = np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (value - base) / dev
        z[value == base] = 0.0
        z[np.isinf(z)] = np.nan
        return {"z": z, "base": base, "dev": dev}

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return ChainMap(self._compare(self._value.evaluate(columns)), columns)

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        given = self._compare(self._value.evaluate(columns))
        return {
            **read(columns, self.used, row),
            **{name: known(column[row]) for name, column in given.items()},
        }

    def forget(self, rows: Iterable[int]) -> None:
        rows = [row for row in rows if row < len(self._of.base)]
        self._of.forget(rows)
        for reading in self._waiting:
            reading[[row for row in rows if row < len(reading)]] = np.nan


class _Usual:
    """What is usual in each row, how far from it is, and of how many readings."""

    def __init__(self) -> None:
        self.base = np.full(0, np.nan)
        self.dev = np.full(0, np.nan)
        self.count = np.zeros(0, np.int64)

    def grow(self, rows: int) -> None:
        if rows > len(self.base):
            self._widen(max(rows - len(self.base), len(self.base)))

    def _widen(self, more: int) -> None:
        self.base = np.pad(self.base, (0, more), constant_values=np.nan)
        self.dev = np.pad(self.dev, (0, more), constant_values=np.nan)
        self.count = np.pad(self.count, (0, more))

    def forget(self, rows: list[int]) -> None:
        self.count[rows] = 0
        self.base[rows] = self.dev[rows] = np.nan


class _Medians(_Usual):
    """The last readings of each row, their median and its MAD."""

    def __init__(self, points: int) -> None:
        super().__init__()
        self._points = points
        self._ring = np.full((0, points), np.nan)
        self._head = np.zeros(0, np.int64)
        self._place, self._left = 0, 0  # the next row to be worked out, and how many are left

    def _widen(self, more: int) -> None:
        super()._widen(more)
        self._ring = np.pad(self._ring, ((0, more), (0, 0)), constant_values=np.nan)
        self._head = np.pad(self._head, (0, more))

    def learn(self, rows: np.ndarray, readings: Floats) -> None:
        self._ring[rows, self._head[rows]] = readings
        self._head[rows] = (self._head[rows] + 1) % self._points
        self._left = len(self.base)

    def work(self, rows: int, ticks: int) -> None:
        """Work out a block; in so many ticks all rows are."""
        left = min(self._left, rows)
        if not left:
            return
        self._place %= rows
        end = min(self._place + max(BLOCK, -(-rows // max(ticks - 1, 1))), rows)
        block = self._ring[self._place : end]
        base, count = _medians(block)
        self.base[self._place : end], self.count[self._place : end] = base, count
        self.dev[self._place : end] = SIGMA * _medians(np.abs(block - base[:, None]))[0]
        self._left = left - (end - self._place)
        self._place = end
        if self._left > 0 and rows <= BLOCK:
            self.work(rows, ticks)

    def forget(self, rows: list[int]) -> None:
        super().forget(rows)
        self._ring[rows] = np.nan
        self._head[rows] = 0


class _Ewma(_Usual):
    """A mean and a variance in which each reading weighs less than the next one.

    The weight of a new one is 2 ÷ (points + 1), and 1 ÷ n while there are fewer.
    """

    def __init__(self, points: int) -> None:
        super().__init__()
        self._weight = 2.0 / (points + 1)
        self._variance = np.zeros(0)

    def _widen(self, more: int) -> None:
        super()._widen(more)
        self._variance = np.pad(self._variance, (0, more))

    def learn(self, rows: np.ndarray, readings: Floats) -> None:
        told = ~np.isnan(readings)
        rows, readings = rows[told], readings[told]
        self.count[rows] += 1
        weight = np.maximum(self._weight, 1.0 / self.count[rows])
        base = np.where(self.count[rows] == 1, readings, self.base[rows])
        away = readings - base
        self.base[rows] = base + weight * away
        self._variance[rows] = (1.0 - weight) * (self._variance[rows] + weight * away * away)
        self.dev[rows] = np.sqrt(self._variance[rows])

    def work(self, rows: int, ticks: int) -> None:
        """All is worked out as it is learned."""

    def forget(self, rows: list[int]) -> None:
        super().forget(rows)
        self._variance[rows] = 0.0


def _medians(block: Floats) -> tuple[Floats, np.ndarray]:
    """The median of what is known in each row, NaN where nothing is, and of how much it is."""
    count = np.count_nonzero(~np.isnan(block), axis=1)
    points = block.shape[1]
    if (count == points).all():
        middle = (points // 2 - 1, points // 2) if points % 2 == 0 else (points // 2,)
        return np.partition(block, middle, axis=1)[:, list(middle)].mean(axis=1), count
    ordered = np.sort(block, axis=1)  # NaN comes last
    rows = np.arange(len(block))
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    return (ordered[rows, low] + ordered[rows, np.minimum(high, points - 1)]) / 2, count


def _base(asker: BaselineAsker) -> Floats:
    return asker._of.base.view()  # it changes where it lies, which nobody would see


def _dev(asker: BaselineAsker) -> Floats:
    return asker._of.dev


def _count(asker: BaselineAsker) -> np.ndarray:
    return asker._of.count
