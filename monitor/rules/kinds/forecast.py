"""forecast: when a figure will reach a bound, at the pace of late.

    value: stock
    reaches: 0                   a number, or an expression: gmv_session / goal_share
    fit: 60s
    when: eta_s < 45 and stock > 0

The pace is the slope of a straight line through the readings of whole seconds, older
ones weighing less: weights fall by half in half of `fit`. Five sums a row hold it, so
a room costs 40 bytes. `eta_s` is unknown until 5 readings were seen, and 1e9 where the
figure stands (readings that are all the same have a slope of exactly 0) or moves away
from its bound. A jump away from the bound (goods were added)
starts the line anew: further from it by a fifth, or off it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping

import numpy as np

from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Condition
from monitor.rules.expression import Value as Number
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
from monitor.speedups.loaded import compiled

FEWEST = 5
SHORTEST_S = 10.0  # of `fit`
NEVER_S = 1e9  # thirty years


class Forecast(Rule, frozen=True, kw_only=True, tag="forecast"):
    """Holds where `when`, which may name `eta_s` and `slope` (a second), does."""

    value: Figure
    reaches: float | str = 0.0
    fit: Span = "60s"
    when: Asked

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        return ("eta_s", "slope")


class ForecastAsker:
    def __init__(self, rule: Forecast, compiler: Compiler) -> None:
        self._value = compiler.value("value", rule.value)
        self._when: Condition = compiler.condition("when", rule.when)
        self._bound = 0.0 if isinstance(rule.reaches, str) else rule.reaches
        self._reaches: Number | None = None
        if isinstance(rule.reaches, str):
            self._reaches = compiler.value("reaches", rule.reaches)
        fit_s = compiler.duration("fit", rule.fit)
        if fit_s < SHORTEST_S:
            raise ProblemError(
                ("fit",), f"`{rule.fit}` holds too few seconds — write `10s` or more"
            )
        self._decay = 0.5 ** (2.0 / fit_s)
        self._second: int | None = None
        self._bounds = np.zeros(0)
        self._sums = np.zeros((5, 16))  # n, t, y, tt, ty, with t counted from now
        self._count = np.zeros(16, np.int64)
        self._last = np.full(16, np.nan)
        self._bent = np.zeros(16, bool)  # whether its readings are not all the same
        self._slope = np.full(16, np.nan)  # as it was in this second
        given = set(Forecast.columns())
        bound = self._reaches.names if self._reaches is not None else ()
        names = dict.fromkeys([*self._value.names, *bound, *self._when.names])
        self.used = tuple(name for name in names if name not in given)

    def learn(self, columns: Columns, now: float, firing: Flags) -> None:
        self._grow(columns.rows)
        if int(now) != self._second:
            value, bound = self._value.evaluate(columns), self._reached(columns)
            passed = int(now) - self._second if self._second is not None else 0
            self._second = int(now)
            if compiled is None:
                self._learn(value, bound, passed)
                self._slope = self._fit()
                return
            slope = np.full(len(self._count), np.nan)
            compiled.sloping(
                self._sums, self._count, self._last, np.ascontiguousarray(value, np.float64),
                np.ascontiguousarray(bound), passed, self._decay**passed, FEWEST, slope,
                self._bent,
            )  # fmt: skip
            self._slope = slope

    def lower(self, lowering: Lowering) -> tuple[Side, Side]:
        with lowering.given(self.given(lowering)):
            return lowering.truth(self._when.tree)

    def given(self, lowering: Lowering) -> Mapping[str, Operand]:
        """`eta_s` is `_line`'s, said once more as lines of a program."""
        value = lowering.finite(lowering.number(self._value.tree))
        bound = lowering.constant(self._bound)
        if self._reaches is not None:
            bound = lowering.finite(lowering.number(self._reaches.tree))
        slope = lowering.remembered(_slope)
        eta = lowering.arithmetic("/", lowering.arithmetic("-", bound, value), slope)
        never = lowering.constant(NEVER_S)
        soon = lowering.both(
            lowering.asked("greater_equal", eta, lowering.constant(0.0)),
            lowering.asked("less", eta, never),
        )
        eta = lowering.otherwise(lowering.masked(soon, eta), never)
        told = lowering.both(*(lowering.known(each) for each in (slope, value, bound)))
        there = lowering.masked(lowering.asked("equal", value, bound), lowering.constant(0.0))
        eta = lowering.otherwise(there, lowering.masked(told, eta))
        return {"eta_s": eta._replace(greatest=NEVER_S), "slope": slope}

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        slope, eta = self._line(self._value.evaluate(columns), self._reached(columns))
        return ChainMap({"eta_s": eta, "slope": slope}, columns)

    def _reached(self, columns: Columns) -> Floats:
        if self._reaches is None:
            if len(self._bounds) < columns.rows:
                self._bounds = np.full(columns.rows, self._bound)
            return self._bounds[: columns.rows]
        return self._reaches.evaluate(columns)

    def _grow(self, rows: int) -> None:
        more = rows - len(self._count)
        if more > 0:
            more = max(more, len(self._count))
            self._sums = np.pad(self._sums, ((0, 0), (0, more)))
            self._count = np.pad(self._count, (0, more))
            self._last = np.pad(self._last, (0, more), constant_values=np.nan)
            self._bent = np.pad(self._bent, (0, more))
            self._slope = np.pad(self._slope, (0, more), constant_values=np.nan)

    def _learn(self, value: Floats, bound: Floats, passed: int) -> None:
        rows = len(value)
        count, last = self._count[:rows], self._last[:rows]
        total, time, level, square, product = self._sums[:, :rows]
        if passed:
            # Time is counted from now: what was t is now t − passed.
            square += passed * (passed * total - 2.0 * time)
            product -= passed * level
            time -= passed * total
            self._sums *= self._decay**passed
        far = np.abs(last - bound)
        away = np.abs(value - bound) - far > 0.2 * far
        self._sums[:, :rows][:, away] = 0.0
        count[away] = 0
        told, bent = ~np.isnan(value), self._bent[:rows]
        bent &= ~away
        bent |= told & (value != last) & (count > 0)
        total[told] += 1.0
        level[told] += value[told]
        count[told] += 1
        last[told] = value[told]

    def _fit(self) -> Floats:
        total, time, level, square, product = self._sums
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = (total * product - time * level) / (total * square - time * time)
        slope[~self._bent] = 0.0
        slope[(self._count < FEWEST) | ~np.isfinite(slope)] = np.nan
        return slope

    def _line(self, value: Floats, bound: Floats) -> tuple[Floats, Floats]:
        slope = self._slope[: len(value)]
        with np.errstate(divide="ignore", invalid="ignore"):
            eta = (bound - value) / slope
        eta = np.where((eta >= 0) & (eta < NEVER_S), eta, NEVER_S)
        eta[np.isnan(slope) | np.isnan(value) | np.isnan(bound)] = np.nan
        eta[value == bound] = 0.0
        return slope, eta

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        slope, eta = self._line(self._value.evaluate(columns), self._reached(columns))
        return {
            **read(columns, self.used, row),
            "eta_s": known(eta[row]),
            "slope": known(slope[row]),
        }

    def forget(self, rows: Iterable[int]) -> None:
        rows = [row for row in rows if row < len(self._count)]
        self._sums[:, rows] = 0.0
        self._count[rows] = 0
        self._bent[rows] = False
        self._last[rows] = self._slope[rows] = np.nan


def _slope(asker: ForecastAsker) -> Floats:
    return asker._slope
