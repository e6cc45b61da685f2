"""Counters told as totals: what they rose by, whatever the order they are told in.

    told       100 ──── 104 ──────── 110          at 10 s, 12 s, 15 s
    rises      (100)      4            6          in the slots of 12 s and 15 s

A reading that comes late parts the rise that was counted for its two neighbours: 110 is
told before 104, so 10 were counted at 15 s; then 104 comes, 4 of them move to 12 s. The
first total of a room may have been reached long ago: it has no second of its own. A
total that falls was reset (a reconnect) and counts from 0, or was corrected, by `resets`.

Nearly all readings come in their order: those are differences of arrays. A late one is
looked up in its line, a ring of the last `MOST` readings of its row. (Compiled, each is.)
"""

from __future__ import annotations

from bisect import bisect
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.signals.rooms import Floats
from monitor.signals.windows import NO_SLOT, Ints
from monitor.speedups.loaded import compiled

MOST = 128  # readings remembered of one row

Rise = tuple[int, int]  # the slot, and what to add there (perhaps negative)


class Readings(NamedTuple):
    """Totals of one counter; all of one length."""

    row: Ints
    at: Floats
    total: Ints
    slot: Ints


class Risen(NamedTuple):
    """What windows change by, `which` of the readings told it; all of one length."""

    which: Ints
    slot: Ints
    value: Ints


class _Told(NamedTuple):
    """One reading."""

    at: float
    total: int
    slot: int


class _Counter:
    """The last readings of one counter, by row. A line is a ring of them, in order of time."""

    def __init__(self, resets: bool) -> None:
        self._resets = resets
        self._line = np.full(16, -1)  # of each row
        self._free: list[int] = []
        self._at = np.zeros((0, MOST))
        self._total = np.zeros((0, MOST), np.int64)
        self._slot = np.zeros((0, MOST), np.int64)
        self._came = np.zeros(0, np.int64)  # readings of each line so far

    def __len__(self) -> int:
        return len(self._came) - len(self._free)

    def told(self, readings: Readings) -> Risen:
        if compiled is not None:
            return self._in_turn(readings)
        lines, known = self._lines(readings.row)
        risen, late = self._in_order(readings, lines, known)
        if not len(late):
            return risen
        parted = [
            (index, *rise)
            for index in late.tolist()
            for rise in self._late(
                int(lines[index]),
                _Told(
                    float(readings.at[index]),
                    int(readings.total[index]),
                    int(readings.slot[index]),
                ),
            )
        ]
        columns = np.array(parted, np.int64).reshape(-1, 3).T
        return Risen(*(np.concatenate(pair) for pair in zip(risen, columns, strict=True)))

    def _in_turn(self, readings: Readings) -> Risen:
        """A reading after the other, compiled."""
        found = np.empty((3, 3 * len(readings.row)), np.int64)
        made = -1
        while made < 0:
            assert compiled is not None
            made = compiled.told(
                self._line, *readings, self._at, self._total, self._slot, self._came,
                self._resets, found,
            )  # fmt: skip
            if made < 0:
                self._lines(readings.row)
        return Risen(*found[:, :made])

    def _lines(self, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """The line of each row, begun where it is new; and where it is not."""
        more = int(rows.max(initial=-1)) + 1 - len(self._line)
        if more > 0:
            self._line = np.pad(self._line, (0, max(more, len(self._line))), constant_values=-1)
        lines = self._line[rows]
        known = lines >= 0
        if not known.all():
            for row in np.unique(rows[~known]).tolist():
                if not self._free:
                    self._grow()
                self._line[row] = line = self._free.pop()
                self._came[line] = 0
            lines = self._line[rows]
        return lines, known

    def _grow(self) -> None:
        lines = len(self._came)
        more = max(16, lines)
        for name in ("_at", "_total", "_slot"):
            setattr(self, name, np.pad(getattr(self, name), ((0, more), (0, 0))))
        self._came = np.pad(self._came, (0, more))
        self._free = list(range(lines + more - 1, lines - 1, -1))

    def _in_order(
        self, readings: Readings, lines: Ints, known: NDArray[np.bool_]
    ) -> tuple[Risen, Ints]:
        """Take those that are not older than what is known; which are."""
        order = np.lexsort((readings.at, readings.row))
        newest = self._at[lines, (self._came[lines] - 1) % MOST]
        late = (known & (readings.at < newest))[order]
        return self._sorted(readings, lines, order[~late]), order[late]

    def _sorted(self, readings: Readings, lines: Ints, order: Ints) -> Risen:
        """Readings by row and time, none of them older than what is known."""
        line, at, total, slot = (each[order] for each in (lines, *readings[1:]))
        same = line[1:] == line[:-1]  # as the one before it
        first, last = np.ones(len(line), bool), np.ones(len(line), bool)
        first[1:], last[:-1] = ~same, ~same
        came = self._came[line]
        before = self._total[line, (came - 1) % MOST]
        before[1:][same] = total[:-1][same]
        unknown = first & (came == 0)
        grew = total - np.where(unknown, 0, before)
        grew = np.where(grew < 0, total if self._resets else 0, grew)
        begins = np.flatnonzero(first)
        number = np.arange(len(line)) - np.repeat(begins, np.diff(begins, append=len(line)))
        place = (came + number) % MOST
        self._at[line, place], self._total[line, place] = at, total
        self._slot[line, place] = slot
        self._came[line[last]] += number[last] + 1
        rose = grew != 0
        return Risen(order[rose], np.where(unknown, NO_SLOT, slot)[rose], grew[rose])

    def _late(self, line: int, told: _Told) -> list[Rise]:
        came = int(self._came[line])
        held = min(came, MOST)
        ring = np.arange(came - held, came) % MOST
        columns = [each[line, ring].tolist() for each in (self._at, self._total, self._slot)]
        place = bisect(columns[0], told.at)
        if place == 0 and came > held:
            return []  # older than what is remembered: its rise is counted already
        before = _Told(*(column[place - 1] for column in columns)) if place else None
        after = _Told(*(column[place] for column in columns))
        undone_slot, undone = self._rise(before, after)
        rises = [self._rise(before, told), (undone_slot, -undone), self._rise(told, after)]
        came += 1
        held = min(came, MOST)
        ring = np.arange(came - held, came) % MOST
        for name, column, value in zip(("_at", "_total", "_slot"), columns, told, strict=True):
            column.insert(place, value)
            getattr(self, name)[line, ring] = column[-held:]
        self._came[line] = came
        return [rise for rise in rises if rise[1]]

    def _rise(self, before: _Told | None, now: _Told) -> Rise:
        if before is None:
            return NO_SLOT, now.total
        if now.total >= before.total:
            return now.slot, now.total - before.total
        return now.slot, now.total if self._resets else 0

    def forget(self, row: int) -> None:
        if row < len(self._line) and self._line[row] >= 0:
            self._free.append(int(self._line[row]))
            self._line[row] = -1


class Totals:
    """The last totals of counters of rooms (or of products), by counter and row."""

    def __init__(self) -> None:
        self._counters: dict[str, _Counter] = {}

    def told(self, counter: str, readings: Readings, *, resets: bool = True) -> Risen:
        """What totals change in the windows. Of one counter `resets` is always the same."""
        if counter not in self._counters:
            self._counters[counter] = _Counter(resets)
        return self._counters[counter].told(readings)

    def rows(self, counter: str) -> int:
        """How many rows a counter is remembered of."""
        return len(self._counters.get(counter, ()))

    def forget(self, row: int) -> None:
        """A new session: the next totals of a row are first ones."""
        for counter in self._counters.values():
            counter.forget(row)
