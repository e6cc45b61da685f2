"""The contract of a source: a connection that yields frames until it is cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from msgspec import Meta, Struct

from monitor.frames import Frame

LARGEST_PAYLOAD = 256 * 1024  # bytes; the decoder refuses what is larger, unread
LARGEST_MESSAGE = 16 * 1024 * 1024  # bytes; a larger one costs a WebSocket peer its connection

State = Literal["starting", "connected", "degraded", "refused", "finished"]
SourceName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Frames = Annotated[int, Meta(ge=1, le=1_000_000)]
Bytes = Annotated[int, Meta(ge=1024, le=2**31)]


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
    lost: int = 0  # frames the other side threw away before they were read
    refused: int = 0  # connections or requests turned away
    last_frame_at: float | None = None


class SourceSettings(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """What the settings of every source say.

    `room` is for formats whose frames do not name their room; `shop` instead of it for a
    feed of a shop's orders, which find their room by themselves. `rooms` lists the
    rooms the source may speak of; empty means all.
    """

    name: SourceName
    format: str
    room: str | None = None
    shop: str | None = None
    rooms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.room is not None and self.shop is not None:
            raise ValueError("`room` and `shop` can not both be so — write the one it speaks of")

    @property
    def speaks_of(self) -> str | None:
        """The room of what does not name one."""
        return self.room if self.shop is None else f"shop:{self.shop}"

    @property
    def may_name(self) -> frozenset[str] | None:
        """The rooms it may speak of; None for all."""
        own = frozenset(() if self.shop is None else [f"shop:{self.shop}"])
        return frozenset(self.rooms) | own if self.rooms else None


class RetrySettings(SourceSettings, frozen=True, kw_only=True):
    """What the settings of a source that connects by itself say besides."""

    retry_s: Seconds = 0.5  # the shortest wait before another attempt
    retry_most_s: Seconds = 10.0  # the longest
    retry_refused_s: Seconds = 30.0  # after a wrong password and the like


class Source(Protocol):
    """A connection that yields frames until cancelled.

    It MUST reconnect by itself, with jittered backoff. It MUST NOT decode,
    filter or drop: a frame it yields is a frame the platform sent, cut at
    LARGEST_PAYLOAD + 1 bytes; where a bound forces it to shed (a pushing
    WebSocket peer), it counts `health.dropped`. It MUST hold at most its
    configured number of frames and bytes. It raises SourceError only when
    trying again can not help.
    """

    @property
    def name(self) -> str: ...

    @property
    def health(self) -> SourceHealth: ...

    def frames(self) -> AsyncIterator[Frame]:
        """Yield frames for ever, a file until its end.

        MUST release everything when cancelled or closed; close it with
        `contextlib.aclosing`. May be called again once the former has ended.
        """
        ...

    async def acknowledge(self, upto: Any) -> None:
        """Everything yielded up to and with this `Frame.position` is safe.

        MUST be harmless for a position of a connection that is gone, and MUST
        NOT raise because the other side is away.
        """
        ...

    def window(self) -> int | None:
        """How many unacknowledged frames the other side allows; None when it does not count."""
        ...


@runtime_checkable
class AnsweringSource(Protocol):
    """A source whose peer waits to hear what became of its frame (an HTTP request)."""

    def answer(
        self, position: Any, accepted: int, rejected: Sequence[tuple[int | None, str]]
    ) -> None:
        """Tell the peer: facts taken, and (index, reason) of those that were not.

        The index is None where the frame as a whole could not be read.

        MUST be harmless when nobody waits any more.
        """
        ...


def cut(data: bytes) -> bytes:
    """Keep one byte more than the decoder takes: it still counts it as too large."""
    return data if len(data) <= LARGEST_PAYLOAD else data[: LARGEST_PAYLOAD + 1]
