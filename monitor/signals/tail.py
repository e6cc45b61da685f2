"""The last comments of each room, with what mood made of them.

While facts come in, a group of comments is only noted; a tick sorts them into their
rooms: all of a room that somebody looks at, and of the others the newest `A_TICK`. What
is over that is counted as skipped: nobody reads two thousand comments a second, and the
figures have counted them already.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from monitor.mood.mood import TOPICS, Reading
from monitor.signals.grouping import STAFF, Group
from monitor.signals.windows import Ints

KEPT = 200  # comments a room
ROOMS = 500
A_TICK = 40
LOOKED_TICKS = 480  # two minutes: for so long after a look, somebody is looking
GROUPS = 256
LETTERS = 200


class Said(Struct, frozen=True):
    """A comment. `number` counts up within the room; `topic` is empty where nobody complains."""

    number: int
    at: float
    user: str
    text: str
    negative: bool = False
    question: bool = False
    topic: str = ""
    staff: bool = False


class Tail:
    """The last `KEPT` comments of the first `ROOMS` rooms."""

    def __init__(self) -> None:
        self.skipped = 0
        self._number = 0
        self._noted: deque[tuple[Group, Reading | None]] = deque()
        self._said: dict[int, deque[_Kept]] = {}
        self._tick = 0
        self._looked: dict[int, int] = {}  # row → the tick in which somebody looked at it

    def note(self, group: Group, reading: Reading | None) -> None:
        """Comments came in; `reading` is as long as the group, if mood read them."""
        over = len(group.events) - A_TICK
        if over > 0 and reading is None and not self._looked:
            self.skipped += over  # nothing of them is kept alive until the tick
            group = group.since(over)
        self._noted.append((group, reading))
        if len(self._noted) > GROUPS:
            self.skipped += len(self._noted.popleft()[0].events)

    def fold(self) -> None:
        """Sort what was noted into its rooms. Once a tick."""
        self._tick += 1
        if not self._noted:
            return
        looked_at = [row for row, tick in self._looked.items() if self._tick - tick < LOOKED_TICKS]
        left = sum(len(group.events) for group, _ in self._noted)
        while self._noted:
            group, reading = self._noted.popleft()
            many = len(group.events)
            first = min(max(0, left - A_TICK), many)  # so many of them are passed over
            left -= many
            which = np.arange(first, many)
            if first and looked_at:
                wanted = np.flatnonzero(np.isin(group.row[:first], looked_at))
                which = np.concatenate([wanted, which])
            self.skipped += many - len(which)
            if len(which):
                self._put(group.take(which), reading, which)
        if len(looked_at) < len(self._looked):
            self._looked = {row: self._looked[row] for row in looked_at}

    def _put(self, group: Group, reading: Reading | None, which: Ints) -> None:
        """Keep comments: those of these places in what was read."""
        columns = (group.rows, group.at.tolist(), group.texts("user"), group.texts("text"),
                   group.has(STAFF).tolist(), which.tolist())  # fmt: skip
        for row, at, user, text, staff, index in zip(*columns, strict=True):
            if row >= ROOMS:
                continue
            self._number += 1
            said = self._said.get(row)
            if said is None:
                said = self._said[row] = deque(maxlen=KEPT)
            marks = None if reading is None else _marks(reading, index)
            said.append((self._number, at, user[:LETTERS], text[: 2 * LETTERS], staff, marks))

    def of(self, row: int) -> Sequence[Said]:
        """Oldest first, in the order in which they reached us."""
        self._looked[row] = self._tick
        return [_said(*each) for each in self._said.get(row, ())]

    def forget(self, row: int) -> None:
        self._said.pop(row, None)
        self._looked.pop(row, None)


class Marks(NamedTuple):
    """What mood made of a comment."""

    negative: bool
    question: bool
    topic: str


def _marks(reading: Reading, index: int) -> Marks:
    topic = int(reading.topic[index])
    return Marks(
        bool(reading.negative[index]),
        bool(reading.question[index]),
        TOPICS[topic] if topic >= 0 else "",
    )


# Its number, when, who, what, whether they are staff, and what mood made of it.
_Kept = tuple[int, float, str, str, bool, Marks | None]


def _said(number: int, at: float, user: str, text: str, staff: bool, marks: Marks | None) -> Said:
    negative, question, topic = marks or (False, False, "")
    return Said(number, at, user, text, negative, question, topic, staff)
