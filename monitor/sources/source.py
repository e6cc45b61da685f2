"""The contract of a source: a connection that yields frames until it is cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal, Protocol

from msgspec import Struct

from monitor.frames import Frame

State = Literal["starting", "connected", "degraded", "refused", "finished"]


class SourceHealth(Struct):
    """How a source is, kept up to date by the source itself.

    `state`: starting (never connected yet), connected, degraded (trying again),
    refused (trying again slowly: somebody must act), finished (a file at its end).
    `detail` says why in words without a secret. Counters only ever grow.
    """

    state: State = "starting"
    detail: str = ""
    connects: int = 0
    frames: int = 0
    bytes: int = 0
    dropped: int = 0  # frames shed because a bound was reached
    refused: int = 0  # connections or requests turned away
    last_frame_at: float | None = None


class Source(Protocol):
    """A connection that yields frames until cancelled.

    It MUST reconnect by itself, with jittered backoff. It MUST NOT decode,
    filter or drop: a frame it yields is a frame the platform sent; where a bound
    forces it to shed (a pushing WebSocket peer), it counts `health.dropped`.
    It MUST hold at most its configured number of frames and bytes. It raises
    SourceError only when trying again can not help.
    """

    name: str
    health: SourceHealth

    def frames(self) -> AsyncIterator[Frame]:
        """Yield frames for ever. Called once. MUST release everything when cancelled or closed."""
        ...

    async def acknowledge(self, upto: Any) -> None:
        """Everything yielded up to and with this `Frame.position` is safe.

        MUST be harmless for a position of a connection that is gone.
        """
        ...

    def window(self) -> int | None:
        """How many unacknowledged frames the other side allows; None when it does not count."""
        ...
