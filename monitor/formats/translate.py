"""What formats that translate a platform's own messages share.

Their facts are made by hand, so each is written out and read back once: nothing
leaves that is not within the bounds of its Struct, and what is refused is refused
for the same reason as on the wire.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct, field

from monitor.events import Event, Fact
from monitor.formats.format import Part, Read
from monitor.formats.wire import apart
from monitor.frames import Frame

EARLIEST, LATEST = 946_684_800, 4_102_444_800  # as `Instant` in events.py
EARLIER_S, LATER_S = 3_600.0, 60.0  # how far from its receipt a recovered time is believed

_WRITE = msgspec.json.Encoder()
_READ: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Message(Struct):
    """What one message of a platform says.

    `room` was heard from even if `facts` is empty. `received_at` is the receive
    time a recording kept, `unknown` the type if it is one that we do not know.
    """

    room: str
    facts: list[Fact] = field(default_factory=list)
    received_at: float | None = None
    unknown: str | None = None


def translate(frame: Frame, one: Callable[[bytes], Message]) -> Read:
    """Every message of `frame`; those received at one time make one part.

    `one` may raise FrameError or an exception of msgspec. Raises FrameError if
    the frame does not fall into messages.
    """
    unknown: list[str] = []

    def checked(item: bytes) -> Message:
        message = one(item)
        message.facts = [_READ.decode(_WRITE.encode(fact)) for fact in message.facts]
        return message

    messages, indexes, refused = apart(frame.data, checked, lambda item: None)
    read = Read(refused=refused, unknown=unknown)
    for message, index in zip(messages, indexes, strict=True):
        if message.unknown is not None:
            unknown.append(message.unknown)
        if not read.parts or read.parts[-1].received_at != message.received_at:
            read.parts.append(Part(received_at=message.received_at, indexes=[]))
        part = read.parts[-1]
        assert part.indexes is not None
        if not message.facts:
            part.heard.append(message.room)
        part.events.extend(message.facts)  # type: ignore[arg-type]  # _READ gave Events back
        part.indexes.extend([index] * len(message.facts))
    return read


def happened(seconds: float | None, received: float) -> tuple[float, str]:
    """(`at`, `at_from`) by the platform's own time; by receipt where it says none that can be."""
    if seconds is None or not EARLIEST <= seconds <= LATEST:
        return received, "received"
    return float(seconds), "platform"


def recovered(snowflake: int, received: float) -> tuple[float, str]:
    """(`at`, `at_from`) by the seconds in the upper half of a snowflake id.

    A streak of gifts repeats its first id and some ids are no snowflakes at all,
    so it is believed only close to the receipt. A recording may not know its receipt
    (`received` is before the year 2000): then the id is all there is.
    """
    seconds = snowflake >> 32
    unknown = received < EARLIEST
    lowest = EARLIEST if unknown else received - EARLIER_S
    highest = LATEST if unknown else received + LATER_S
    if lowest <= seconds <= highest:
        return float(seconds), "recovered"
    return received, "received"
