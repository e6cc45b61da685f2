"""When an alert that nobody acknowledges is told again: ever more seldom.

    every 60s, factor 2, cap 5m      fired ─ 60 s ─ 2 min ─ 4 min ─ 5 min ─ 5 min …

The plan follows from when it fired alone, so after a restart it goes on as it was.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple


class Plan(NamedTuple):
    """Seconds: the first wait, how many times longer each is than the last, the longest."""

    every_s: float
    factor: float
    cap_s: float


class Reminders:
    """Alerts that are to be told again, by key."""

    def __init__(self) -> None:
        self._waits: dict[str, tuple[float, float, Plan]] = {}  # due, the wait before it, plan
        self._heap: list[tuple[float, str]] = []

    def begin(self, key: str, plan: Plan, fired_at: float, now: float) -> None:
        """An alert fired at `fired_at`; what was due before `now` is left out."""
        due, wait = fired_at + plan.every_s, plan.every_s
        while due <= now:
            wait = min(wait * plan.factor, plan.cap_s)
            due += wait
        self._put(key, due, wait, plan)

    def end(self, key: str) -> None:
        """It is over, or somebody has it."""
        self._waits.pop(key, None)

    def due(self, now: float) -> list[str]:
        """The alerts to be told again now, each with its next time set."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            due, wait, plan = self._waits.get(key, (None, 0.0, None))
            if due != at or plan is None:
                continue  # it ended, or began anew
            found.append(key)
            wait = min(wait * plan.factor, plan.cap_s)
            self._put(key, now + wait, wait, plan)
        return found

    def _put(self, key: str, due: float, wait: float, plan: Plan) -> None:
        self._waits[key] = (due, wait, plan)
        heapq.heappush(self._heap, (due, key))
