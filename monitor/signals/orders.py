"""What we remember of orders: when each was made, and what became of it.

An order is known by its product: it may be of several, and platforms number alike. What
becomes of it (paid, cancelled, paid back) counts where it was made, and facts come in any
order, so what is told before the order itself waits for it, and all of it moves when we
hear that it was made earlier than we thought.

Two generations of at most `size` orders each bound the memory: of an order that was
forgotten nobody knows where it was made, and what becomes of it counts nowhere but in the
windows of when it is told. Of an order its hash is kept (hashes.py), a row of columns each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from monitor.signals.cycles import COLUMNS, Brought
from monitor.signals.hashes import Numbers, within
from monitor.signals.rooms import NAN, Floats
from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

GONE = -1
FEW = 1024  # records of products that are gone, which are not worth numbering the others anew
CANCELLED = 0x5AFE_CA11  # of the key of an order, that of its cancellation


class Told(NamedTuple):
    """Facts of orders; all of one length."""

    row: Ints  # of the room
    product: Ints
    key: Ints  # of the order
    at: Floats


class _Generation:
    """Records of orders, by their numbers; number 0 is no order.

    since      when it was made; NaN: nobody has told yet
    product    its row, or GONE
    became     of it, in the order of COLUMNS
    """

    def __init__(self) -> None:
        self._gone = 0  # records of products that are gone
        self.numbers = Numbers()
        self._use(_records(1024))

    def _use(self, records: Ints) -> None:
        """All that is known of an order lies side by side."""
        self.records = records
        self.since = records.view(np.float64)[:, 0]
        self.product = records[:, 1]
        self.became = records[:, 2:]

    def __len__(self) -> int:
        return len(self.numbers)

    def grow(self, orders: int) -> None:
        more = len(self) + 1 + orders - len(self.records)
        if more > 0:
            more = max(more, len(self.records))
            self._use(np.concatenate([self.records, _records(more)]))

    def forget(self, products: list[int]) -> None:
        """Their rows are other products' from now on: the hash of an order is no longer theirs.

        Once most orders are of products that are gone, the others are numbered anew.
        """
        gone = np.isin(self.product, products)
        self.since[gone], self.became[gone], self.product[gone] = NAN, 0, GONE
        self._gone += int(np.count_nonzero(gone))
        if self._gone > max(FEW, len(self) // 2):
            self._let_go()

    def _let_go(self) -> None:
        keys, before = self.numbers.items()
        here = self.product[before] != GONE
        keys, kept = keys[here], self.records[before[here]]
        self.clear()
        self.records[self.numbers.number(keys)[0]] = kept

    def clear(self) -> None:
        """Nothing is known; the memory stays, for as many orders to come."""
        self.numbers.clear()
        self.records[:] = 0
        self.since[:] = NAN
        self._gone = 0


def _records(orders: int) -> Ints:
    records = np.zeros((orders, 2 + len(COLUMNS)), np.int64)
    records.view(np.float64)[:, 0] = NAN
    return records


class Orders:
    """Orders seen lately."""

    def __init__(self, brought: Brought, size: int = 100_000) -> None:
        self._brought = brought
        self._size = size
        self._young, self._old = _Generation(), _Generation()

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def made(self, told: Told) -> Floats:
        """Orders were made. Gives since when each was known of before, NaN where it was not.

        From now on they are known since `told.at`, if that is earlier.
        """
        numbers = self._place(told)
        if compiled is not None:
            before = np.empty(len(numbers))
            moved = np.empty(len(numbers), np.int64)
            many = compiled.made(self._young.records, numbers, told.at, before, moved)
            if many:
                self._move(told, numbers, before, moved[:many])
            return before
        since = self._young.since
        before = since[numbers]
        since[numbers] = np.fmin(before, told.at)
        first = np.unique(numbers, return_index=True)[1]
        if len(first) < len(numbers):  # an order is told twice: the second knows of the first
            self._in_turn(numbers, told.at, before)
        earlier = np.flatnonzero(~(told.at >= before))
        if len(earlier):
            self._move(told, numbers, before, earlier)
        return before

    def _in_turn(self, numbers: Ints, at: Floats, before: Floats) -> None:
        """Correct `before`, and what is known now, where numbers repeat."""
        known: dict[int, float] = {}
        members = zip(numbers.tolist(), at.tolist(), before.tolist(), strict=True)
        for index, (number, when, was) in enumerate(members):
            before[index] = known.setdefault(number, was)
            known[number] = float(np.fmin(before[index], when))
        self._young.since[list(known)] = list(known.values())

    def _move(self, told: Told, numbers: Ints, before: Floats, earlier: Ints) -> None:
        """What became of orders moves to where they were made, as we know now."""
        became = self._young.became[numbers[earlier]]
        any_ = became.any(axis=1)
        earlier, became = earlier[any_], became[any_]
        known = ~np.isnan(before[earlier])
        was = earlier[known]
        self._brought.add(told.row[was], before[was], -became[known])
        self._brought.add(told.row[earlier], told.at[earlier], became)

    def became(self, told: Told, values: Ints) -> None:
        """Something became of orders: `values` is (orders, COLUMNS)."""
        numbers = self._place(told)
        if compiled is not None:
            since = np.empty(len(numbers))
            compiled.became(self._young.records, numbers, values, since)
        else:
            np.add.at(self._young.became, numbers, values)
            since = self._young.since[numbers]
        known = ~np.isnan(since)
        if known.all():
            self._brought.add(told.row, since, values)
        else:
            self._brought.add(told.row[known], since[known], values[known])

    def since(self, product: int, key: int) -> float | None:
        """When an order was made, as far as we know."""
        name = within(np.array([key]), np.array([product]))
        for generation in (self._young, self._old):
            since = float(generation.since[generation.numbers.find(name)[0]])
            if since == since:  # noqa: PLR0124  NaN is unknown
                return since
        return None

    def _place(self, told: Told) -> Ints:
        """The numbers of orders in the young generation; those of the old one come into it."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, self._old
            self._young.clear()
        young, old = self._young, self._old
        young.grow(len(told.key))
        if compiled is not None:
            numbers = np.empty(len(told.key), np.int64)
            used = compiled.placed(
                *young.numbers.table(len(numbers)), young.records,
                *old.numbers.table(0), old.records,
                len(young), told.key, told.product, numbers,
            )  # fmt: skip
            young.numbers.took(used)
            return numbers
        names = within(told.key, told.product)
        numbers, new = young.numbers.number(names)
        if new.any():
            young.product[numbers[new]] = told.product[new]
            if len(old):
                there = old.numbers.find(names[new])
                young.since[numbers[new]] = old.since[there]
                young.became[numbers[new]] = old.became[there]
        return numbers

    def forget(self, products: set[int]) -> None:
        """These rows are other products' from now on."""
        for generation in (self._young, self._old):
            generation.forget(sorted(products))
