"""How many different people, without remembering them: a HyperLogLog that slides.

    a key, mixed         000101…1 | 101…0        the zeros it begins with, and one, are its
                         rank 4   | register     rank: rank 4 is met once in 16 keys

    newest[rank, register]   the second in which it was met last; 0 never

HyperLogLog (Flajolet 2007) keeps the highest rank of each register, from which follows how
many different keys there were. Here each rank keeps its newest second, so the highest rank
*of a window* is known, too (Chabchoub and Hébrail 2010), for every window and the session.
The estimate is Ertl's (arXiv 1702.01284, algorithm 6), which needs no tables and is as good
for few as for many. Its standard error is 1.04 ÷ √registers: 1.6 %; of some hundred people
it is off by one or two. Who comes twice, in which order and in what batches, changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

BITS = 12
REGISTERS = 1 << BITS
RANKS = 24  # enough for 10¹⁰ people
ERROR = 1.04 / math.sqrt(REGISTERS)
EVER = 1  # seconds begin with it; it stands for one that nobody knows, too old for any window

_ALPHA = 0.5 / math.log(2)


def cells(keys: Ints) -> Ints:
    """Where in a sketch keys are kept. Shape as `keys`."""
    mixed = keys.view(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed = mixed ^ (mixed >> np.uint64(31))
    register = (mixed & np.uint64(REGISTERS - 1)).astype(np.int64)
    rest = mixed >> np.uint64(BITS)  # 52 bits: a float has them all
    zeros = 64 - BITS - np.frexp(rest.astype(np.float64))[1].astype(np.int64)
    return np.minimum(zeros, RANKS - 1) * REGISTERS + register


class Sketch:
    """People of one kind in one room: 384 KiB, whoever comes."""

    def __init__(self) -> None:
        self._newest: NDArray[np.uint32] = np.zeros((RANKS, REGISTERS), np.uint32)

    def saw(self, cells: Ints, slots: Ints) -> None:
        """Keys of these cells were met in these seconds; `NO_SLOT`: nobody knows in which."""
        seconds = np.maximum(slots, EVER).astype(np.uint32)
        np.maximum.at(self._newest.reshape(-1), cells, seconds)

    def people(self, since: Sequence[int]) -> list[int]:
        """How many different keys were met in each of these seconds or later, or `EVER`."""
        reached = np.empty((len(since), RANKS), np.int64)  # registers with at least this rank
        if compiled is not None:
            compiled.reached(self._newest, np.array(since, np.int64), reached)
        else:
            newest = np.zeros(REGISTERS, np.uint32)
            for rank in range(RANKS - 1, -1, -1):
                np.maximum(newest, self._newest[rank], out=newest)
                for which, second in enumerate(since):
                    reached[which, rank] = np.count_nonzero(newest >= second)
        return [round(_estimate(each)) for each in reached.tolist()]


def _estimate(reached: Sequence[int]) -> float:
    """Ertl's estimate, from how many registers have reached each rank."""
    exactly = [one - other for one, other in zip(reached, [*reached[1:], 0], strict=True)]
    z = REGISTERS * _tau(1 - exactly[-1] / REGISTERS)
    for registers in reversed(exactly[:-1]):
        z = 0.5 * (z + registers)
    z += REGISTERS * _sigma(1 - reached[0] / REGISTERS)
    return _ALPHA * REGISTERS * REGISTERS / z


def _sigma(x: float) -> float:
    """For the registers that nobody has reached: x + Σ x^(2^k) · 2^(k−1)."""
    if x == 1.0:
        return math.inf
    y, z, before = 1.0, x, math.nan
    while z != before:
        x *= x
        before = z
        z += x * y
        y += y
    return z


def _tau(x: float) -> float:
    """For those that may have gone further than the last rank."""
    if x in {0.0, 1.0}:
        return 0.0
    y, z, before = 1.0, 1 - x, math.nan
    while z != before:
        x = math.sqrt(x)
        before = z
        y *= 0.5
        z -= (1 - x) ** 2 * y
    return z / 3
