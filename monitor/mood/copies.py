"""One text from many hands: coordinated copies, which are a flood and not a mood.

Only texts with at least ten letters are compared: "没声音" from fifty people is fifty
people. Digits, marks, faces, spaces and @names do not tell copies apart. The same long
text from three people within two minutes is coordinated; from then on it counts as three
people, whoever writes it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.mood.normalise import Lines

LETTERS = 10
PEOPLE = 3
WITHIN_S = 120.0
SHARE = 0.30  # of a minute's comments: more than that is a flood
FEWEST = 10  # copies in that minute
_FEW = 2  # long comments, that are not worth arrays for all of them
_MOST = 50_000  # texts remembered, of all rooms

_LETTER = np.zeros(0x20000, np.bool_)
_LETTER[0x4E00:0xA000] = True
_LETTER[ord("a") : ord("z") + 1] = True
_POWERS = np.array([pow(0x9E3779B97F4A7C15, place, 1 << 64) for place in range(512)], np.uint64)


def keys(lines: Lines) -> NDArray[np.uint64]:
    """What copies have alike, for each comment of a batch; 0 for the short ones."""
    found = np.zeros(len(lines.starts) - 1, np.uint64)
    sizes = np.diff(lines.starts)
    long = np.flatnonzero(sizes > LETTERS)
    for row in long.tolist() if len(long) <= _FEW else []:
        found[row] = _key(lines.points[lines.starts[row] + 1 : lines.starts[row + 1]])
    if len(long) > _FEW:
        chosen = np.repeat(sizes > LETTERS, sizes)
        points = lines.points[:-1][chosen]
        letters = _LETTER.take(points)
        starts = np.cumsum(sizes[long]) - sizes[long]
        so_far = np.cumsum(letters)
        counts = np.add.reduceat(letters, starts, dtype=np.intp)
        place = so_far - np.repeat(so_far[starts], sizes[long])
        mixed = _mixed(points, place) * letters
        key = np.add.reduceat(mixed, starts)
        found[long] = np.where(counts >= LETTERS, key, np.uint64(0))
    return found


def _key(points: NDArray[np.uint32]) -> np.uint64:
    said = points[_LETTER.take(points)]
    if len(said) < LETTERS:
        return np.uint64(0)
    return np.uint64(_mixed(said, np.arange(1, len(said) + 1)).sum())


def _mixed(points: NDArray[np.uint32], place: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Each letter, and where it stands, as one number; sums of them tell texts apart."""
    mixed = points.astype(np.uint64) + np.uint64(1)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    mixed *= _POWERS.take(place, mode="clip")
    return mixed


class Copies:
    """Who wrote the same long text lately, of many rooms."""

    def __init__(self) -> None:
        self._people: tuple[dict[tuple[int, int], set[str]], ...] = ({}, {})
        self._turned = 0.0

    def seen(self, row: int, key: int, user: str, now: float) -> int:
        """How many different people have written this text lately, this one among them."""
        young, old = self._people
        if now - self._turned >= WITHIN_S or len(young) > _MOST:
            lately = now - self._turned < 2 * WITHIN_S  # else nobody has written since
            self._people = young, old = {}, young if lately else {}
            self._turned = now
        name = (row, key)
        people = young.get(name)
        if people is None:
            people = young[name] = set(old.get(name, ()))
        if len(people) <= 4 * PEOPLE:
            people.add(user)
        return len(people)
