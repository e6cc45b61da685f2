"""burn_rate: failures use up what an objective allows, and how fast.

    bad: refunds_session
    total: paid_session
    objective: 0.98                        two in a hundred may be bad
    windows:
      - {long: 5m, short: 30s, factor: 10, severity: critical}
      - {long: 30m, short: 3m, factor: 4, severity: warning}

    burn = (bad ÷ total in the window) ÷ (1 − objective)

A pair holds where both its windows burn at `factor` or faster: the long one says that it
matters, the short one that it still goes on (Google's SRE workbook, chapter 5). The rule
holds where a pair does, with the worst severity of those that do; an alert that becomes
worse is told anew. With fewer than `least` of the total in the long window nothing burns.

`bad` and `total` are counts that only rise: figures of the session. A window is read off
30 readings of them, so it is right to a thirtieth. It begins when we first hear of them;
where they fall, a new session has begun, and so do the windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Truth
from monitor.rules.kinds.kind import (
    WORST_FIRST,
    Columns,
    Figure,
    Flags,
    Rule,
    Severity,
    Span,
    Value,
    known,
    read,
)
from monitor.signals.rooms import Floats

READINGS = 30


class Pair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two windows that must both burn."""

    long: Span
    short: Span
    factor: Annotated[float, Meta(gt=0)]
    severity: Severity = "warning"


class BurnRate(Rule, frozen=True, kw_only=True, tag="burn_rate"):
    """Holds where a pair of windows burns."""

    bad: Figure
    total: Figure
    objective: Annotated[float, Meta(gt=0, lt=1)]
    windows: tuple[Pair, ...]
    least: Annotated[float, Meta(ge=1)] = 10.0

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return ("burn", "burn_short", "factor", "long_s", "short_s")


class BurnRateAsker:
    def __init__(self, rule: BurnRate, compiler: Compiler) -> None:
        self._counts = (compiler.value("bad", rule.bad), compiler.value("total", rule.total))
        self._budget = 1.0 - rule.objective
        self._least = rule.least
        self._pairs: list[tuple[_Window, _Window, Pair]] = []
        if not rule.windows:
            raise ProblemError(("windows",), "no windows — write at least one pair")
        windows: dict[float, _Window] = {}
        for index, pair in enumerate(rule.windows):
            spans = [
                compiler.duration(("windows", index, name), getattr(pair, name))
                for name in ("long", "short")
            ]
            if not spans[0] > spans[1] >= READINGS / 3:
                what = f"`{pair.short}` beside `{pair.long}` — write at least `10s`, and less"
                raise ProblemError(("windows", index, "short"), what)
            long, short = (windows.setdefault(span, _Window(span)) for span in spans)
            self._pairs.append((long, short, pair))
        self._windows = tuple(windows.values())
        told = {pair.severity for pair in rule.windows}
        self.severities = [name for name in reversed(WORST_FIRST) if name in told]
        self._last = np.full((2, 0), np.nan)  # bad and total, as they were known last
        self._level = np.zeros(0, np.int8)
        self.used = tuple(dict.fromkeys(n for count in self._counts for n in count.names))

    def ask(self, columns: Columns, now: float, firing: Flags) -> Truth:
        counts = np.array([count.evaluate(columns) for count in self._counts])
        rows = columns.rows
        if self._last.shape[1] < rows:
            more = max(rows - self._last.shape[1], self._last.shape[1])
            self._last = np.pad(self._last, ((0, 0), (0, more)), constant_values=np.nan)
        last = self._last[:, :rows]
        told = ~np.isnan(counts).any(axis=0)
        anew = told & ~(counts >= last).all(axis=0)
        last[:, told] = counts[:, told]
        for window in self._windows:
            window.keep(last, int(now), np.flatnonzero(anew))
        self._level = self._worst(last)
        holds = told & (self._level >= 0)
        return Truth(holds, told & ~holds)

    def _worst(self, last: Floats) -> NDArray[np.int8]:
        """The worst pair that burns in each row, as its severity's place; −1: none."""
        level = np.full(last.shape[1], -1, np.int8)
        for long, short, pair in self._pairs:
            slow, total = self._burn(long, last)
            fast, _ = self._burn(short, last)
            burns = (slow >= pair.factor) & (fast >= pair.factor) & (total >= self._least)
            place = self.severities.index(pair.severity)
            level[burns & (level < place)] = place
        return level

    def _burn(self, window: _Window, last: Floats) -> tuple[Floats, Floats]:
        bad, total = window.since(last)
        with np.errstate(divide="ignore", invalid="ignore"):
            burn = bad / total / self._budget
        return np.where(total > 0, burn, 0.0), total

    def levels(self, columns: Columns) -> NDArray[np.int8]:
        return np.maximum(self._level, 0)

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return columns

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        last = self._last[:, row : row + 1]
        worst = max(self._pairs, key=lambda pair: self._over(pair, last, row))
        slow, fast = (float(self._burn_of(window, last, row)) for window in worst[:2])
        return {
            **read(columns, self.used, row),
            "burn": known(slow),
            "burn_short": known(fast),
            "factor": worst[2].factor,
            "long_s": worst[0].span_s,
            "short_s": worst[1].span_s,
        }

    def _over(
        self, pair: tuple[_Window, _Window, Pair], last: Floats, row: int
    ) -> tuple[int, float]:
        slow, fast = (self._burn_of(window, last, row) for window in pair[:2])
        burns = min(slow, fast) >= pair[2].factor
        place = self.severities.index(pair[2].severity)
        return (place if burns else -1, float(min(slow, fast) / pair[2].factor))

    def _burn_of(self, window: _Window, last: Floats, row: int) -> float:
        bad, total = (last - window.begin[:, row : row + 1])[:, 0]
        return float(bad / total / self._budget) if total > 0 else 0.0

    def forget(self, rows: Iterable[int]) -> None:
        rows = [row for row in rows if row < self._last.shape[1]]
        self._last[:, rows] = np.nan
        for window in self._windows:
            window.forget(rows)


class _Window:
    """What counts were a span ago: a ring of readings of them, a row each."""

    def __init__(self, span_s: float) -> None:
        self.span_s = span_s
        self._step_s = max(1, int(span_s) // READINGS)
        self._slots = -(-int(span_s) // self._step_s)
        self._ring = np.full((self._slots, 2, 0), np.nan)
        self._slot: int | None = None

    @property
    def begin(self) -> Floats:
        """The counts as they were when the window began."""
        assert self._slot is not None, "it is kept before it is read"
        return self._ring[self._slot % self._slots]

    def keep(self, counts: Floats, second: int, anew: np.ndarray) -> None:
        """Take a reading where one is due; rows that begin anew have seen nothing before."""
        rows = counts.shape[1]
        if self._ring.shape[2] < rows:
            more = max(rows - self._ring.shape[2], self._ring.shape[2])
            self._ring = np.pad(self._ring, ((0, 0), (0, 0), (0, more)), constant_values=np.nan)
        slot = second // self._step_s
        if self._slot is None:
            self._slot = slot
        if len(anew):
            self._ring[:, :, anew] = counts[:, anew]
        for passed in range(max(self._slot, slot - self._slots) + 1, slot + 1):
            self._ring[(passed - 1) % self._slots, :, :rows] = counts
        self._slot = slot

    def since(self, counts: Floats) -> Floats:
        """How many of each came in the window."""
        return counts - self.begin[:, : counts.shape[1]]

    def forget(self, rows: list[int]) -> None:
        self._ring[:, :, [row for row in rows if row < self._ring.shape[2]]] = np.nan
