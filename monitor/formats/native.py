"""The flat native form: a fact of events.py as one JSON object, for producers in a hurry.

    {"type":"comment","room":"dy-8801","id":"7412","at":1795370000.2,"user":"u81","text":"几号链接"}

One object, an array, or JSON Lines. Unknown fields are ignored.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from monitor.events import Event
from monitor.formats import scanner
from monitor.formats.format import Part, Read
from monitor.formats.reasons import MISTAKES
from monitor.formats.wire import Typed, apart
from monitor.frames import Frame


class _Type(Struct):
    type: str = "?"


_TYPE = msgspec.json.Decoder(_Type)


def type_of(item: bytes) -> str:
    """What an object says its type is; `?` if it does not."""
    try:
        return _TYPE.decode(item).type
    except MISTAKES:
        return "?"


class Native:
    """Reads the flat native form. Needs no configured room: every fact names its own."""

    def __init__(self) -> None:
        self._events: Typed[Event] = Typed(Event)
        self.scan = scanner.native(self._events.one)

    def forget(self, rooms: int) -> None:
        self.scan.forget(rooms)

    def read(self, frame: Frame, room: str | None) -> Read:
        scanned = self.scan(frame.data)
        if scanned is not None:
            return Read(parts=[Part(events=scanned)])
        events = self._events.every(frame.data)
        if events is not None:
            return Read(parts=[Part(events=events)])
        unknown: list[str] = []
        events, indexes, refused = apart(
            frame.data, self._events.one, lambda item: unknown.append(type_of(item))
        )
        return Read(parts=[Part(events=events, indexes=indexes)], refused=refused, unknown=unknown)
