"""Keeps a channel that fails all the time from being asked all the time.

closed      every failure counts; `FAILURES` in a row open it
open        nothing is sent until `probe_at`
half open   one notice is tried: it closes the breaker, or opens it for twice as long
"""

from __future__ import annotations

from typing import Literal

FAILURES = 5
OPEN_S = 15.0
LONGEST_S = 60.0  # a live room can not wait longer to hear that a channel is back

State = Literal["closed", "open", "half_open"]


class Breaker:
    """A channel's breaker. It is told the time."""

    def __init__(self) -> None:
        self._failures = 0
        self._open_s = OPEN_S
        self._probe_at: float | None = None

    def state(self, now: float) -> State:
        if self._probe_at is None:
            return "closed"
        return "open" if now < self._probe_at else "half_open"

    def ready_at(self) -> float:
        """When something may be sent; the past while it is not open."""
        return self._probe_at or 0.0

    def succeeded(self) -> None:
        self._failures = 0
        self._open_s = OPEN_S
        self._probe_at = None

    def failed(self, now: float) -> bool:
        """Count a failure; return whether it opened the breaker."""
        self._failures += 1
        if self._probe_at is not None:
            self._open_s = min(2 * self._open_s, LONGEST_S)
        elif self._failures < FAILURES:
            return False
        self._probe_at = now + self._open_s
        return True
