"""Counters of what happens in few rooms: windows (windows.py) with a row only for those.

A ring for every room would cost thousands of rooms memory for what they never do. Slots
are `SLOT_S` wide, so a window rolls every so often; the shortest one holds two of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.signals.rooms import Floats
from monitor.signals.windows import Ints, Windows

SLOT_S = 5


class Sparse:
    """Counters × those rooms in which any of them ever moved."""

    def __init__(self, counters: Sequence[str]) -> None:
        self._windows = Windows(counters, slot_s=SLOT_S, rows=4)
        self._place: dict[int, int] = {}  # room row → row here
        self._free: list[int] = []

    def add(self, counter: str, rows: Ints, slots: Ints) -> None:
        """One more of `counter` in each of `rows`, in these seconds; rows may repeat."""
        places = np.array([self._of(row) for row in rows.tolist()], np.int64)
        self._windows.add(counter, places, np.where(slots < 0, slots, slots // SLOT_S))

    def _of(self, row: int) -> int:
        place = self._place.get(row)
        if place is None:
            place = self._free.pop() if self._free else len(self._place)
            self._place[row] = place
            if place >= self._windows.capacity:
                self._windows.grow(2 * self._windows.capacity)
        return place

    def roll(self, now: float) -> None:
        """Time has passed."""
        self._windows.roll(int(now) // SLOT_S)

    def read(self, counter: str, window: str, rooms: int) -> Floats:
        """The sums of one counter; unknown in rooms where nothing of the kind was ever told."""
        self._windows.apply()
        values = np.full(rooms, np.nan)
        rows = [row for row in self._place if row < rooms]
        if rows:
            sums = self._windows.read(counter, window)
            values[rows] = sums[[self._place[row] for row in rows]]
        return values

    def forget(self, row: int) -> None:
        """A row starts anew."""
        place = self._place.pop(row, None)
        if place is not None:
            self._windows.forget(place)
            self._free.append(place)
