"""Which comments are read when more come than can be read in a second.

A quiet room is read whole; of a busy one every n-th comment is, n as small as the budget
lets it be:

    budget 6      room A  a a a a a a a a      every 2nd: 4 read
                  room B  b b                  all: 2 read

What is counted of a comment then counts n-fold, so that counts and shares stay right.
However little budget is left, of each call a sixteenth is read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.signals.windows import Ints

LEAST = 16  # one of so many comments is read in any case


class Sampling:
    """A budget of comments a second."""

    def __init__(self, per_s: int) -> None:
        self._per_s = per_s
        self._second = 0
        self._read = 0

    def every(self, row: Ints, now: float) -> Ints | None:
        """Of each room's row: every how many-th of its comments to read. None: all of all."""
        if int(now) != self._second:
            self._second, self._read = int(now), 0
        left = self._per_s - self._read
        if len(row) <= left:
            self._read += len(row)
            return None
        sizes = np.bincount(row)
        most = _quota(sizes, max(left, -(-len(row) // LEAST)))
        every = np.maximum(-(-sizes // most), 1)
        self._read += int((-(-sizes // every)).sum())
        return every


def _quota(sizes: Ints, budget: int) -> int:
    """How many each room may have, so that all of them together stay within the budget."""
    low, high = 1, int(sizes.max())
    while low < high:
        middle = (low + high + 1) // 2
        if np.minimum(sizes, middle).sum() <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def picked(row: Ints, every: Ints) -> NDArray[np.bool_]:
    """Which comments are read: the first of each room, and every so many-th after it."""
    order = np.argsort(row, kind="stable")
    ordered = row[order]
    first = np.searchsorted(ordered, ordered)
    chosen = np.zeros(len(row), np.bool_)
    chosen[order] = (np.arange(len(row)) - first) % every[ordered] == 0
    return chosen
