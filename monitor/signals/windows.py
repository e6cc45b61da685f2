"""The ring of seconds: counters of many rows over 10 s, 1 min, 5 min and the session.

    slot       …  95   96   97   98   99  100          a slot is one second of event time
    ring          3    0    1    2    0    4           (or `slot_s` of them)
    10 s = the slots 91 … 100, read at any `now` in second 100; it rolls at whole seconds

A running sum is kept for each span, so reading costs nothing and rolling costs one
subtraction. What is added late goes to its own slot and to those sums that still
cover it; what is older than the ring, or has no second of its own, counts in the
session alone. Sums are int64: integers do not drift and money does not overflow.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.speedups.loaded import compiled

Ints = NDArray[np.int64]

SPANS = {"10s": 10, "1m": 60, "5m": 300}


def ints(values: Sequence[int]) -> Ints:
    """An array, three times as fast as np.array makes it of a list. Read only."""
    return np.frombuffer(struct.pack(f"{len(values)}q", *values), np.int64)


def floats(values: Sequence[float]) -> NDArray[np.float64]:
    """The same for floats."""
    return np.frombuffer(struct.pack(f"{len(values)}d", *values), np.float64)


NO_SLOT = -(1 << 40)  # a fact without a second of its own: it counts in the session alone


class Windows:
    """Counters × rows, over the spans of `SPANS` and the session.

    Arrays are shaped (counters, rows). `add` only notes; `apply` moves the sums,
    once a batch, for many counters together.
    """

    def __init__(self, counters: Sequence[str], *, slot_s: int = 1, rows: int = 16) -> None:
        self.counters = {name: index for index, name in enumerate(counters)}
        self.slot_s = slot_s
        self.slots = SPANS["5m"] // slot_s
        self.spans = {name: max(1, span // slot_s) for name, span in SPANS.items()}
        self.now_slot = 0
        self._noted: list[tuple[int, Ints, Ints | int, Ints | int]] = []
        self._allocate(rows)

    def _allocate(self, rows: int) -> None:
        counters = len(self.counters)
        self.capacity = rows
        self._ring = np.zeros((self.slots, counters, rows), np.int64)
        self._all = np.zeros((len(SPANS) + 1, counters, rows), np.int64)
        self._sums = dict(zip([*SPANS, "session"], self._all, strict=True))

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        if rows <= self.capacity:
            return
        self.apply()
        ring, sums, old = self._ring, self._sums, self.capacity
        self._allocate(rows)
        self._ring[:, :, :old] = ring
        for name, array in sums.items():
            self._sums[name][:, :old] = array

    def roll(self, slot: int) -> None:
        """Move the present to `slot`; what falls out of a span leaves its sum."""
        self.apply()
        steps = slot - self.now_slot
        if steps <= 0:
            return
        if steps >= self.slots:
            self._ring[:] = 0
            for name in SPANS:
                self._sums[name][:] = 0
        else:
            for coming in range(self.now_slot + 1, slot + 1):
                for name, span in self.spans.items():
                    self._sums[name] -= self._ring[(coming - span) % self.slots]
                self._ring[coming % self.slots] = 0
        self.now_slot = slot

    def add(self, counter: str, rows: Ints, slots: Ints | int, values: Ints | int = 1) -> None:
        """Note `values` for `rows` in `slots`; all arrays of one length, rows may repeat."""
        self._noted.append((self.counters[counter], rows, slots, values))

    def apply(self) -> None:
        """Move the sums by all that was noted."""
        if not self._noted:
            return
        noted, self._noted = self._noted, []
        if compiled is not None:
            spans, wide, now = tuple(self.spans.values()), self.capacity, self.now_slot
            for counter, rows, slot, value in noted:
                compiled.move(
                    self._ring, self._all, spans, counter * wide, wide, rows, slot, value, now
                )
            return
        lengths = [len(rows) for _, rows, _, _ in noted]
        total = sum(lengths)
        cells = np.empty(total, np.int64)
        slots = np.empty(total, np.int64)
        values = np.empty(total, np.int64)
        start = 0
        for (counter, rows, slot, value), length in zip(noted, lengths, strict=True):
            end = start + length
            np.add(rows, counter * self.capacity, out=cells[start:end])
            slots[start:end] = slot
            values[start:end] = value
            start = end
        self._move(cells, self.now_slot - slots, slots, values)

    def _move(self, cells: Ints, ages: Ints, slots: Ints, values: Ints) -> None:
        assert ages.size == 0 or ages.min() >= 0, "nothing is counted before it happens"
        np.add.at(self._sums["session"].reshape(-1), cells, values)
        oldest = ages.max(initial=0)
        if oldest >= self.slots:
            kept = ages < self.slots
            cells, ages, slots, values = cells[kept], ages[kept], slots[kept], values[kept]
        size = self._ring[0].size
        np.add.at(self._ring.reshape(-1), slots % self.slots * size + cells, values)
        for name, span in self.spans.items():
            sums = self._sums[name].reshape(-1)
            if oldest < span:
                np.add.at(sums, cells, values)
            else:
                inside = ages < span
                np.add.at(sums, cells[inside], values[inside])

    def read(self, counter: str, window: str) -> Ints:
        """The sums of one counter, a row each: a view, not a copy. Shape (capacity,)."""
        return self._sums[window][self.counters[counter]]

    def second(self, counter: str, slot: int) -> Ints:
        """What one slot of the ring holds. Shape (capacity,)."""
        return self._ring[slot % self.slots, self.counters[counter]]

    def series(self, counter: str, row: int, first: int, end: int) -> Ints:
        """What a row counted in each slot from `first` up to `end`, which the ring must hold."""
        return self._ring[np.arange(first, end) % self.slots, self.counters[counter], row]

    def forget(self, row: int) -> None:
        """A row starts anew."""
        self.apply()
        self._ring[:, :, row] = 0
        for array in self._sums.values():
            array[:, row] = 0
