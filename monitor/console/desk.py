"""What the console asks of whoever runs it: the daemon, or a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from monitor.alerts.alert import Alert, Change
from monitor.signals.views import RoomView


class Desk(Protocol):
    """Everything the pages show and do.

    All but `acknowledge` and `history` MUST return at once, from memory. The daemon
    calls `Feed.told(changes)` for each batch of changes as soon as it is committed.
    """

    def now(self) -> float: ...

    def rooms(self) -> Sequence[RoomView]:
        """Every room known, in a fixed order."""
        ...

    def alerts(self) -> Sequence[Alert]:
        """Alerts that are firing or recovering, acknowledged or not; worst first."""
        ...

    def health(self) -> dict[str, Any]:
        """Sources, queues, ticks, channels: plain values ready for JSON."""
        ...

    async def history(self, limit: int) -> list[Change]:
        """The latest changes, newest first."""
        ...

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        """Acknowledge an open alert and have it on record.

        Returns None where there is no such open episode. The first one wins: a second
        acknowledgement returns the first one's Change again.
        """
        ...
