"""The only module that reads the time.

`now` is UTC epoch seconds made monotonic: the loop's steady clock plus an offset
to wall time that slews by at most `SLEW` a second and never jumps, so a stepped
wall clock (an NTP correction, a wrong admin) neither freezes rules nor floods
people with alerts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

SLEW = 0.005  # seconds of correction a second: 10 minutes of error are gone in 33 hours


class Clock(Protocol):
    """Tells the time. `now` MUST NOT go backwards.

    `speed` is how many of its seconds pass in one second of waiting.
    """

    speed: float

    def now(self) -> float:
        """Epoch seconds, UTC."""
        ...


class SystemClock:
    """The daemon's clock. `wall` and `running` are the system's two, in seconds."""

    speed = 1.0

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        running: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._running = running
        self._ran = running()
        self._now = wall()

    def now(self) -> float:
        ran = self._running()
        elapsed = ran - self._ran
        self._ran = ran
        error = self._wall() - (self._now + elapsed)
        bound = SLEW * elapsed
        self._now += elapsed + min(bound, max(-bound, error))
        return self._now


class FastClock:
    """A clock that begins at the wall's time and runs `speed` times as fast: the demo."""

    def __init__(
        self,
        speed: float,
        wall: Callable[[], float] = time.time,
        running: Callable[[], float] = time.monotonic,
    ) -> None:
        assert speed > 0, "time goes forwards"
        self.speed = speed
        self._running = running
        self._began = wall()
        self._ran = running()

    def now(self) -> float:
        return self._began + (self._running() - self._ran) * self.speed


class ManualClock:
    """A clock that stands still until it is told to move: tests and replays."""

    speed = 1.0

    def __init__(self, now: float = 1_795_370_000.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        assert seconds >= 0, "time does not go backwards"
        self._now += seconds

    def set(self, now: float) -> None:
        assert now >= self._now, "time does not go backwards"
        self._now = now


def steady() -> float:
    """Seconds of a steady clock, for measuring how long something took."""
    return time.perf_counter()


def worked() -> float:
    """Seconds that the processor has worked for this thread, for measuring beside others."""
    return time.thread_time()
