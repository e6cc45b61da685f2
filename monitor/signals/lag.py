"""How late facts reach us: received − at, of each room, over about the last minute.

A room has a histogram with four buckets an octave, from 10 ms to an hour, that forgets by
half in `HALF_LIFE_S`. Quantiles lie within a bucket, so they are right within 9 %. Counted
are facts that say when they happened; a clock that is further off than an hour, or ahead
by more than is believed, tells nothing of lag.

    note     into the buckets of the second that goes on
    roll     once a second: these are added to those of the past
"""

from __future__ import annotations

import numpy as np

from monitor.signals.grouping import UNTIMED, Flags
from monitor.signals.rooms import Floats
from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

LOWEST_S, HIGHEST_S = 0.01, 3600.0
PER_OCTAVE = 4
BUCKETS = int(np.ceil(np.log2(HIGHEST_S / LOWEST_S) * PER_OCTAVE)) + 1
HALF_LIFE_S = 20.0
FEWEST = 0.5  # weight of facts below which a room's lag is unknown: one, 20 s ago
EDGES = LOWEST_S * 2.0 ** (np.arange(1, BUCKETS) / PER_OCTAVE)  # where each but the first begins
_KEEP = 0.5 ** (1.0 / HALF_LIFE_S)


class Lag:
    """Buckets × rooms; `ahead_s` is how far ahead a clock is believed."""

    def __init__(self, ahead_s: float = 60.0, rows: int = 16) -> None:
        self._ahead_s = ahead_s
        self._counts = np.zeros((BUCKETS, rows), np.float32)
        self._coming = np.zeros((BUCKETS, rows), np.float32)  # of the second that goes on
        self._second = 0
        self._sums: Floats | None = None

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = rows - self._counts.shape[1]
        if more > 0:
            self._counts = np.pad(self._counts, ((0, 0), (0, more)))
            self._coming = np.pad(self._coming, ((0, 0), (0, more)))
            self._sums = None

    def note(self, rows: Ints, at: Floats, flags: Flags, now: float) -> None:
        """Facts reached us now; rows below 0 are of no room."""
        if compiled is not None:
            compiled.late(self._coming, EDGES, rows, at, flags, now, self._ahead_s, HIGHEST_S)
            return
        late = now - at
        told = (flags & UNTIMED) == 0
        told &= (rows >= 0) & (late <= HIGHEST_S) & (late >= -self._ahead_s)
        buckets = np.searchsorted(EDGES, late[told], side="right")
        np.add.at(self._coming, (buckets, rows[told]), 1.0)

    def roll(self, now: float) -> None:
        """Time has passed: once a second the past is forgotten a little."""
        second = int(now)
        if second <= self._second:
            return
        self._counts *= np.float32(_KEEP ** min(second - self._second, 1000))
        self._second = second
        self._counts += self._coming
        self._coming[:] = 0.0
        self._sums = None

    def quantile(self, share: float) -> Floats:
        """Seconds that `share` of the facts were late by at most; NaN where none are known."""
        if self._sums is None:
            self._sums = np.cumsum(self._counts, axis=0, dtype=np.float64)
        sums = self._sums
        total = sums[-1]
        wanted = share * total
        bucket = np.minimum((sums < wanted).sum(axis=0), BUCKETS - 1)
        rows = np.arange(len(total))
        upto, held = sums[bucket, rows], self._counts[bucket, rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.clip(1.0 - (upto - wanted) / held, 0.0, 1.0)
            late = LOWEST_S * 2.0 ** ((bucket + part) / PER_OCTAVE)
        return np.where(total >= FEWEST, late, np.nan)

    def forget(self, row: int) -> None:
        """A new session: what was late is over."""
        self._counts[:, row] = self._coming[:, row] = 0.0
        self._sums = None
