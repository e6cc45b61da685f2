"""Where the host is in the golden structure: hook, push, benefit, each with its limit.

    (nothing) ─ hook ≤ 15 s ─ push ≤ 180 s ─ benefit ≤ 300 s ─ hook …

A cue is a fact of state: the newest one says where the host is. What came before it
and when it began are kept, so the rules can tell an overrun by the time alone, with no
further event, and a skipped or misplaced step by the pair (before, now). A new cycle
begins with each hook.
"""

from __future__ import annotations

import numpy as np

from monitor.events import Segment
from monitor.signals.rooms import NAN

CODES = {"other": 0.0, "hook": 1.0, "push": 2.0, "benefit": 3.0}
NAMES = {code: name for name, code in CODES.items()}
LIMITS_S = {"hook": 15.0, "push": 180.0, "benefit": 300.0}  # DOMAIN.md §3
STATE = (
    "segment", "segment_before", "segment_at", "cycle", "inferred", "hook_at", "price_drop_at",
)  # fmt: skip


class Segments:
    """Columns of rooms, shaped (capacity,); unknown is NaN."""

    def __init__(self, rows: int = 16) -> None:
        self.columns = {name: np.full(rows, NAN) for name in STATE}

    def grow(self, rows: int) -> None:
        old = len(self.columns["segment"])
        if rows > old:
            more = np.full(max(rows, 2 * old) - old, NAN)
            self.columns = {
                name: np.concatenate([column, more]) for name, column in self.columns.items()
            }

    def cue(self, row: int, fact: Segment) -> None:
        """The host is in `fact.segment` since `fact.at`."""
        columns = self.columns
        if fact.at < columns["segment_at"][row]:
            return
        code = CODES[fact.segment]
        if code == columns["segment"][row] and fact.segment != "hook":
            return  # said again: it goes on, its clock too
        columns["segment_before"][row] = columns["segment"][row]
        columns["segment"][row] = code
        columns["segment_at"][row] = fact.at
        columns["inferred"][row] = float(fact.inferred)
        if fact.segment == "hook":
            columns["hook_at"][row] = fact.at
            before = columns["cycle"][row]
            columns["cycle"][row] = 1.0 if np.isnan(before) else before + 1.0
        if fact.cycle is not None:
            columns["cycle"][row] = fact.cycle

    def price_fell(self, row: int, at: float) -> None:
        column = self.columns["price_drop_at"]
        column[row] = np.fmax(column[row], at)

    def forget(self, row: int) -> None:
        """No broadcast, no segment."""
        for column in self.columns.values():
            column[row] = NAN
