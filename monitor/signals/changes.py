"""Changes of what is left of products, that a level told late may come before.

    level 40 at 12:00:05     told after the orders of 12:00:04 and 12:00:07: the one of :07
                             goes off it, that of :04 is in it already

Of a product the last `REMEMBERED` are kept, in the order in which they reached us.
"""

from __future__ import annotations

from monitor.signals.rooms import Floats
from monitor.signals.windows import Ints

REMEMBERED = 256

_Change = tuple[float, int]  # when, how many more (or, negative, less)


class Changes:
    """By the row of the product."""

    def __init__(self) -> None:
        self._of: dict[int, list[_Change]] = {}

    def note(self, rows: Ints, at: Floats, units: Ints) -> None:
        """So many units went (or, negative, came back); rows may repeat."""
        of = self._of
        changes = zip(at.tolist(), (-units).tolist(), strict=True)
        for row, change in zip(rows.tolist(), changes, strict=True):
            known = of.get(row)
            if known is None:
                of[row] = [change]
                continue
            known.append(change)
            if len(known) > REMEMBERED:
                del known[0]

    def level(self, row: int, at: float) -> int:
        """A level was told as of `at`: what has changed since then; the others are forgotten."""
        known = self._of.get(row)
        if known is None:
            return 0
        since = self._of[row] = [change for change in known if change[0] >= at]
        return sum(units for _, units in since)

    def forget(self, row: int) -> None:
        """The row is another product's from now on."""
        self._of.pop(row, None)
