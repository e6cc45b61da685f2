"""Counters told as totals: what they rose by, whatever the order they are told in.

    told       100 ──── 104 ──────── 110          at 10 s, 12 s, 15 s
    rises      (100)      4            6          in the slots of 12 s and 15 s

A reading that comes late parts the rise that was counted for its two neighbours: 110 is
told before 104, so 10 were counted at 15 s; then 104 comes, 4 of them move to 12 s. The
first total of a room may have been reached long ago: it has no second of its own. A
total that falls was reset (a reconnect) and counts from 0, or was corrected, by `resets`.

Nearly all readings come in their order: those are differences of arrays. A late one is
looked up in its line, which holds the readings that a late one may fall between.
"""

from __future__ import annotations

from bisect import bisect
from typing import NamedTuple

import numpy as np

from monitor.signals.rooms import Floats
from monitor.signals.windows import NO_SLOT, Ints

MOST = 128  # readings remembered of one row
TRIMMED = 2 * MOST  # of one row, before the old ones are looked for

Told = tuple[float, int, int]  # when it was so, the total, the slot its rise counts in
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


class _Counter:
    """The last readings of one counter, by row."""

    def __init__(self, lateness_s: float, resets: bool) -> None:
        self._lateness_s = lateness_s
        self._resets = resets
        self._lines: dict[int, list[Told]] = {}
        self._trimmed: set[int] = set()  # rows whose first readings are gone
        self._at = np.full(16, np.nan)  # when the newest one was so; NaN: there is none
        self._total = np.zeros(16, np.int64)

    def __len__(self) -> int:
        return len(self._lines)

    def told(self, readings: Readings) -> Risen:
        more = int(readings.row.max(initial=-1)) + 1 - len(self._at)
        if more > 0:
            more = max(more, len(self._at))
            self._at = np.pad(self._at, (0, more), constant_values=np.nan)
            self._total = np.pad(self._total, (0, more))
        order = np.lexsort((readings.at, readings.row))
        late = readings.at[order] < self._at[readings.row[order]]
        if not late.any():
            return self._in_order(readings, order)
        risen = self._in_order(readings, order[~late])
        parted = [
            (index, *rise)
            for index in order[late].tolist()
            for rise in self._late(
                int(readings.row[index]),
                (float(readings.at[index]), int(readings.total[index]), int(readings.slot[index])),
            )
        ]
        columns = np.array(parted, np.int64).reshape(-1, 3).T
        return Risen(*(np.concatenate(pair) for pair in zip(risen, columns, strict=True)))

    def _in_order(self, readings: Readings, order: Ints) -> Risen:
        """Readings by row and time, none of them older than what is known."""
        row, at, total, slot = (column[order] for column in readings)
        same = row[1:] == row[:-1]  # as the one before it
        first, last = np.ones(len(row), bool), np.ones(len(row), bool)
        first[1:], last[:-1] = ~same, ~same
        before = np.where(first, self._total[row], np.roll(total, 1))
        unknown = first & np.isnan(self._at[row])
        grew = total - np.where(unknown, 0, before)
        grew = np.where(grew < 0, total if self._resets else 0, grew)
        self._at[row[last]], self._total[row[last]] = at[last], total[last]
        lines = self._lines
        told = zip(at.tolist(), total.tolist(), slot.tolist(), strict=True)
        for one, reading in zip(row.tolist(), told, strict=True):
            line = lines.get(one)
            if line is None:
                line = lines[one] = []
            line.append(reading)
            if len(line) > TRIMMED:
                self._trim(one, line)
        rose = grew != 0
        return Risen(order[rose], np.where(unknown, NO_SLOT, slot)[rose], grew[rose])

    def _late(self, row: int, told: Told) -> list[Rise]:
        line = self._lines[row]
        place = bisect(line, told[0], key=lambda reading: reading[0])
        if place == 0 and row in self._trimmed:
            return []  # older than what is remembered: its rise is counted already
        before = line[place - 1] if place else None
        after = line[place]
        undone_slot, undone = self._rise(before, after)
        rises = [self._rise(before, told), (undone_slot, -undone), self._rise(told, after)]
        line.insert(place, told)
        self._trim(row, line)
        return [rise for rise in rises if rise[1]]

    def _rise(self, before: Told | None, now: Told) -> Rise:
        if before is None:
            return NO_SLOT, now[1]
        if now[1] >= before[1]:
            return now[2], now[1] - before[1]
        return now[2], now[1] if self._resets else 0

    def _trim(self, row: int, line: list[Told]) -> None:
        """Keep what is not older than the lateness, the one before it, and `MOST` at most."""
        oldest = line[-1][0] - self._lateness_s
        gone = max(bisect(line, oldest, key=lambda reading: reading[0]) - 1, len(line) - MOST, 0)
        if gone:
            del line[:gone]
            self._trimmed.add(row)

    def forget(self, row: int) -> None:
        self._lines.pop(row, None)
        self._trimmed.discard(row)
        if row < len(self._at):
            self._at[row] = np.nan


class Totals:
    """The last totals of counters of rooms (or of products), by counter and row."""

    def __init__(self, lateness_s: float) -> None:
        self._lateness_s = lateness_s
        self._counters: dict[str, _Counter] = {}

    def told(self, counter: str, readings: Readings, *, resets: bool = True) -> Risen:
        """What totals change in the windows. Of one counter `resets` is always the same."""
        if counter not in self._counters:
            self._counters[counter] = _Counter(self._lateness_s, resets)
        return self._counters[counter].told(readings)

    def rows(self, counter: str) -> int:
        """How many rows a counter is remembered of."""
        return len(self._counters.get(counter, ()))

    def forget(self, row: int) -> None:
        """A new session: the next totals of a row are first ones."""
        for counter in self._counters.values():
            counter.forget(row)
