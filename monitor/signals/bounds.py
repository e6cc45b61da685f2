"""Where figures are only bounds: a count that sat at a platform's cap, a text like "1.2万+".

Of each counter the newest second in which a count of it was a lower bound is kept, per
room, so a window knows whether one of them lies in it; of a gauge, whether the reading in
force is one. The order of arrival does not matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.signals.windows import SPANS, Ints

Flags = NDArray[np.bool_]

NEVER = np.int64(-1)
UNCERTAIN = np.int64(0)  # in a second that we do not know


class Bounds:
    """Columns of rooms, made when they are first needed."""

    def __init__(self, rows: int = 16) -> None:
        self._rows = rows
        self._newest: dict[str, Ints] = {}
        self._now: dict[str, Flags] = {}

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = rows - self._rows
        if more <= 0:
            return
        self._rows = rows
        for counter, newest in self._newest.items():
            self._newest[counter] = np.pad(newest, (0, more), constant_values=NEVER)
        for gauge, loose in self._now.items():
            self._now[gauge] = np.pad(loose, (0, more))

    def note(self, counter: str, rows: Ints, slots: Ints) -> None:
        """Counts of these seconds are lower bounds; rows may repeat."""
        newest = self._newest.get(counter)
        if newest is None:
            newest = self._newest[counter] = np.full(self._rows, NEVER)
        np.maximum.at(newest, rows, np.maximum(slots, UNCERTAIN))

    def read_before(self, gauge: str) -> bool:
        """Whether a reading of a gauge was ever a lower bound: if not, exact ones say nothing."""
        return gauge in self._now

    def read(self, gauge: str, rows: Ints, loose: Flags) -> None:
        """Readings that are in force now, in order of time, and whether each is a lower bound."""
        now = self._now.get(gauge)
        if now is None:
            if not loose.any():
                return
            now = self._now[gauge] = np.zeros(self._rows, bool)
        now[rows] = loose

    def within(self, counter: str, window: str, now_slot: int) -> Flags:
        """Rooms where a count in this window is a lower bound. Shape (capacity,)."""
        newest = self._newest.get(counter)
        if newest is None:
            return np.zeros(self._rows, bool)
        span = SPANS.get(window)
        flags: Flags = newest > (NEVER if span is None else now_slot - span)
        return flags

    def of(self, gauge: str) -> Flags:
        """Rooms where the reading in force is a lower bound. Shape (capacity,)."""
        now = self._now.get(gauge)
        return np.zeros(self._rows, bool) if now is None else now

    def forget(self, row: int) -> None:
        """A new session has reached no cap."""
        for newest in self._newest.values():
            newest[row] = NEVER
        for loose in self._now.values():
            loose[row] = False
