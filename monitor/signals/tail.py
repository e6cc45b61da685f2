"""The last comments of each room, with what mood made of them.

While facts come in, a group of comments is only noted; a tick sorts them into their
rooms: all of a room that somebody looks at, and of the others the newest `A_TICK`. What
is over that is counted as skipped: nobody reads two thousand comments a second, and the
figures have counted them already.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from monitor.mood.mood import TOPICS, Reading
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
        self._noted: deque[tuple[Sequence[Any], Sequence[int] | Ints, Reading | None]] = deque()
        self._said: dict[int, deque[tuple[int, Any, Marks | None]]] = {}
        self._tick = 0
        self._looked: dict[int, int] = {}  # row → the tick in which somebody looked at it

    def note(
        self, events: Sequence[Any], rows: Sequence[int] | Ints, reading: Reading | None
    ) -> None:
        """Comments came in, each of a room's row; `reading` is as long, if mood read them."""
        over = len(events) - A_TICK
        if over > 0 and reading is None and not self._looked:
            self.skipped += over  # nothing of them is kept alive until the tick
            events, rows = events[over:], rows[over:]
        self._noted.append((events, rows, reading))
        if len(self._noted) > GROUPS:
            self.skipped += len(self._noted.popleft()[0])

    def fold(self) -> None:
        """Sort what was noted into its rooms. Once a tick."""
        self._tick += 1
        if not self._noted:
            return
        looked_at = {row for row, tick in self._looked.items() if self._tick - tick < LOOKED_TICKS}
        left = sum(len(events) for events, _, _ in self._noted)
        while self._noted:
            events, rows, reading = self._noted.popleft()
            first = min(max(0, left - A_TICK), len(events))  # so many of them are passed over
            left -= len(events)
            wanted = [n for n in range(first) if int(rows[n]) in looked_at] if looked_at else []
            self.skipped += first - len(wanted)
            for index in (*wanted, *range(first, len(events))):
                self._put(int(rows[index]), events[index], reading, index)
        if len(looked_at) < len(self._looked):
            self._looked = {row: self._looked[row] for row in looked_at}

    def _put(self, row: int, event: Any, reading: Reading | None, index: int) -> None:
        if row >= ROOMS:
            return
        self._number += 1
        said = self._said.get(row)
        if said is None:
            said = self._said[row] = deque(maxlen=KEPT)
        said.append((self._number, event, None if reading is None else _marks(reading, index)))

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


def _said(number: int, event: Any, marks: Marks | None) -> Said:
    negative, question, topic = marks or (False, False, "")
    user, text = event.user[:LETTERS], event.text[: 2 * LETTERS]
    staff = event.is_host or event.is_moderator
    return Said(number, event.at, user, text, negative, question, topic, staff)
