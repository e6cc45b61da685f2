"""Where the host is in the golden structure: hook, push, benefit, each with its limit.

    (nothing) ─ hook ≤ 15 s ─ push ≤ 180 s ─ benefit ≤ 300 s ─ hook …

A cue says where the host is from its `at` on. The newest ones are kept in the order in
which they were so, and folded again when one comes late, so the order of arrival does
not matter. What came before the present segment and when it began are kept, so the rules
can tell an overrun by the time alone, with no further event, and a skipped or misplaced
step by the pair (before, now). A new cycle begins with each hook.
"""

from __future__ import annotations

from bisect import insort
from typing import NamedTuple

import numpy as np

from monitor.events import Segment
from monitor.signals.rooms import NAN, Floats

CODES = {"other": 0.0, "hook": 1.0, "push": 2.0, "benefit": 3.0}
NAMES = {code: name for name, code in CODES.items()}
LIMITS_S = {"hook": 15.0, "push": 180.0, "benefit": 300.0}  # DOMAIN.md §3
REMEMBERED = 32  # cues that a late one may come before


class Place(NamedTuple):
    """Where the host is; each field is a column."""

    segment: float = NAN
    segment_before: float = NAN
    segment_at: float = NAN
    cycle: float = NAN
    inferred: float = NAN
    hook_at: float = NAN


def after(place: Place, cue: Segment) -> Place:
    """Where the host is after a cue that is not older than the last one."""
    code = CODES[cue.segment]
    if code == place.segment and cue.segment != "hook":
        return place  # said again: it goes on, its clock too
    cycle, hook_at = place.cycle, place.hook_at
    if cue.segment == "hook":
        hook_at = cue.at
        cycle = 1.0 if np.isnan(cycle) else cycle + 1.0
    if cue.cycle is not None:
        cycle = float(cue.cycle)
    return Place(code, place.segment, cue.at, cycle, float(cue.inferred), hook_at)


class Segments:
    """Columns of rooms, shaped (capacity,); unknown is NaN."""

    def __init__(self, rows: int = 16) -> None:
        self.columns: dict[str, Floats] = {
            name: np.full(rows, NAN) for name in (*Place._fields, "price_drop_at")
        }
        self._places: dict[int, Place] = {}  # before the cues that are remembered
        self._cues: dict[int, list[Segment]] = {}

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        old = len(self.columns["segment"])
        if rows > old:
            more = np.full(max(rows, 2 * old) - old, NAN)
            self.columns = {
                name: np.concatenate([column, more]) for name, column in self.columns.items()
            }

    def cue(self, row: int, fact: Segment) -> None:
        """The host is in `fact.segment` since `fact.at`."""
        place = self._places.get(row, Place())
        if fact.at < place.segment_at:
            return
        cues = self._cues.setdefault(row, [])
        insort(cues, fact, key=lambda cue: cue.at)
        if len(cues) > REMEMBERED:
            place = self._places[row] = after(place, cues.pop(0))
        for cue in cues:
            place = after(place, cue)
        for name, value in place._asdict().items():
            self.columns[name][row] = value

    def price_fell(self, row: int, at: float) -> None:
        """A price of the room fell at `at`."""
        column = self.columns["price_drop_at"]
        column[row] = np.fmax(column[row], at)

    def forget(self, row: int) -> None:
        """No broadcast, no segment."""
        self._places.pop(row, None)
        self._cues.pop(row, None)
        for column in self.columns.values():
            column[row] = NAN
