"""The ring of seconds: counters of many rows over 10 s, 1 min, 5 min and the session.

    slot       …  95   96   97   98   99  100          a slot is one second of event time
    ring          3    0    1    2    0    4           (or `slot_s` of them)
    10 s = the slots 91 … 100, read at any `now` in second 100; it rolls at whole seconds

A running sum is kept for each span, so reading costs nothing and rolling costs one
subtraction. What is added late goes to its own slot and to those sums that still
cover it; what is older than the ring, or has no second of its own, counts in the
session alone. Sums are int64: integers do not drift and money does not overflow.

The ring is what memory goes into: 300 slots for each counter and row. So its cells are
int16; what does not fit into one (money; a total that was silent for long) lies beside the
ring, by slot and row. The slots of a counter lie together, so that one which nobody uses
takes no memory, and in wide tables no time either.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap

import numpy as np
from numpy.typing import NDArray

from monitor.signals.moves import Moves
from monitor.speedups.loaded import compiled

Ints = NDArray[np.int64]
Cells = tuple[NDArray[np.int16], Ints, tuple[int, ...], int, list[tuple[int, int, int, int]]]

SPANS = {"10s": 10, "1m": 60, "5m": 300}


def ints(values: Sequence[int]) -> Ints:
    """An array, three times as fast as np.array makes it of a list. Read only."""
    return np.frombuffer(struct.pack(f"{len(values)}q", *values), np.int64)


def floats(values: Sequence[float]) -> NDArray[np.float64]:
    """The same for floats."""
    return np.frombuffer(struct.pack(f"{len(values)}d", *values), np.float64)


NO_SLOT = -(1 << 40)  # a fact without a second of its own: it counts in the session alone
HALF = 1 << 14  # of what a cell holds; numpy adds no more than that at once
WIDE = 1024  # rows from which on it pays to leave out the counters nobody uses


def _pages(shape: tuple[int, ...]) -> NDArray[np.int16]:
    """Zeros that take their memory page by page, as they are written.

    For large arrays numpy asks for huge pages: one count would take 2 MiB, and the kernel may
    stop us for 20 ms until it has found them.
    """
    memory = mmap(-1, 2 * math.prod(shape), MAP_PRIVATE | MAP_ANONYMOUS)
    return np.frombuffer(memory, np.int16).reshape(shape)


class Windows:
    """Counters × rows, over the spans of `SPANS` and the session.

    Sums are shaped (counters, rows). `add` only notes; `apply` moves the sums,
    once a batch, for many counters together.
    """

    def __init__(self, counters: Sequence[str], *, slot_s: int = 1, rows: int = 16) -> None:
        self.counters = {name: index for index, name in enumerate(counters)}
        self.slot_s = slot_s
        self.slots = SPANS["5m"] // slot_s
        self.spans = {name: max(1, span // slot_s) for name, span in SPANS.items()}
        self._spans = tuple(self.spans.values())
        self.now_slot = 0
        self._noted: list[tuple[int, Ints, Ints | int, Ints | int]] = []
        self._used: set[int] = set()
        self.moves: Moves | None = None  # where somebody wants to know which rows move
        self._beside: dict[int, dict[int, dict[int, int]]] = {}  # slot → row → counter → value
        self._allocate(rows)

    def _allocate(self, rows: int) -> None:
        counters = len(self.counters)
        self.capacity = rows
        self._ring = _pages((counters, self.slots, rows))
        self._all = np.zeros((len(SPANS) + 1, counters, rows), np.int64)
        self._sums = dict(zip([*SPANS, "session"], self._all, strict=True))

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        if rows <= self.capacity:
            return
        self.apply()
        ring, sums, old = self._ring, self._all, self.capacity
        self._allocate(rows)
        for counter in self._used:
            self._ring[counter, :, :old] = ring[counter]
        self._all[:, :, :old] = sums

    def roll(self, slot: int) -> None:
        """Move the present to `slot`; what falls out of a span leaves its sum."""
        self.apply()
        steps = slot - self.now_slot
        if steps <= 0:
            return
        if steps >= self.slots:
            for counter in self._used:
                self._ring[counter] = 0
            self._all[: len(SPANS)] = 0
            self._beside.clear()
            if self.moves is not None:
                self.moves.everything()
        else:
            moved = np.zeros(self.capacity, bool)
            for coming in range(self.now_slot + 1, slot + 1):
                self._roll_to(coming, moved)
            if self.moves is not None:
                self.moves.note(np.flatnonzero(moved))
        self.now_slot = slot

    def _roll_to(self, coming: int, moved: NDArray[np.bool_]) -> None:
        """Marks the rows of which a sum moves."""
        if compiled is not None:
            used = np.fromiter(self._used, np.int64, len(self._used))
            compiled.rolled(self._ring, self._all, self._spans, used, coming, moved)
        else:
            self._leave_sums(coming, moved)
        if self._beside:
            for sums, span in zip(self._all, self._spans, strict=False):
                for row, values in self._beside.get(coming - span, {}).items():
                    moved[row] = True
                    for counter, value in values.items():
                        sums[counter, row] -= value
            self._beside.pop(coming - self.slots, None)

    def _leave_sums(self, coming: int, moved: NDArray[np.bool_]) -> None:
        wide = self.capacity >= WIDE
        for which in sorted(self._used) if wide else (slice(None),):
            ring = self._ring[which]
            for sums, span in zip(self._all, self._spans, strict=False):
                gone = ring[..., (coming - span) % self.slots, :]
                sums[which] -= gone
                moved |= (gone != 0).reshape(-1, self.capacity).any(axis=0)
            ring[..., coming % self.slots, :] = 0

    def add(self, counter: str, rows: Ints, slots: Ints | int, values: Ints | int = 1) -> None:
        """Note `values` for `rows` in `slots`; all arrays of one length, rows may repeat."""
        self._noted.append((self.counters[counter], rows, slots, values))
        if self.moves is not None:
            self.moves.note(rows)

    def apply(self) -> None:
        """Move the sums by all that was noted."""
        if not self._noted:
            return
        noted, self._noted = self._noted, []
        self._used.update([counter for counter, _, _, _ in noted])
        if compiled is not None:
            ring, sums, spans, now, beside = self.cells()
            compiled.move(ring, sums, spans, noted, now, beside)
            self.put_beside(beside)
            return
        for counter, rows, slot, value in noted:
            slots, values = np.broadcast_arrays(slot, value, rows)[:2]
            self._move(counter, rows, slots, values)

    def cells(self, counters: Iterable[str] = ()) -> Cells:
        """For compiled ones that add to these counters by themselves: ring, sums, spans, the
        present, and a list for (slot, row, counter, value) of what does not fit into a cell.
        That is to be given back to `put_beside`.
        """
        self._used.update([self.counters[name] for name in counters])
        return self._ring, self._all, self._spans, self.now_slot, []

    def put_beside(self, beside: Iterable[tuple[int, int, int, int]]) -> None:
        """What did not fit into cells of the ring."""
        for each in beside:
            self._put_beside(*each)

    def _move(self, counter: int, rows: Ints, slots: Ints, values: Ints) -> None:
        ages = self.now_slot - slots
        assert ages.size == 0 or ages.min() >= 0, "nothing is counted before it happens"
        np.add.at(self._sums["session"][counter], rows, values)
        oldest = ages.max(initial=0)
        if oldest >= self.slots:
            kept = ages < self.slots
            rows, ages, slots, values = rows[kept], ages[kept], slots[kept], values[kept]
        self._keep(counter, rows, slots, values)
        for name, span in self.spans.items():
            sums = self._sums[name][counter]
            if oldest < span:
                np.add.at(sums, rows, values)
            else:
                inside = ages < span
                np.add.at(sums, rows[inside], values[inside])

    def _keep(self, counter: int, rows: Ints, slots: Ints, values: Ints) -> None:
        """Add to the ring, and beside it what does not fit: no cell is over `HALF` before."""
        sizes = np.abs(values)
        if sizes.sum() >= HALF:
            large = sizes >= HALF // 16
            for slot, row, value in zip(
                slots[large].tolist(), rows[large].tolist(), values[large].tolist(), strict=True
            ):
                self._put_beside(slot, row, counter, value)
            rows, slots, values = rows[~large], slots[~large], values[~large]
            for first in range(0, len(rows), 16):
                part = slice(first, first + 16)
                self._fill(counter, rows[part], slots[part], values[part])
            return
        self._fill(counter, rows, slots, values)

    def _fill(self, counter: int, rows: Ints, slots: Ints, values: Ints) -> None:
        ring = self._ring[counter].reshape(-1)
        cells = slots % self.slots * self.capacity + rows
        np.add.at(ring, cells, values.astype(np.int16))
        for index in np.flatnonzero(np.abs(ring[cells]) > HALF).tolist():
            value, ring[cells[index]] = int(ring[cells[index]]), 0
            self._put_beside(int(slots[index]), int(rows[index]), counter, value)

    def _put_beside(self, slot: int, row: int, counter: int, value: int) -> None:
        values = self._beside.setdefault(slot, {}).setdefault(row, {})
        values[counter] = values.get(counter, 0) + value

    def replace(self, counter: str, row: int, sums: Sequence[int]) -> None:
        """What a row counted is no sum of slots any more, but this: of each span, and session."""
        self.apply()
        if self.moves is not None:
            self.moves.note(row)
        index = self.counters[counter]
        self._ring[index, :, row] = 0
        for values in self._beside.values():
            values.get(row, {}).pop(index, None)
        self._all[:, index, row] = sums

    def read(self, counter: str, window: str) -> Ints:
        """The sums of one counter, a row each: a view, not a copy. Shape (capacity,)."""
        return self._sums[window][self.counters[counter]]

    def sums(self, places: tuple[Ints, Ints]) -> Ints:
        """The sums of many counters, copied: `places` gives their windows and counters.

        Windows are counted in the order of `SPANS`, the session last.
        """
        found: Ints = self._all[places]
        return found

    def second(self, counter: str, slot: int) -> Ints:
        """What one slot of the ring holds. Shape (capacity,)."""
        index = self.counters[counter]
        held = self._ring[index, slot % self.slots].astype(np.int64)
        for row, values in self._beside.get(slot, {}).items():
            held[row] += values.get(index, 0)
        return held

    def series(self, counter: str, row: int, first: int, end: int) -> Ints:
        """What a row counted in each slot from `first` up to `end`, which the ring must hold."""
        index = self.counters[counter]
        slots = np.arange(first, end)
        found = self._ring[index, slots % self.slots, row].astype(np.int64)
        for place, slot in enumerate(slots.tolist() if self._beside else ()):
            found[place] += self._beside.get(slot, {}).get(row, {}).get(index, 0)
        return found

    def forget(self, *rows: int) -> None:
        """Rows start anew."""
        self.apply()
        if self.moves is not None:
            self.moves.everything()
        which = list(rows)
        for counter in self._used:
            self._ring[counter][:, which] = 0
        self._all[:, :, which] = 0
        for values in self._beside.values():
            for row in rows:
                values.pop(row, None)
