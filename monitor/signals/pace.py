"""How fast products go, and so when they are sold out.

Orders come in bulk (one person takes twelve) and in bursts (the host shows it). So four
paces are kept, each the prior of the narrower one (Gamma–Poisson, conjugate): a window in
which n orders came within e seconds has

    pace     (n + k) ÷ (e + k ÷ the wider pace)        k: at most `SHRUNK` orders' worth

    an hour               all of it, exponentially forgotten
    5 min, 1 min, 10 s    the ring's

What a narrow pace is above the wider one lasts about `LASTS` times its window, so a near
end follows the burst and a far one the hour. Sold within T are expected

    S(T) = hour · T + Σ (narrow − wider) · T · τ ÷ (T + τ)      τ = LASTS · window

and it is sold out at S(T) = left. Real orders vary more than a Poisson count, so they are
counted in clumps: `clump` units are worth one order, the greater of Σ units² ÷ Σ units over
orders and variance ÷ mean over minutes. With a clumps seen (and one that is the prior of
the hour's) and b = left ÷ clump to come, ln T varies by ψ′(a) + ψ′(b), as that of a ratio of
two Gamma variables does, and by `WANDER`² · T ÷ (T + 5 min), for a pace does not stay what
it was. The bounds are T · e^(∓1.2816 · σ). `PRIOR` and `WANDER` were set by what
`roomwatch bench sellout` tells:

    recorded day, in 3 h   inside    (two paces)   median |ln(T ÷ true)|    (two paces)
    2010-12-06             75 %      33 %          0.87                     1.30
    2011-11-29             78 %      32 %          0.80                     1.34

The ring corrects itself for as long as facts may be late, and what leaves its last minute
is settled: so the order of arrival does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from monitor.signals.rooms import NAN, Floats
from monitor.signals.windows import Ints, Windows
from monitor.speedups.loaded import compiled

SLOT_S = 5  # the ring of products
MINUTE = 60 // SLOT_S  # slots
MEMORY_S = 3600.0  # the hour's pace forgets by e in that
WINDOWS = ("5m", "1m", "10s")
SPANS_S = (300.0, 60.0, 10.0)
PRIOR = 1.0  # clumps
SHRUNK = 4.0  # clumps
LASTS = 2.0
WANDER = 0.7  # of the logarithm of a pace, in the long run:
WANDERS_S = 300.0  # half of its square is reached in that
Z80 = 1.2816  # the 90th percentile of the normal distribution
ROUNDS = 3  # of the fixed point S(T) = left: what is wrong then is far within the interval
_KEEP = float(np.exp(-SLOT_S / MEMORY_S))


class Sales(NamedTuple):
    """What was sold of products, a row each: units in windows, and since when we know."""

    windows: list[Ints]  # of WINDOWS
    since: Floats  # epoch seconds

    @property
    def last_1m(self) -> Ints:
        return self.windows[1]


class Pace:
    """Columns of products, shaped (capacity,)."""

    def __init__(self, rows: int = 16) -> None:
        self.units = np.zeros(rows)  # sold before the last minute, forgotten
        self.squares = np.zeros(rows)  # of the units of each minute, forgotten
        self.minute = np.zeros(rows)  # units of the minute that is being filled
        self.taken = np.zeros(rows)  # units of orders of the session,
        self.taken_squares = np.zeros(rows)  # and the squares of each order's

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        for name, column in vars(self).items():
            if rows > len(column):
                setattr(self, name, np.pad(column, (0, rows - len(column))))

    def ordered(self, rows: Ints, units: Ints) -> None:
        """Orders were heard of; rows may repeat."""
        np.add.at(self.taken, rows, units)
        np.add.at(self.taken_squares, rows, units.astype(np.float64) ** 2)

    def roll(self, windows: Windows, slot: int) -> None:
        """The present moves to `slot`: settle what leaves the last minute of the ring."""
        windows.apply()
        now = windows.now_slot
        if not now:
            return
        settled = min(slot, now + MINUTE)
        for coming in range(now + 1, settled + 1):
            self.units *= _KEEP
            self.squares *= _KEEP
            sold = windows.second("ordered", coming - MINUTE)
            self.units += sold
            self.minute += sold
            if coming % MINUTE == 0:
                self._end_minute()
        if slot > settled:  # nothing was sold in what is left of the way
            if slot // MINUTE > settled // MINUTE:
                self._end_minute()
            self.units *= _KEEP ** (slot - settled)
            self.squares *= _KEEP ** (slot - settled)

    def _end_minute(self) -> None:
        self.squares += self.minute**2
        self.minute[:] = 0.0

    def forget(self, *rows: int) -> None:
        for column in vars(self).values():
            column[list(rows)] = 0.0

    def sellout(self, left: Floats, sales: Sales, now: float) -> tuple[Floats, Floats, Floats]:
        """Seconds until `left` are sold: expected, and the bounds of an 80 % interval.

        0 where nothing is left, unknown where nothing was sold or `left` is unknown.
        """
        times, spread = self.with_spread(left, sales, now)
        return times, times / spread, times * spread

    def with_spread(self, left: Floats, sales: Sales, now: float) -> tuple[Floats, Floats]:
        """What is expected, and by what factor the bounds are off it; 1 where none is."""
        rows = len(left)
        times, spread = np.where(left == 0.0, 0.0, NAN), np.ones(rows)
        which = np.flatnonzero((left > 0) & (self.units[:rows] + sales.last_1m > 0))
        if len(which):
            chosen = Sales([window[which] for window in sales.windows], sales.since[which])
            rates, seen, clump = self._paces(which, chosen, now)
            times[which], deviation = _until(left[which], rates, seen, clump)
            spread[which] = np.exp(Z80 * deviation)
        return times, spread

    def expected(self, left: Floats, sales: Sales, now: float) -> Floats:
        """The same as `sellout` expects, and nothing else."""
        if compiled is None:
            return self.with_spread(left, sales, now)[0]
        times, which = np.empty(len(left)), np.empty(len(left), np.int64)
        which = which[: compiled.selling(left, self.units, sales.last_1m, times, which)]
        known_s, lacks, minute_s = _spans(sales.since[which], now)
        before_s = -MEMORY_S * np.expm1(-(known_s - minute_s) / MEMORY_S)
        compiled.lasting(
            which, before_s, left, self.units, self.squares, self.minute, self.taken,
            self.taken_squares, sales.since, *sales.windows, now, lacks, times,
        )  # fmt: skip
        return times

    def _paces(
        self, which: Ints, sales: Sales, now: float
    ) -> tuple[list[Floats], list[Floats], Floats]:
        """Units a second of the hour and of `SPANS_S`; the clumps behind each; a clump."""
        known_s, lacks, minute_s = _spans(sales.since, now)
        before_s = -MEMORY_S * np.expm1(-(known_s - minute_s) / MEMORY_S)
        units = np.maximum(self.units[which], 0.0)
        clump = self._clump(which, units, before_s)
        sold = units + np.maximum(sales.last_1m, 0) + PRIOR * clump
        rates, seen = [sold / (before_s + minute_s)], [sold / clump]
        for span_s, window in zip(SPANS_S, sales.windows, strict=True):
            prior = np.minimum(SHRUNK, seen[-1])
            worth = prior * clump
            came = np.maximum(window, 0)
            window_s = np.minimum(span_s - lacks, known_s)
            rates.append((came + worth) / (window_s + worth / rates[-1]))
            seen.append(came / clump + prior)
        return rates, seen, clump

    def _clump(self, which: Ints, units: Floats, before_s: Floats) -> Floats:
        """Units that are worth one order of a Poisson process; 1 at least."""
        minutes = np.maximum(before_s / 60.0, 1.0)
        whole = np.maximum(units - self.minute[which], 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            varies = (self.squares[which] - whole**2 / minutes) / whole
            bulk = self.taken_squares[which] / self.taken[which]
        return np.fmax(np.fmax(varies, bulk), 1.0)


class Forecast:
    """What is worked out of many products, once a second."""

    def __init__(self, work_out: Callable[[float], Floats]) -> None:
        self._work_out = work_out
        self._of: tuple[int, int] | None = None  # which second, how many rows
        self._found: Floats

    def of_second(self, now: float, rows: int) -> Floats:
        """For so many rows, as it was when the second began."""
        if self._of != (int(now), rows):
            self._found, self._of = self._work_out(now), (int(now), rows)
        return self._found


def _spans(since: Floats, now: float) -> tuple[Floats, float, Floats]:
    """Seconds that we know a product, that the newest slot is short of, that a minute is."""
    known_s = np.maximum(now - since, 1.0)
    lacks = SLOT_S - now % SLOT_S
    return known_s, lacks, np.minimum(60.0 - lacks, known_s)


def _until(
    left: Floats, rates: list[Floats], seen: list[Floats], clump: Floats
) -> tuple[Floats, Floats]:
    """T with S(T) = left, and the standard deviation of its logarithm."""
    took = left / rates[-1]
    for _ in range(ROUNDS):
        still = [1.0 / (1.0 + took / (LASTS * span_s)) for span_s in SPANS_S]
        rate = rates[0].copy()
        for wider, narrow, part in zip(rates, rates[1:], still, strict=False):
            rate += (narrow - wider) * part
        took = left / rate
    variance = _trigamma(np.maximum(left / clump, 1.0)) + WANDER**2 * took / (took + WANDERS_S)
    weights = zip([np.ones_like(took), *still], [*still, np.zeros_like(took)], strict=True)
    for (more, less), pace, clumps in zip(weights, rates, seen, strict=True):
        variance += ((more - less) * pace / rate) ** 2 * _trigamma(clumps)
    return took, np.sqrt(variance)


def _trigamma(x: Floats) -> Floats:
    """ψ′ for x ≥ 1, within a tenth: the variance of the logarithm of a Gamma(x) variable."""
    once = 1.0 / x
    return once * (1.0 + once * (0.5 + once / 6.0))
