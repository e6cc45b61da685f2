"""Which rows of a table have moved since somebody looked.

Of tens of thousands of products a few hundred move in a tick: what was asked of the others
a moment ago is still so. Whoever moves a row notes it, as windows do that roll. A reader
remembers the place up to which it has read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
MOST = 4096  # notes; beyond, all rows have moved


class Place(NamedTuple):
    """Up to where somebody has read."""

    times: int  # that all rows moved
    notes: int


class Moves:
    """Notes of rows, since all of them moved."""

    def __init__(self) -> None:
        self._times = 0
        self._notes: list[Ints | int] = []
        self._looked = 0  # up to where somebody has read

    def note(self, rows: Ints | int) -> None:
        """These rows move; they may repeat."""
        if len(self._notes) == self._looked or self._notes[-1] is not rows:
            self._notes.append(rows)
        if len(self._notes) > MOST:
            self.everything()

    def everything(self) -> None:
        """All rows move."""
        self._times += 1
        self._notes, self._looked = [], 0

    def place(self) -> Place:
        """Where the notes end now; from here on a row that is there already is noted again."""
        self._looked = len(self._notes)
        return Place(self._times, len(self._notes))

    def since(self, place: Place) -> Ints | None:
        """The rows that moved since, which may repeat; None: all of them."""
        if place.times != self._times:
            return None
        notes = self._notes[place.notes :]
        single = [each for each in notes if not isinstance(each, np.ndarray)]
        many = [each for each in notes if isinstance(each, np.ndarray)]
        return np.concatenate([*many, np.array(single, np.int64)])
