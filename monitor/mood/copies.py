"""One text from many hands: coordinated copies, which are a flood and not a mood.

Only texts with at least ten letters are compared: "没声音" from fifty people is fifty
people. Digits, marks, faces, spaces and @names do not tell copies apart. The same long
text from three people within two minutes is coordinated; from then on it counts as three
people, whoever writes it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.mood.normalise import BREAK, Lines

LETTERS = 10
PEOPLE = 3
WITHIN_S = 120.0
SHARE = 0.30  # of a minute's comments: more than that is a flood
FEWEST = 10  # copies in that minute
_MOST = 50_000  # texts remembered, of all rooms

_MASK = (1 << 64) - 1
_LETTER = np.zeros(0x20000, np.bool_)
_LETTER[0x4E00:0xA000] = True
_LETTER[ord("a") : ord("z") + 1] = True
_LETTER[BREAK] = True  # between the comments


def keys(lines: Lines) -> NDArray[np.uint64]:
    """What copies have alike, for each comment of a batch; 0 for the short ones.

    A text that is nothing but a text twice is that text. Keys are those of this process:
    another makes others.
    """
    found = np.zeros(len(lines.starts) - 1, np.uint64)
    if np.diff(lines.starts).max(initial=0) <= LETTERS:
        return found
    said = lines.points[_LETTER.take(lines.points)].tobytes().decode("utf-32-le")
    for row, letters in enumerate(said.split("\n")[1:-1]):
        if len(letters) >= LETTERS:
            half = letters[: len(letters) // 2]
            once = half if len(half) >= LETTERS and half + half == letters else letters
            found[row] = hash(once) & _MASK or 1
    return found


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
