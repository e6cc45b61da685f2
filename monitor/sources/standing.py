"""Keeps a source's health, and logs when it changes: once, then at most once a minute."""

from __future__ import annotations

import structlog

from monitor.clock import Clock
from monitor.frames import Frame
from monitor.sources.source import SourceHealth, State

AGAIN_S = 60.0  # the same trouble is told again after this long

log = structlog.get_logger()


class Standing:
    """How one source stands. `since` is when it last connected, by the daemon's clock."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.health = SourceHealth()
        self.since = clock.now()
        self._name = name
        self._clock = clock
        self._told_at = float("-inf")
        self._untold = 0

    def connected(self, detail: str = "") -> None:
        self.health.connects += 1
        self.since = self._clock.now()
        self._become("connected", detail)

    def degraded(self, detail: str) -> None:
        self._become("degraded", detail)

    def refused(self, detail: str) -> None:
        self.health.refused += 1
        self._become("refused", detail)

    def finished(self) -> None:
        self._become("finished", "")

    def stopped(self) -> None:
        """Its frames were closed; what it was told last stays readable."""
        if self.health.state == "connected":
            self.health.state, self.health.detail = "starting", "stopped"

    def took(self, frame: Frame) -> None:
        health = self.health
        health.frames += 1
        health.bytes += len(frame.data)
        health.last_frame_at = frame.received_at

    def stood_s(self) -> float:
        """Seconds since it connected; 0 where it did not."""
        return self._clock.now() - self.since if self.health.state == "connected" else 0.0

    def _become(self, state: State, detail: str) -> None:
        changed = state != self.health.state
        self.health.state, self.health.detail = state, detail
        now = self._clock.now()
        if not changed and now - self._told_at < AGAIN_S:
            self._untold += 1
            return
        tell = log.info if state in ("connected", "finished") else log.warning
        tell("source state", source=self._name, state=state, detail=detail, untold=self._untold)
        self._told_at, self._untold = now, 0
