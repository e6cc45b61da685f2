"""Which product a SKU is, in each room: by the key of its name (hashes.py), a batch at a time.

The shelves of rooms (stock.py) say it; here it is found without a text a fact. A name that
is not found is looked up on its shelf, which may admit it and tell us.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.signals.grouping import Group
from monitor.signals.hashes import Numbers, hashes, within
from monitor.signals.windows import Ints, ints

FEW = 1024  # names that are gone, which are not worth numbering the others anew


class Skus:
    """Rows of products by SKU and room; row 0 is no product."""

    def __init__(self) -> None:
        self._numbers = Numbers()
        self._row = np.zeros(1024, np.int64)  # of each number
        self._gone = 0

    def __len__(self) -> int:
        """Names that are kept, those of products that are gone too."""
        return len(self._numbers)

    def put(self, room: int, sku: str, row: int) -> None:
        """A product of a room has a row."""
        number = int(self._numbers.number(within(hashes([sku]), np.array([room])))[0][0])
        if number >= len(self._row):
            self._row = np.pad(self._row, (0, len(self._row)))
        self._row[number] = row

    def find(self, rooms: Ints, keys: Ints) -> Ints:
        """The row of each product, 0 where there is none of that name."""
        return self._row[self._numbers.find(within(keys, rooms))]

    def forget(self, rows: Sequence[int]) -> None:
        """These rows are no products any more."""
        gone = np.isin(self._row, rows)
        self._row[gone] = 0
        self._gone += int(np.count_nonzero(gone))
        if self._gone > max(FEW, len(self) // 2):
            keys, numbers = self._numbers.items()
            kept = self._row[numbers]
            keys, kept = keys[kept > 0], kept[kept > 0]
            self._numbers.clear()
            self._row[:] = 0
            self._row[self._numbers.number(keys)[0]] = kept
            self._gone = 0


def shelved(group: Group, skus: Skus, shelves: Sequence[dict[str, int]]) -> Ints:
    """The row of the product of each fact; a shelf of its room knows it by the SKU, or admits
    it.
    """
    rows = skus.find(group.row, group.keys("sku"))
    if not rows.all():
        new = np.flatnonzero(rows == 0)
        named = group.take(new)
        pairs = zip(named.rows, named.texts("sku"), strict=True)
        rows[new] = ints([shelves[room][sku] for room, sku in pairs])
    return rows
