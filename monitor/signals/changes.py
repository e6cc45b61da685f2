"""Changes of what is left of products, that a level told late may come before.

    level 40 at 12:00:05     told after the orders of 12:00:04 and 12:00:07: the one of :07
                             goes off it, that of :04 is in it already

Of a product the last `REMEMBERED` are kept, in the order in which they reached us.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from monitor.signals.rooms import Floats
from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

REMEMBERED = 256

_Change = tuple[float, int]  # when, how many more (or, negative, less)


def take(columns: Mapping[str, Floats], rows: Ints, units: Ints, at: Floats) -> NDArray[np.bool_]:
    """Take what levels do not know of yet off what is left; which that was.

    Of the columns of products: since when we know of them, when a level was told, and what
    has changed since.
    """
    since, level_at, since_level = (columns[name] for name in ("since", "level_at", "since_level"))
    if compiled is not None:
        untold = np.empty(len(rows), bool)
        compiled.took(rows, units, at, since, level_at, since_level, untold)
        return untold
    np.fmin.at(since, rows, at)
    untold = (rows > 0) & ~(at < level_at[rows])
    np.subtract.at(since_level, rows[untold], units[untold])
    return untold


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
