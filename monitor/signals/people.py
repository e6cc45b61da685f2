"""Different people, per room and window: each counts once, where they were last seen.

A person of a room has a number. For each kind of doing (comment, interact, enter,
buy) the second of the last time is kept; when they do it again, they move:

    windows.add(kind, row, new second, +1)
    windows.add(kind, row, old second, -1)

so a window holds everybody who was last seen inside it, which are all who were seen
inside it, as every window ends now. Nobody moves backwards, so the order of arrival
does not matter. After `limit` people a room's count is exact no more, only a lower
bound, and `saturated` says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.signals.windows import NO_SLOT, Ints, Windows

NEVER = np.int64(-1)
UNCERTAIN = np.int64(0)  # seen, without a second of one's own


class _Numbers(dict[str, int]):
    """The number of each person of one room, given on first sight; 0 is nobody."""

    __slots__ = ("people", "row")

    def __init__(self, people: People, row: int) -> None:
        super().__init__()
        self.people = people
        self.row = row

    def __missing__(self, user: str) -> int:
        return self.people._admit(self, user)


class People:
    """Who did what when, in rooms side by side."""

    def __init__(self, kinds: Sequence[str], windows: Windows, *, limit: int = 200_000) -> None:
        self.kinds = tuple(kinds)
        self.limit = limit
        self.saturated: set[int] = set()
        self._windows = windows
        self._rooms: list[_Numbers] = []
        self._free: list[int] = []
        self._used = 1
        self._last = {kind: np.full(1024, NEVER) for kind in self.kinds}
        self._claims = np.zeros(1024, np.int64)

    def grow(self, rows: int) -> None:
        while len(self._rooms) < rows:
            self._rooms.append(_Numbers(self, len(self._rooms)))

    def _admit(self, room: _Numbers, user: str) -> int:
        if len(room) >= self.limit:
            self.saturated.add(room.row)
            return 0
        if self._free:
            number = self._free.pop()
        else:
            number = self._used
            self._used += 1
            if number >= len(self._claims):
                self._double()
        room[user] = number
        return number

    def _double(self) -> None:
        for kind, last in self._last.items():
            self._last[kind] = np.concatenate([last, np.full(len(last), NEVER)])
        self._claims = np.zeros(len(self._claims) * 2, np.int64)

    def numbers(self, rows: Sequence[int], users: Sequence[str]) -> Ints:
        """The numbers of people, given for the first time where they are new."""
        rooms = self._rooms
        return np.array([rooms[row][user] for row, user in zip(rows, users, strict=True)], np.int64)

    def saw(self, kind: str, rows: Ints, numbers: Ints, slots: Ints) -> None:
        """These people did it in these seconds (`NO_SLOT`: we can not tell in which)."""
        last = self._last[kind]
        seconds = np.maximum(slots, UNCERTAIN)
        before = last[numbers]
        np.maximum.at(last, numbers, seconds)
        after = last[numbers]
        # One of those who are here more than once speaks for the person.
        order = np.arange(len(numbers))
        self._claims[numbers] = order
        moved = (after > before) & (self._claims[numbers] == order) & (numbers != 0)
        if not moved.all():
            rows, before, after = rows[moved], before[moved], after[moved]
        self._windows.add(kind, rows, np.where(after == UNCERTAIN, NO_SLOT, after), 1)
        again = before != NEVER
        if again.any():
            before = before[again]
            self._windows.add(kind, rows[again], np.where(before == UNCERTAIN, NO_SLOT, before), -1)

    def forget(self, row: int) -> None:
        """A new session: everybody is new again."""
        room = self._rooms[row]
        numbers = np.fromiter(room.values(), np.int64, len(room))
        for last in self._last.values():
            last[numbers] = NEVER
        self._free.extend(numbers.tolist())
        room.clear()
        self.saturated.discard(row)
