"""What the pages ask of the daemon (console/desk.py), answered from memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from monitor.alerts.alert import WORST_FIRST, Alert, Change
from monitor.clock import Clock
from monitor.delivery.outbox import Delivery
from monitor.engines.engine import Engine
from monitor.intake import Intake
from monitor.signals.views import RoomView
from monitor.storage.store import Store


class DaemonDesk:
    """Desk, over the parts of a running daemon."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        delivery: Delivery,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._store = store
        self._delivery = delivery
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def rooms(self) -> Sequence[RoomView]:
        return self._engine.rooms()

    def alerts(self) -> Sequence[Alert]:
        """Open alerts but pending ones, worst first, with the reason where nobody is told."""
        return sorted(
            (alert for alert in self._engine.alerts() if alert.state != "pending"),
            key=lambda alert: (WORST_FIRST.index(alert.severity), alert.fired_at or 0.0),
        )

    def degraded(self) -> list[str]:
        """What is not as it should be, in words; empty when all is well."""
        found = [
            f"source {each.name}: {each.source.health.state} {each.source.health.detail}".strip()
            for each in self._engine.intakes
            if each.source.health.state in ("degraded", "refused")
        ]
        found += [
            f"channel {name}: {stats.last_error or 'not reached'}"
            for name, stats in self._delivery.stats().items()
            if stats.breaker != "closed"
        ]
        if self._store.trouble:
            found.append(f"store: {self._store.trouble}")
        return found

    def health(self) -> dict[str, Any]:
        return {
            "degraded": self.degraded(),
            "engine": self._engine.figures(),
            "sources": {each.name: source_figures(each) for each in self._engine.intakes},
            "channels": {
                name: msgspec.to_builtins(stats) for name, stats in self._delivery.stats().items()
            },
            "store": {**self._store.counts(), "trouble": self._store.trouble},
        }

    async def history(self, limit: int) -> list[Change]:
        return await self._store.history(limit)

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        return await self._engine.acknowledge(key, episode, by)


def source_figures(intake: Intake) -> dict[str, Any]:
    """How one source is, ready for JSON."""
    frames, size = intake.waiting
    decoder = intake.decoder
    return {
        **msgspec.to_builtins(intake.source.health),
        "waiting_frames": frames,
        "waiting_bytes": size,
        "crashes": intake.crashes,
        "rejected": dict(decoder.rejected),
        "unknown": dict(decoder.unknown),
    }
