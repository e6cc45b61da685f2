"""The contract of an engine: it owns shards, feeds them, and commits what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from monitor.alerts.alert import Alert, Change
from monitor.alerts.record import OwnAlert
from monitor.alerts.routes import RoomTag
from monitor.engines.footing import Footing
from monitor.events import Event
from monitor.intake import Intake
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView


class Engine(Protocol):
    """Drives shards from intakes until it is stopped.

    It MUST commit what a tick brought before anybody is told, and MUST acknowledge a
    frame only after the tick that applied it is committed.
    """

    intakes: list[Intake]

    async def open(self) -> None:
        """Bring up what holds the rooms; before anything else is asked."""
        ...

    async def aclose(self) -> None:
        """End it, whether it ran or not."""
        ...

    async def run(self) -> None:
        """Feed and tick until `stop` is called, then once more, and return."""
        ...

    def stop(self) -> None: ...

    def wake(self) -> None:
        """Frames wait."""
        ...

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None: ...

    def say(self, facts: Sequence[Event], source: str = "console") -> None:
        """Facts that a person or the config tells us; they go the way of every fact."""
        ...

    def expect(self, room: str, until: float) -> None:
        """A broadcast of a room should be under way from now on, until an instant."""
        ...

    def restore(
        self, alerts: Sequence[Alert], episodes: Mapping[str, int], last_at: float | None
    ) -> None:
        """Take up what was open in the process before; see Shard.restore."""
        ...

    async def prepare(self, footing: Footing) -> None:
        """It is put in force next: what takes long is done now, while ticks go on."""
        ...

    async def reload(self, footing: Footing) -> None:
        """Put what was prepared in force, in every shard between the same two ticks."""
        ...

    async def refuse(self, what: OwnAlert, mistakes: Sequence[str]) -> None:
        """A reload was refused: that is an alert, which ends with the next good one."""
        ...

    def alerts(self) -> Sequence[Alert]:
        """Open and pending alerts; `quiet` says why nobody is told of one."""
        ...

    def rooms(self) -> Sequence[RoomView]:
        """Every room, as of the last tick."""
        ...

    def detail(self, room: str) -> RoomDetail | None:
        """One room, for who looks at it again and again: as of the last tick, once asked for."""
        ...

    async def look(self, room: str) -> RoomDetail | None:
        """One room as it is now."""
        ...

    def describe(self, room: str) -> RoomTag:
        """What routes and mutes look at, as of the last tick."""
        ...

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        """Why a rule says what it says there; or why nobody can tell."""
        ...

    def figures(self) -> dict[str, Any]:
        """Counters for health and metrics."""
        ...
