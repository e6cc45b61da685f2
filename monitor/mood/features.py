"""What the model sees of a comment: its characters, pairs and triples, each hashed to a number.

    ⏎ 质 量 差 ⏎      1  ⏎  质  量  差
                       2  ⏎质  质量  量差  差⏎
                       3  ⏎质量  质量差  量差⏎

A digit counts as 0: it says as much. Training and reading use this same function. All arithmetic
is in uint32 and wraps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.mood.normalise import BREAK, Lines, Points

BITS = 18
SIZE = 1 << BITS
_SHIFT = np.uint32(32 - BITS)
_FIRST, _SECOND, _THIRD = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)


class Features(NamedTuple):
    """Of each place in the points: the character, the pair and the triple that begin there.

    The triple over a break between two comments is none; `whole` is False there.
    """

    singles: Points  # shape (n,)
    pairs: Points  # (n - 1,)
    triples: Points  # (n - 2,)
    whole: NDArray[np.bool_]  # (n - 2,)


def features(lines: Lines) -> Features:
    """The hashes of a batch, each below SIZE."""
    points = lines.points
    digits = points - np.uint32(ord("1")) < np.uint32(9)  # what is below "1" wraps far above
    points = np.where(digits, np.uint32(ord("0")), points)
    first, second, third = points * _FIRST, points * _SECOND, points * _THIRD
    pairs = first[:-1] + third[1:]
    triples = first[:-2] + second[1:-1]
    triples += third[2:]
    second >>= _SHIFT
    pairs >>= _SHIFT
    triples >>= _SHIFT
    return Features(second, pairs, triples, points[1:-1] != BREAK)


def counts(lines: Lines) -> NDArray[np.intp]:
    """How many features each comment has: of c characters c + 1, c + 1 and c of them."""
    characters = np.diff(lines.starts) - 1
    return 3 * characters + 2
