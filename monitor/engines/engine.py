"""The contract of an engine: it owns shards, feeds them, and commits what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from monitor.alerts.alert import Alert, Change
from monitor.alerts.record import OwnAlert
from monitor.events import Event
from monitor.intake import Intake
from monitor.rules.compile import RuleSet
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView


class Engine(Protocol):
    """Drives shards from intakes until it is stopped.

    It MUST commit what a tick brought before anybody is told, and MUST acknowledge a
    frame only after the tick that applied it is committed.
    """

    intakes: list[Intake]

    async def run(self) -> None:
        """Feed and tick until `stop` is called, then once more, and return."""
        ...

    def stop(self) -> None: ...

    def wake(self) -> None:
        """Frames wait."""
        ...

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None: ...

    def say(self, fact: Event) -> None:
        """A fact that a person tells us; it goes the way of every fact, from `console`."""
        ...

    def expect(self, room: str, until: float) -> None:
        """A broadcast of a room should be under way from now on, until an instant."""
        ...

    async def reload(self, rules: RuleSet) -> None: ...

    async def refuse(self, what: OwnAlert, mistakes: Sequence[str]) -> None:
        """A reload was refused: that is an alert, which ends with the next good one."""
        ...

    def alerts(self) -> Sequence[Alert]:
        """Open and pending alerts; `quiet` says why nobody is told of one."""
        ...

    def rooms(self) -> Sequence[RoomView]: ...

    def detail(self, room: str) -> RoomDetail | None: ...

    def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        """Why a rule says what it says there; or why nobody can tell."""
        ...

    def figures(self) -> dict[str, Any]:
        """Counters for health and metrics."""
        ...
