"""What we remember of an order: when it was made, and what became of it.

An order is known by its product: it may be of several, and platforms number alike. What
becomes of it (paid, cancelled, paid back) counts where it was made, and facts come in any
order, so what is told before the order itself waits for it, and all of it moves when we
hear that it was made earlier than we thought.

Two generations of at most `size` orders each bound the memory: of an order that was
forgotten nobody knows where it was made, and what becomes of it counts nowhere but in the
windows of when it is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.signals.cycles import COLUMNS, Brought

Key = tuple[int, str]  # product row, order
NOTHING = (0,) * len(COLUMNS)


class Orders:
    """Orders seen lately."""

    def __init__(self, brought: Brought, size: int = 100_000) -> None:
        self._brought = brought
        self._size = size
        self._young: dict[Key, float] = {}
        self._old: dict[Key, float] = {}
        self._became: dict[Key, tuple[int, ...]] = {}  # of those in rooms with a script
        self._became_old: dict[Key, tuple[int, ...]] = {}

    def since(self, product: int, order: str) -> float | None:
        """When an order was made, as far as we know."""
        key = (product, order)
        found = self._young.get(key)
        return self._old.get(key) if found is None else found

    def known(self, product: int, order: str, at: float) -> float | None:
        """Since when we knew of an order, None at first; from now on since `at` if earlier."""
        key = (product, order)
        before = self._young.get(key)
        if before is None:
            before = self._old.get(key)
        if before is None or at < before:
            self._young[key] = at
            if len(self._young) >= self._size:
                self._old, self._young = self._young, {}
        return before

    def made(self, row: int, key: Key, before: float | None, at: float) -> None:
        """An order of a room was made at `at`; `before` is what `known` gave."""
        became = self._of(key)
        if became is None or (before is not None and at >= before):
            return
        if before is not None:
            self._brought.add(row, before, [-value for value in became])
        self._brought.add(row, at, became)

    def became(self, row: int, key: Key, values: Sequence[int]) -> None:
        """Something became of an order of a room: `values` in the order of `COLUMNS`."""
        known = self._of(key) or NOTHING
        self._became[key] = tuple(a + b for a, b in zip(known, values, strict=True))
        if len(self._became) >= self._size:
            self._became_old, self._became = self._became, {}
        since = self.since(*key)
        if since is not None:
            self._brought.add(row, since, values)

    def _of(self, key: Key) -> tuple[int, ...] | None:
        found = self._became.get(key)
        return self._became_old.get(key) if found is None else found

    def forget(self, products: set[int]) -> None:
        """These rows are other products' from now on."""
        kept: dict[Key, float] | dict[Key, tuple[int, ...]]
        for kept in (self._young, self._old, self._became, self._became_old):
            for key in [key for key in kept if key[0] in products]:
                del kept[key]
