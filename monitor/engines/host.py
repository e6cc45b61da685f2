"""What an engine drives: the rooms, in this process or in others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from monitor.alerts.alert import Alert, Change
from monitor.alerts.record import Record
from monitor.alerts.routes import RoomTag
from monitor.engines.footing import Footing
from monitor.frames import Batch
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView


class Host(Protocol):
    """Holds shards. One tick, acknowledgement or reload at a time is asked of it.

    What it was given by `receive` MUST be applied before a tick that is asked for later.
    All that is not `async` MUST return at once, from memory.
    """

    apart: bool  # whether it works while we wait for it

    @property
    def own(self) -> Record:
        """Of alerts that no rule raises."""
        ...

    @property
    def gone(self) -> tuple[str, ...]:
        """The rooms that were given up at the last tick."""
        ...

    @property
    def broken(self) -> Mapping[str, str]:
        """The rules that were switched off because they threw, and where (rules/faults.py)."""
        ...

    async def open(self, wake: Callable[[], None]) -> None:
        """Bring it up. `wake` may be called when it was full and is no more."""
        ...

    async def aclose(self) -> None:
        """End it; what it told stays. Closing it twice is closing it once."""
        ...

    @property
    def full(self) -> bool:
        """Whether so much waits that it MUST be given nothing."""
        ...

    def receive(self, batch: Batch, now: float) -> None: ...

    async def tick(self, now: float) -> list[Change]: ...

    async def acknowledge(
        self, key: str, episode: int, by: str, now: float
    ) -> tuple[Change | None, bool]: ...

    async def prepare(self, footing: Footing) -> None:
        """It is put in force next; ticks go on meanwhile."""
        ...

    async def reload(self, footing: Footing, now: float) -> list[Change]: ...

    def restore(
        self, alerts: Sequence[Alert], episodes: Mapping[str, int], last_at: float | None
    ) -> None: ...

    def expect(self, room: str, at: float, until: float) -> None: ...

    @property
    def pending(self) -> bool:
        """Whether an alert waits to fire."""
        ...

    def alerts(self) -> list[Alert]: ...

    def rooms(self, now: float) -> Sequence[RoomView]: ...

    def detail(self, room: str, now: float) -> RoomDetail | None: ...

    async def look(self, room: str, now: float) -> RoomDetail | None: ...

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str: ...

    def describe(self, room: str) -> RoomTag: ...

    def figures(self, now: float) -> dict[str, Any]:
        """See counting.py; and `faults`, the batches that the core broke on."""
        ...
