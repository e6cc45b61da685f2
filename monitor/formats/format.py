"""The contract of a format, and what it gives back.

A format is a leaf: it knows one platform's frames and nothing else. `Decoder`
(the machine, in decoder.py) drives it, checks rooms, counts what can not be read
and never raises.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from msgspec import Struct, field

from monitor.frames import Frame
from monitor.scanned import Facts


class Refused(Struct, frozen=True):
    """One item that can not be read.

    `index` counts the items of the frame from 0; None when the frame as a whole
    can not be read. `reason` is one of a fixed set of phrases, to count by.
    `snippet` is a piece of what was sent, safe to print.
    """

    index: int | None
    reason: str
    snippet: str = ""


class Part(Struct):
    """Facts of a frame that belong together.

    `source` scopes their ids where the frame itself names it (CloudEvents).
    `received_at` is the receive time a recording kept; None: the frame's own.
    `heard` names rooms that were heard from without a fact. `indexes` holds the
    item number of each event; None when they are simply 0, 1, 2 …
    """

    events: Facts = field(default_factory=list)
    source: str | None = None
    received_at: float | None = None
    heard: list[str] = field(default_factory=list)
    indexes: list[int] | None = None


class Read(Struct):
    """What one frame said. `unknown` names the types it holds that we do not know."""

    parts: list[Part] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Format(Protocol):
    """Turns one frame into facts.

    `room` is the configured room, for platforms whose frames do not name theirs.

    It MUST return every fact the frame holds, in the frame's order, each within
    the bounds of its Struct. It MUST take a single item, a JSON array and JSON
    Lines. One bad item MUST NOT take the others down. It MUST raise nothing but
    FrameError, and that only for a frame that can not be read as a whole. Its
    memory MUST be bounded.
    """

    def read(self, frame: Frame, room: str | None) -> Read:
        """What `frame` says."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """A format that keeps names of rooms, to read them faster."""

    def forget(self, rooms: int) -> None:
        """So many rooms are heard of no more: their names are not to be kept for ever."""
        ...
