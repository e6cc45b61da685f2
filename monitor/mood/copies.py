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
_MOST = 50_000  # texts remembered, of all rooms

_LETTER = np.zeros(0x20000, np.uint64)
_LETTER[0x4E00:0xA000] = 1
_LETTER[ord("a") : ord("z") + 1] = 1
_POWERS = np.array([pow(0x9E3779B97F4A7C15, place, 1 << 64) for place in range(512)], np.uint64)


def keys(lines: Lines) -> NDArray[np.uint64]:
    """What copies have alike, for each comment of a batch; 0 for the short ones."""
    letters = _LETTER.take(lines.points[:-1])
    starts = lines.starts[:-1]
    so_far = np.cumsum(letters)
    counts = np.add.reduceat(letters, starts)
    if not (counts >= LETTERS).any():
        return np.zeros(len(starts), np.uint64)
    place = so_far - np.repeat(so_far[starts], np.diff(lines.starts))
    mixed = (lines.points[:-1].astype(np.uint64) + np.uint64(1)) * letters
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    mixed *= _POWERS.take(place.astype(np.intp), mode="clip")
    found: NDArray[np.uint64] = np.add.reduceat(mixed, starts)
    return np.where(counts >= LETTERS, found, np.uint64(0))


class Copies:
    """Who wrote the same long text lately, of many rooms."""

    def __init__(self) -> None:
        self._people: tuple[dict[tuple[int, int], set[str]], ...] = ({}, {})
        self._turned = 0.0

    def seen(self, row: int, key: int, user: str, now: float) -> int:
        """How many different people have written this text lately, this one among them."""
        young, old = self._people
        if now - self._turned >= WITHIN_S or len(young) > _MOST:
            self._people = young, old = {}, young
            self._turned = now
        name = (row, key)
        people = young.get(name)
        if people is None:
            people = young[name] = set(old.get(name, ()))
        if len(people) <= 4 * PEOPLE:
            people.add(user)
        return len(people)
