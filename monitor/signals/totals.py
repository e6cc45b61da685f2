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
from typing import NamedTuple

from msgspec import Struct, field

from monitor.signals.windows import NO_SLOT

MOST = 64  # readings remembered of one counter


class Told(NamedTuple):
    """A total, when it was so, and the slot that its rise counts in."""

    at: float
    value: int
    slot: int


class Rise(NamedTuple):
    """`value` (perhaps negative) to add in `slot`."""

    slot: int
    value: int


class _Line(Struct):
    """The readings of one counter that a late one may fall between, and the one before."""

    readings: list[Told] = field(default_factory=list)
    trimmed: bool = False


class Totals:
    """The last totals of counters of rooms, by (room row, counter)."""

    def __init__(self, lateness_s: float) -> None:
        self._lateness_s = lateness_s
        self._lines: dict[tuple[int, str], _Line] = {}

    def told(self, key: tuple[int, str], told: Told, resets: bool = True) -> list[Rise]:
        """What a total changes in the windows."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line()
        readings = line.readings
        if readings and told.at >= readings[-1].at:  # as nearly all of them come
            rise = _rise(readings[-1], told, resets)
            readings.append(told)
            self._trim(line)
            return [rise] if rise.value else []
        place = bisect(readings, told.at, key=lambda reading: reading.at)
        if place == 0 and line.trimmed:
            return []  # older than what is remembered: its rise is counted already
        before = readings[place - 1] if place else None
        rises = [_rise(before, told, resets)]
        if place < len(readings):
            after = readings[place]
            undone = _rise(before, after, resets)
            rises += [Rise(undone.slot, -undone.value), _rise(told, after, resets)]
        readings.insert(place, told)
        self._trim(line)
        return [rise for rise in rises if rise.value]

    def _trim(self, line: _Line) -> None:
        readings = line.readings
        oldest = readings[-1].at - self._lateness_s
        while len(readings) > 1 and (readings[1].at <= oldest or len(readings) > MOST):
            del readings[0]
            line.trimmed = True

    def forget(self, row: int) -> None:
        """A new session: the next totals are first ones."""
        self._lines = {key: line for key, line in self._lines.items() if key[0] != row}


def _rise(before: Told | None, now: Told, resets: bool) -> Rise:
    if before is None:
        return Rise(NO_SLOT, now.value)
    if now.value >= before.value:
        return Rise(now.slot, now.value - before.value)
    return Rise(now.slot, now.value if resets else 0)
