"""Counters told as totals: what they rose by, whatever the order they are told in.

    told       100 ──── 104 ──────── 110          at 10 s, 12 s, 15 s
    rises      (100)      4            6          in the slots of 12 s and 15 s

A reading that comes late parts the rise that was counted for its two neighbours: 110 is
told before 104, so 10 were counted at 15 s; then 104 comes, 4 of them move to 12 s. The
first total of a room may have been reached long ago: it has no second of its own. A
total that falls was reset (a reconnect) and counts from 0, or was corrected, by `resets`.
"""

from __future__ import annotations

from bisect import bisect

from monitor.signals.windows import NO_SLOT

MOST = 128  # readings remembered of one counter
TRIMMED = 32  # readings that come before the old ones are looked for

# Plain tuples: a busy market tells a total ten thousand times a second.
Told = tuple[float, int, int]  # when it was so, the total, the slot its rise counts in
Rise = tuple[int, int]  # the slot, and what to add there (perhaps negative)

_NO_RISE: list[Rise] = []


class Totals:
    """The last totals of counters of rooms (or of products), by counter and row.

    A line holds the readings that a late one may fall between, and the one before them.
    """

    def __init__(self, lateness_s: float) -> None:
        self._lateness_s = lateness_s
        self._lines: dict[str, dict[int, list[Told]]] = {}
        self._trimmed: set[tuple[str, int]] = set()  # lines whose first readings are gone

    def told(self, counter: str, row: int, told: Told, resets: bool = True) -> list[Rise]:
        """What a total changes in the windows."""
        lines = self._lines.get(counter)
        if lines is None:
            lines = self._lines[counter] = {}
        line = lines.get(row)
        if line is None:
            lines[row] = [told]
            return [(NO_SLOT, told[1])] if told[1] else _NO_RISE
        last = line[-1]
        if told[0] < last[0]:
            return self._late((counter, row), line, told, resets)
        line.append(told)  # as nearly all of them come
        if not len(line) % TRIMMED:
            self._trim((counter, row), line)
        grew = told[1] - last[1]
        if grew < 0:
            grew = told[1] if resets else 0
        return [(told[2], grew)] if grew else _NO_RISE

    def _late(self, key: tuple[str, int], line: list[Told], told: Told, resets: bool) -> list[Rise]:
        place = bisect(line, told[0], key=lambda reading: reading[0])
        if place == 0 and key in self._trimmed:
            return _NO_RISE  # older than what is remembered: its rise is counted already
        before = line[place - 1] if place else None
        after = line[place]
        undone_slot, undone = _rise(before, after, resets)
        rises = [
            _rise(before, told, resets),
            (undone_slot, -undone),
            _rise(told, after, resets),
        ]
        line.insert(place, told)
        self._trim(key, line)
        return [rise for rise in rises if rise[1]]

    def _trim(self, key: tuple[str, int], line: list[Told]) -> None:
        """Keep what is not older than the lateness, the one before it, and `MOST` at most."""
        oldest = line[-1][0] - self._lateness_s
        gone = max(bisect(line, oldest, key=lambda reading: reading[0]) - 1, len(line) - MOST, 0)
        if gone:
            del line[:gone]
            self._trimmed.add(key)

    def forget(self, row: int) -> None:
        """A new session: the next totals of a row are first ones."""
        for counter, lines in self._lines.items():
            lines.pop(row, None)
            self._trimmed.discard((counter, row))


def _rise(before: Told | None, now: Told, resets: bool) -> Rise:
    if before is None:
        return NO_SLOT, now[1]
    if now[1] >= before[1]:
        return now[2], now[1] - before[1]
    return now[2], now[1] if resets else 0
