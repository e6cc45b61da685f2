"""What the console asks of whoever runs it: the daemon, or a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from monitor.alerts.alert import Alert, Change, Notice
from monitor.alerts.mutes import Mute
from monitor.alerts.oncall import Duty
from monitor.alerts.policies import Standing
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView
from monitor.storage.audit import Deed

SegmentName = Literal["hook", "push", "benefit", "other"]


class View(Protocol):
    """What a feed shows: rooms and alerts, of now or of a recording.

    All that is not `async` MUST return at once, from memory.
    """

    def now(self) -> float: ...

    @property
    def timezone(self) -> str:
        """Where the rooms are, by its IANA name: times on the pages are told in it."""
        ...

    def rooms(self) -> Sequence[RoomView]:
        """Every room known, in a fixed order."""
        ...

    def detail(self, room: str) -> RoomDetail | None:
        """One room in full; None for one that was never heard of."""
        ...

    def alerts(self) -> Sequence[Alert]:
        """Alerts that are firing or recovering, acknowledged or not; worst first."""
        ...

    async def history(self, limit: int, text: str = "") -> list[Change]:
        """The latest changes, newest first; with `text`, those that say it."""
        ...


class Desk(View, Protocol):
    """Everything the pages show and do.

    Whatever changes something MUST put it on record with who did it. The daemon calls
    `Feed.told(changes)` for each batch of changes as soon as it is committed.
    """

    def health(self) -> dict[str, Any]:
        """Sources, queues, ticks, channels: plain values ready for JSON."""
        ...

    async def look(self, room: str) -> RoomDetail | None:
        """One room in full, as it is now; None for one that was never heard of."""
        ...

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        """Why a rule says what it says of a room or a product; or why nobody can tell."""
        ...

    def on_call(self) -> tuple[Sequence[Duty], Sequence[Standing]]:
        """Every shift, those that are on first; and the alerts that nobody acknowledges, with
        how far they have come."""
        ...

    def mutes(self) -> Sequence[Mute]:
        """Mutes in force."""
        ...

    async def deeds(self, limit: int) -> list[Deed]:
        """What people did, newest first."""
        ...

    async def dead(self, limit: int) -> list[tuple[Notice, str]]:
        """The last notices that nobody got, each with why."""
        ...

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        """Acknowledge an open alert and have it on record.

        Returns None where there is no such open episode. The first one wins: a second
        acknowledgement returns the first one's Change again.
        """
        ...

    def cue(self, room: str, segment: SegmentName, by: str) -> None:
        """The host is in this segment from now on."""
        ...

    def mark(self, room: str, text: str, by: str) -> None:
        """Note something on the room's time axis."""
        ...

    def mute(self, wanted: Mute, seconds: float) -> Mute:
        """Tell nobody of what it names for so long; its name and its times are made here."""
        ...

    def note(self, by: str, did: str, about: str) -> None:
        """Put on record what somebody did that is about no room: `revoked` a session."""
        ...

    def unmute(self, name: str, by: str) -> bool:
        """End a mute; False where there is none of that name."""
        ...
