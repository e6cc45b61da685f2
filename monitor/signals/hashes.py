"""Names to numbers, a batch at a time: a table of 64-bit hashes in numpy.

A dict of names costs several cache misses a look-up, one after the other; here those of
a whole batch overlap, and a name costs some 32 bytes instead of 150.

    slot      0     1     2     3     4     5     6     7        open addressing:
    keys      ·    k₁     ·    k₂    k₃     ·     ·    k₄        k₃ belongs into 3, too
    numbers        7           1     9                 2

Two names are one only if their hashes are: 2⁻⁶³ for each pair. Python salts the hashes of
strings, so nobody can choose such names, and a table is worth nothing to another process.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

Flags = NDArray[np.bool_]

FULL = 0.5  # of the slots; beyond, the table grows
_SPREAD = np.int64(-7046029254386353131)  # an odd number, 2⁶⁴ ÷ golden ratio


def hashes(names: list[Any]) -> Ints:
    """The keys of names; never 0, which is a free slot, but of None, if that is compiled."""
    if compiled is not None:
        keys = np.empty(len(names), np.int64)
        compiled.keys(names, keys)
        return keys
    return np.fromiter(map(hash, names), np.int64, len(names)) | 1


def within(keys: Ints, rows: Ints) -> Ints:
    """The keys of names that mean something else in each row."""
    return (keys ^ (rows * _SPREAD)) | 1


class Numbers:
    """Keys, each with a number: 1, 2, 3 … in the order of coming. 0 is no number."""

    def __init__(self, slots: int = 1024) -> None:
        assert slots & (slots - 1) == 0, "a slot is addressed by the lowest bits of its key"
        self._used = 0
        self._allocate(slots)

    def _allocate(self, slots: int) -> None:
        self._keys = np.zeros(slots, np.int64)
        self._numbers = np.zeros(slots, np.int32)

    def __len__(self) -> int:
        return self._used

    def find(self, keys: Ints) -> Ints:
        """The number of each key; 0 where it has none."""
        if compiled is not None:
            found = np.empty(len(keys), np.int64)
            compiled.numbered(self._keys, self._numbers, keys, found)
            return found
        slots = self._slots(keys)
        return np.where(self._keys[slots] == keys, self._numbers[slots], np.int64(0))

    def number(self, keys: Ints) -> tuple[Ints, Flags]:
        """The number of each key, giving new ones; and who got a new one, once each."""
        table = self.table(len(keys))
        if compiled is not None:
            found, fresh = np.empty(len(keys), np.int64), np.empty(len(keys), bool)
            self._used = compiled.number(*table, self._used, keys, found, fresh)
            return found, fresh
        slots = self._slots(keys)
        new = self._keys[slots] == 0
        if new.any():
            coming = np.flatnonzero(new)
            while len(coming):
                coming = self._admit(keys, slots, coming, new)
        return self._numbers[slots].astype(np.int64), new

    def table(self, more: int) -> tuple[Ints, NDArray[np.int32]]:
        """Keys and numbers, where up to `more` new ones may be put; `took` tells of them."""
        while self._used + more > FULL * len(self._keys):
            self._grow()
        return self._keys, self._numbers

    def took(self, used: int) -> None:
        """So many numbers are used now."""
        self._used = used

    def clear(self) -> None:
        """No key has a number; the table keeps its size."""
        self._keys[:] = 0
        self._used = 0

    def items(self) -> tuple[Ints, Ints]:
        """All keys, and their numbers."""
        held = np.flatnonzero(self._keys)
        return self._keys[held], self._numbers[held].astype(np.int64)

    def _slots(self, keys: Ints) -> Ints:
        """Where each key is, or else the free slot where it may come."""
        table, last = self._keys, len(self._keys) - 1
        slots = (keys >> 1) & last
        held = table[slots]
        left = np.flatnonzero((held != keys) & (held != 0))
        while len(left):
            on = (slots[left] + 1) & last
            slots[left] = on
            held = table[on]
            left = left[(held != keys[left]) & (held != 0)]
        return slots

    def _admit(self, keys: Ints, slots: Ints, coming: Ints, new: Flags) -> Ints:
        """Put keys into the free slots they want; return those that lost theirs to another.

        Of several assignments to a slot the last one stays: made backwards, the first.
        """
        wanted = slots[coming]
        self._keys[wanted[::-1]] = keys[coming[::-1]]
        won = self._keys[wanted] == keys[coming]
        lost = coming[~won]
        coming, wanted = coming[won], wanted[won]
        self._numbers[wanted[::-1]] = coming[::-1]
        first = self._numbers[wanted] == coming
        new[coming[~first]] = False
        wanted = wanted[first]
        self._numbers[wanted] = np.arange(self._used + 1, self._used + len(wanted) + 1)
        self._used += len(wanted)
        slots[lost] = self._slots(keys[lost])
        return lost

    def _grow(self) -> None:
        keys, numbers = self._keys, self._numbers
        self._allocate(2 * len(keys))
        if compiled is not None:
            compiled.rehash(keys, numbers, self._keys, self._numbers)
            return
        held = np.flatnonzero(keys)
        keys, numbers = keys[held], numbers[held]
        while len(keys):
            slots = self._slots(keys)
            self._keys[slots] = keys
            lost = self._keys[slots] != keys
            self._numbers[slots[~lost]] = numbers[~lost]
            keys, numbers = keys[lost], numbers[lost]


class Seen:
    """Keys that were met; as Numbers, without numbers, and so half the work."""

    def __init__(self, slots: int = 8192) -> None:
        assert slots & (slots - 1) == 0, "a slot is addressed by the lowest bits of its key"
        self._keys = np.zeros(slots, np.int64)
        self._claims = np.zeros(0, np.int32)  # as many, where it is not compiled
        self._used = 0

    def __len__(self) -> int:
        return self._used

    @property
    def slots(self) -> int:
        return len(self._keys)

    def clear(self) -> None:
        """Nothing was met; the table keeps its size."""
        self._keys[:] = 0
        self._used = 0

    def has(self, keys: Ints) -> Flags:
        """Which keys were met; 0 never was."""
        table, last = self._keys, len(self._keys) - 1
        slots = (keys >> 1) & last
        held = table[slots]
        found: Flags = (held == keys) & (keys != 0)
        left = np.flatnonzero((held != 0) & ~found)
        while len(left):
            on = slots[left] = (slots[left] + 1) & last
            held = table[on]
            same = held == keys[left]
            found[left[same]] = True
            left = left[(held != 0) & ~same]
        return found

    def meet(self, keys: Ints, before: Seen | None = None) -> Flags:
        """Remember keys; tell which are met for the first time, here and `before`, each once.

        Key 0 is nobody's: always met for the first time, and never remembered.
        """
        while self._used + len(keys) > FULL * len(self._keys):
            self._grow()
        if compiled is not None:
            fresh = np.empty(len(keys), bool)
            old = self._keys[:0] if before is None else before._keys
            self._used += compiled.meet(self._keys, old, keys, fresh)
            return fresh
        named = keys != 0
        if not named.all():
            fresh = np.ones(len(keys), bool)
            fresh[named] = self.meet(keys[named], before)
            return fresh
        fresh = self._meet(keys)
        return fresh if before is None else fresh & ~before.has(keys)

    def _meet(self, keys: Ints) -> Flags:
        if len(self._claims) != len(self._keys):
            self._claims = np.zeros(len(self._keys), np.int32)
        table, claims, last = self._keys, self._claims, len(self._keys) - 1
        fresh = np.zeros(len(keys), bool)
        slots = (keys >> 1) & last
        left = np.arange(len(keys))
        while len(left):
            at, key = slots[left], keys[left]
            free = np.flatnonzero(table[at] == 0)
            # Of several assignments to a slot the last one stays: made backwards, the first.
            claims[at[free[::-1]]] = left[free[::-1]]
            first = free[claims[at[free]] == left[free]]
            table[at[first]] = key[first]
            fresh[left[first]] = True
            left = left[table[at] != key]  # another's slot: on to the next
            slots[left] = (slots[left] + 1) & last
        self._used += int(fresh.sum())
        return fresh

    def _grow(self) -> None:
        held = self._keys[self._keys != 0]
        self._keys = np.zeros(8 * len(self._keys), np.int64)
        self._used = 0
        self.meet(held)
