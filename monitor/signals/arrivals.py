"""Where viewers come from: arrivals by traffic source, minute by minute.

Told by `traffic` facts or, in rooms without them, by what each arrival says (`via`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

MINUTES = 10
SOURCES = 24  # a room; further ones are one
OTHER = "other"


class SourceShare(Struct, frozen=True):
    """A traffic source: arrivals in the last five minutes, and their share now and before."""

    source: str
    value: int
    share: float
    before: float | None = None


class Arrivals:
    """Counters of the last ten minutes, by room row."""

    def __init__(self) -> None:
        self._told: set[int] = set()  # rooms with `traffic` facts
        self._minutes: dict[int, dict[int, Counter[str]]] = {}

    def came(self, rows: Iterable[int], via: Iterable[str | None], at: float) -> None:
        """Arrivals that say where they came from, of rooms where nobody else does."""
        for row, source in zip(rows, via, strict=True):
            if source is not None and row not in self._told:
                self._add(row, source, 1, at)

    def told(self, row: int, source: str, value: int, at: float) -> None:
        """A `traffic` fact."""
        if row not in self._told:
            self._told.add(row)
            self._minutes.pop(row, None)
        self._add(row, source, value, at)

    def _add(self, row: int, source: str, value: int, at: float) -> None:
        minute = int(at) // 60
        minutes = self._minutes.setdefault(row, {})
        counter = minutes.get(minute)
        if counter is None:
            oldest = max(minute, *minutes) - MINUTES if minutes else minute - MINUTES
            if minute <= oldest:
                return
            for gone in [each for each in minutes if each <= oldest]:
                del minutes[gone]
            counter = minutes[minute] = Counter()
        counter[source if source in counter or len(counter) < SOURCES else OTHER] += value

    def shares(self, row: int, now: float) -> list[SourceShare]:
        """The greatest first; empty where nobody tells."""
        minute = int(now) // 60
        recent: Counter[str] = Counter()
        before: Counter[str] = Counter()
        for when, counter in self._minutes.get(row, {}).items():
            if minute - 5 < when <= minute:
                recent.update(counter)
            elif minute - 10 < when <= minute - 5:
                before.update(counter)
        total, total_before = recent.total(), before.total()
        return [
            SourceShare(
                source,
                value,
                value / total,
                before[source] / total_before if total_before else None,
            )
            for source, value in recent.most_common()
            if total
        ]

    def forget(self, row: int) -> None:
        self._told.discard(row)
        self._minutes.pop(row, None)
