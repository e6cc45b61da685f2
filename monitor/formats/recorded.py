"""Our own recordings: what one source was heard to say at one moment, as one line.

    {"received_at":1795370003.2,"source":"tools","events":[{"type":"comment", …}],"heard":[]}

Everything a Batch holds, so that what is played again is what was taken, late facts and
silences included. One line, an array, or JSON Lines.
"""

from __future__ import annotations

import msgspec
from msgspec import Raw, Struct

from monitor.events import Event, Instant, Name
from monitor.formats.format import Part, Read, Refused
from monitor.formats.native import type_of
from monitor.formats.reasons import MISTAKES, snippet, why
from monitor.formats.wire import Typed, apart
from monitor.frames import Batch, Frame


class Line(Struct, kw_only=True, omit_defaults=True):
    """One line of a recording."""

    received_at: Instant
    source: Name | None = None
    events: list[Event] = []
    heard: list[Name] = []


class _Loose(Struct):
    """A line whose facts are read one by one, because one of them is wrong."""

    received_at: Instant
    source: Name | None = None
    events: list[Raw] = []
    heard: list[Name] = []


_LOOSE = msgspec.json.Decoder(_Loose)
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_encode = msgspec.json.Encoder().encode


class Recorded:
    """Reads recordings. Needs no configured room: every fact names its own."""

    def __init__(self) -> None:
        self._lines: Typed[Line] = Typed(Line)

    def read(self, frame: Frame, room: str | None) -> Read:
        lines = self._lines.every(frame.data)
        if lines is not None:
            return Read(parts=[_part(line) for line in lines])
        found = Read()

        def one(item: bytes) -> Line:
            try:
                return self._lines.one(item)
            except msgspec.ValidationError:
                return _loosely(item, found)

        lines, indexes, refused = apart(frame.data, one, lambda item: None)
        for line, index in zip(lines, indexes, strict=True):
            part = _part(line)
            part.indexes = [index] * len(part.events)
            found.parts.append(part)
        found.refused += refused
        return found


def _part(line: Line) -> Part:
    return Part(
        events=line.events, source=line.source, received_at=line.received_at, heard=line.heard
    )


def _loosely(item: bytes, found: Read) -> Line:
    """The line without the facts in it that can not be read, which are counted."""
    loose = _LOOSE.decode(item)
    line = Line(received_at=loose.received_at, source=loose.source, heard=loose.heard)
    for raw in loose.events:
        text = bytes(raw)
        try:
            line.events.append(_EVENT.decode(text))
        except MISTAKES as error:
            reason = why(error, text)
            if reason == "unknown type":
                found.unknown.append(type_of(text))
            found.refused.append(Refused(None, reason, snippet(text)))
    return line


def line_of(batch: Batch) -> bytes:
    """A batch as one line, with its end."""
    return _encode(
        Line(
            received_at=batch.received_at,
            source=batch.source or None,
            events=list(batch.events),
            heard=list(batch.heard),
        )
    ) + b"\n"  # fmt: skip
