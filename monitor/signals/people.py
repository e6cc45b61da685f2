"""Different people, per room and window: each counts once, where they were last seen.

A person of a room has a number. For each kind of doing (comment, interact, enter,
buy) the second of the last time is kept; when they do it again, they move:

    windows.add(kind, row, new second, +1)
    windows.add(kind, row, old second, -1)

so a window holds everybody who was last seen inside it, which are all who were seen
inside it, as every window ends now. Nobody moves backwards, so the order of arrival
does not matter.

So many people of a room are counted exactly; once a session has more, they are counted by
a sketch for each kind (sketches.py), which begins with all who were there: the counts of
that room are estimates from then on, its people give their places back, and it takes no
more memory, whoever comes. Estimates are made anew once a second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.signals.hashes import Numbers, within
from monitor.signals.sketches import EVER, Sketch, cells
from monitor.signals.windows import Ints, Windows
from monitor.speedups.loaded import compiled

NEVER = 0
UNCERTAIN = 1  # seen, without a second of one's own: it is too old for any window
ALWAYS = np.iinfo(np.uint32).max
NOWHERE = -1
FEW = 1024  # people of sessions past that are not worth numbering the others anew


class People:
    """Who did what when, in rooms side by side."""

    def __init__(self, kinds: Sequence[str], windows: Windows, *, limit: int = 50_000) -> None:
        self.kinds = tuple(kinds)
        self.limit = limit
        self._windows = windows
        self._sketches: dict[int, dict[str, Sketch]] = {}  # of rooms with more people, by kind
        self._sketched = np.zeros(16, bool)
        self._count = np.zeros(16, np.int64)  # people of each room that is counted exactly
        self._numbers = Numbers()
        self._use(self._new(1024))

    def _new(self, people: int) -> NDArray[np.int32]:
        """Records of people: their room, and the seconds (uint32) they did things last.

        All of one lie side by side, one miss of the cache away.
        """
        records = np.full((people, 1 + len(self.kinds)), NEVER, np.int32)
        records[:, 0] = NOWHERE
        return records

    def _use(self, records: NDArray[np.int32]) -> None:
        """Number 0 is nobody, who was always seen already."""
        self._records = records
        self._room = records[:, 0]
        self._last = dict(zip(self.kinds, records.view(np.uint32).T[1:], strict=True))
        for last in self._last.values():
            last[0] = ALWAYS

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = rows - len(self._count)
        if more > 0:
            more = max(more, len(self._count))
            self._count = np.pad(self._count, (0, more))
            self._sketched = np.pad(self._sketched, (0, more))

    @property
    def estimated(self) -> list[int]:
        """Rows of the rooms whose counts are estimates."""
        return list(self._sketches)

    def did(self, kinds: Sequence[str], rows: Ints, keys: Ints, slots: Ints) -> None:
        """People did all of `kinds` in these seconds. All arrays of one length.

        `keys` are hashes of who they are; 0 is nobody. `NO_SLOT`: we can not tell in which
        second.
        """
        if self._sketches:
            many = self._sketched[rows]
            if many.any():
                self._sketch(kinds, rows[many], keys[many], slots[many])
                rows, keys, slots = rows[~many], keys[~many], slots[~many]
        self._make_room(len(keys))
        if compiled is not None:
            full = self._did(kinds, rows, keys, slots)
        else:
            self._saw(kinds, rows, self._numbered(keys, rows), slots)
            full = bool((self._count[rows] > self.limit).any())
        if full:
            for row in np.unique(rows[self._count[rows] > self.limit]).tolist():
                self._begin_sketches(row)

    def roll(self) -> None:
        """Make the estimates of the present anew. Once a second."""
        for row in self._sketches:
            self._estimate(row)

    def _begin_sketches(self, row: int) -> None:
        """From now on the people of a room are not remembered any more."""
        keys, numbers = self._numbers.items()
        here = self._room[numbers] == row
        places, numbers = cells(keys[here]), numbers[here]
        sketches = self._sketches[row] = {}
        self._sketched[row] = True
        for kind, last in self._last.items():
            slots = last[numbers]
            seen = slots != NEVER
            if seen.any():
                sketches[kind] = Sketch()
                sketches[kind].saw(places[seen], slots[seen])
        self._leave([row])
        self._estimate(row)

    def _sketch(self, kinds: Sequence[str], rows: Ints, keys: Ints, slots: Ints) -> None:
        places = cells(within(keys, rows))
        for row in np.unique(rows).tolist():
            here = np.flatnonzero((rows == row) & (keys != 0))
            sketches = self._sketches[row]
            for kind in kinds if len(here) else ():
                if kind not in sketches:
                    sketches[kind] = Sketch()
                sketches[kind].saw(places[here], slots[here])

    def _estimate(self, row: int) -> None:
        now, spans = self._windows.now_slot, self._windows.spans.values()
        since = [*(max(now - span + 1, EVER + 1) for span in spans), EVER]
        for kind, sketch in self._sketches[row].items():
            self._windows.replace(kind, row, sketch.people(since))

    def _did(self, kinds: Sequence[str], rows: Ints, keys: Ints, slots: Ints) -> bool:
        """`_numbered` and `_saw`, compiled: a person after the other. Whether a room is full."""
        assert compiled is not None
        windows = self._windows
        things = [(self.kinds.index(kind), windows.counters[kind]) for kind in kinds]
        cells = windows.cells(kinds)
        used, full = compiled.did(
            *self._numbers.table(len(keys)), len(self._numbers), keys, rows, slots,
            self._records, self._count, self.limit, things, *cells,
        )  # fmt: skip
        windows.put_beside(cells[-1])
        self._numbers.took(used)
        return bool(full)

    def _numbered(self, keys: Ints, rows: Ints) -> Ints:
        """The numbers of people, given for the first time where they are new; nobody's is 0."""
        named = keys != 0
        if not named.all():
            numbers = np.zeros(len(keys), np.int64)
            numbers[named] = self._numbered(keys[named], rows[named])
            return numbers
        numbers = self._numbers.number(within(keys, rows))[0]
        came = np.flatnonzero(self._room[numbers] != rows)
        if len(came):
            people, once = np.unique(numbers[came], return_index=True)
            self._room[people] = rows[came[once]]
            np.add.at(self._count, rows[came[once]], 1)
        return numbers

    def _make_room(self, more: int) -> None:
        """Records for `more` people, by forgetting those of sessions past or by growing."""
        used, records = len(self._numbers) + 1, len(self._room)
        if used + more <= records:
            return
        gone = int(np.count_nonzero(self._room[1:used] == NOWHERE))
        if gone > used // 4:
            self._let_go()
        more = max(len(self._numbers) + 1 + more - records, records if gone <= used // 4 else 0)
        if more > 0:
            self._use(np.concatenate([self._records, self._new(more)]))

    def _let_go(self) -> None:
        """Number those anew who are in a session that goes on."""
        keys, before = self._numbers.items()
        here = self._room[before] != NOWHERE
        keys, kept = keys[here], self._records[before[here]]
        self._records[:] = NEVER
        self._room[:] = NOWHERE
        self._use(self._records)
        self._numbers.clear()
        self._records[self._numbers.number(keys)[0]] = kept

    def _saw(self, kinds: Sequence[str], rows: Ints, numbers: Ints, slots: Ints) -> None:
        seconds = np.maximum(slots, UNCERTAIN).astype(np.uint32)
        people, once = np.unique(numbers, return_index=True)
        for kind in kinds:
            last = self._last[kind]
            before = last[people]
            np.maximum.at(last, numbers, seconds)
            after = last[people]
            moved = np.flatnonzero(after > before)
            where = rows[once[moved]]
            self._windows.add(kind, where, after[moved].astype(np.int64), 1)
            again = np.flatnonzero(before[moved] != NEVER)
            if len(again):
                since = before[moved[again]].astype(np.int64)
                self._windows.add(kind, where[again], since, -1)

    def forget(self, *rows: int) -> None:
        """New sessions: everybody is new again. Of many rooms at once it costs as of one."""
        for row in rows:
            if self._sketches.pop(row, None) is not None:
                self._sketched[row] = False
        if self._count[list(rows)].any():
            self._leave(rows)

    def _leave(self, rows: Sequence[int]) -> None:
        """The people of rooms give their places back."""
        gone = np.zeros(len(self._count) + 1, bool)  # the last is of NOWHERE
        gone[list(rows)] = True
        people = np.flatnonzero(gone[self._room])
        self._records[people] = NEVER
        self._room[people] = NOWHERE
        self._count[list(rows)] = 0
        if len(self._numbers) > max(FEW, 2 * int(self._count.sum())):
            self._let_go()
