"""CloudEvents 1.0 in JSON: the same facts in the envelope the ecosystem knows.

    {"specversion":"1.0","type":"live.comment.v1","source":"/douyin/anchor-1","subject":"dy-8801",
     "id":"7412","time":"2026-11-22T12:53:20.2Z","data":{"user":"u81","text":"几号链接"}}

One event, a batch (array), or JSON Lines. `subject` is the room, or room/session;
`time` is when it happened, and the receive time where it is missing; the
extensions `timeorigin` (platform, recovered, received) and `recordedtime` (when a
recording got it) are honoured. Equal `source` and `id` are the same fact, so facts
of different sources leave in different parts.

Each fact of events.py gets an envelope type here, made from the fact's own fields,
so both wire forms say the same by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_type_hints

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from monitor.errors import FrameError
from monitor.events import KINDS, Event, Fact, Name, Origin
from monitor.formats import scanner
from monitor.formats.format import Part, Read
from monitor.formats.instants import EARLIEST, instant, instants
from monitor.formats.native import type_of
from monitor.formats.wire import Typed, apart
from monitor.frames import Frame

Time = Annotated[str, Meta(max_length=64, extra_json_schema={"format": "date-time"})]
Subject = Annotated[
    str, Meta(min_length=1, max_length=513, description="the room, or room/session")
]

PLATFORMS = frozenset(
    ("douyin", "taobao", "kuaishou", "tiktok", "bilibili", "xiaohongshu", "wechat")
)
MOST_REMEMBERED = 100_000
Place = tuple[str, str | None]  # room, session


_SOURCE = attrgetter("source")
_TIME = attrgetter("time")
_RECORDED = attrgetter("recordedtime")


class Envelope(Struct, kw_only=True, gc=False):
    """The context attributes we use; the others are ignored, as the standard allows."""

    specversion: Literal["1.0"]
    id: Name
    source: Name
    subject: Subject | None = None
    time: Time | None = None
    timeorigin: Origin = "platform"
    recordedtime: Time | None = None
    data: Any

    if TYPE_CHECKING:

        def fact(self, place: Place, at: float, at_from: str, platform: str | None) -> Event: ...


def own_fields(kind: type[Fact]) -> list[msgspec.structs.FieldInfo]:
    """The fields that a kind of fact has beside the common ones."""
    common = {info.name for info in msgspec.structs.fields(Fact)}
    return [info for info in msgspec.structs.fields(kind) if info.name not in common]


def wire_type(kind: type[Fact]) -> str:
    """What CloudEvents calls a kind of fact."""
    return f"{kind.family}.{kind.__struct_config__.tag}.v1"


def _envelope(kind: type[Fact]) -> type[Envelope]:
    hints = get_type_hints(kind, include_extras=True)
    fields: list[tuple[Any, ...]] = []
    for info in own_fields(kind):
        given = () if info.default is NODEFAULT else (info.default,)
        fields.append((info.name, hints[info.name], *given))
    name = kind.__name__
    data = msgspec.defstruct(
        f"{name}Data", fields, module=__name__, kw_only=True, gc=False,
        namespace={"__doc__": kind.__doc__},
    )  # fmt: skip
    optional = all(len(entry) == 3 for entry in fields)
    return msgspec.defstruct(  # type: ignore[return-value]  # its bases say so
        f"{name}CloudEvent",
        [("data", data, msgspec.field(default_factory=data)) if optional else ("data", data)],
        bases=(Envelope,), module=__name__, tag=wire_type(kind), tag_field="type",
        kw_only=True, gc=False, namespace={"__doc__": kind.__doc__, "fact": _fact(kind)},
    )  # fmt: skip


def _fact(kind: type[Fact]) -> Callable[..., Event]:
    """The method that makes the flat fact of an envelope, written out for this kind.

    It is generated as dataclasses generate __init__: spelling each field costs a
    third of what a loop over names does, and no input ever reaches the text.
    """
    fields = "".join(f", {info.name}=data.{info.name}" for info in own_fields(kind))
    text = (
        "def fact(self, place, at, at_from, platform):\n"
        "    room, session = place\n"
        "    data = self.data\n"
        "    return kind(room=room, at=at, id=self.id, at_from=at_from,"
        f" session=session, platform=platform{fields})\n"
    )
    namespace: dict[str, Any] = {"kind": kind}
    exec(text, namespace)  # noqa: S102  made of our own field names alone
    fact: Callable[..., Event] = namespace["fact"]
    return fact


ENVELOPES: dict[type[Fact], type[Envelope]] = {kind: _envelope(kind) for kind in KINDS.values()}
CloudEvent = Union[tuple(ENVELOPES.values())]  # type: ignore[valid-type]  # noqa: UP007  made at run time


def _platform(source: str) -> str | None:
    platform = source[1:].partition("/")[0] if source[:1] == "/" else None
    return platform if platform in PLATFORMS else None


def _split(subject: str) -> Place:
    """Raises FrameError."""
    name, _, session = subject.partition("/")
    if not name:
        raise FrameError("empty name")
    if len(name) > 256 or len(session) > 256:
        raise FrameError("name too long")
    return name, session or None


def _made(read: Callable[[bytes], Envelope]) -> Callable[[bytes], Event]:
    """Reads one event that says itself where and when it happened."""

    def make(item: bytes) -> Event:
        envelope = read(item)
        if envelope.subject is None or envelope.time is None:
            raise FrameError("missing field")
        at = instant(envelope.time)
        place, platform = _split(envelope.subject), _platform(envelope.source)
        return envelope.fact(place, at, envelope.timeorigin, platform)

    return make


def _when(envelope: Envelope, otherwise: float) -> tuple[float, str]:
    """When it happened and how that is known; `otherwise` where the event does not say."""
    if envelope.time is None:
        if otherwise < EARLIEST:  # a recording that does not know when it was received
            raise FrameError("no time")
        return otherwise, "received"
    return instant(envelope.time), envelope.timeorigin


class CloudEvents:
    """Reads CloudEvents; `room` stands in where an event has no subject."""

    def __init__(self) -> None:
        self._envelopes: Typed[Envelope] = Typed(CloudEvent)
        self._subjects: dict[str | None, Place] = {}
        self.scan = scanner.enveloped(_made(self._envelopes.one), Envelope, wire_type)

    def forget(self, rooms: int) -> None:
        self.scan.forget(rooms)

    def read(self, frame: Frame, room: str | None) -> Read:
        scanned = self.scan(frame.data)
        if scanned is not None:
            return Read(parts=[Part(events=scanned, source=scanned.scans[0].source)])
        envelopes = self._envelopes.every(frame.data)
        if envelopes is not None:
            try:
                return Read(parts=self._parts(envelopes, frame, room))
            except FrameError:
                pass  # one of them has a time or a subject that can not be: find it
        return self._apart(frame, room)

    def _parts(self, envelopes: list[Envelope], frame: Frame, room: str | None) -> list[Part]:
        sources = set(map(_SOURCE, envelopes))
        recorded_at = set(map(_RECORDED, envelopes))
        if len(sources) == len(recorded_at) == 1:
            return [self._part(envelopes, sources.pop(), recorded_at.pop(), frame, room)]
        parts: dict[tuple[str, str | None], tuple[list[Envelope], list[int]]] = {}
        for index, envelope in enumerate(envelopes):
            members, indexes = parts.setdefault((envelope.source, envelope.recordedtime), ([], []))
            members.append(envelope)
            indexes.append(index)
        found = []
        for (source, recorded), (members, indexes) in parts.items():
            part = self._part(members, source, recorded, frame, room)
            part.indexes = indexes
            found.append(part)
        return found

    def _part(
        self,
        envelopes: Sequence[Envelope],
        source: str,
        recorded: str | None,
        frame: Frame,
        room: str | None,
    ) -> Part:
        """One source's envelopes as facts. Each word of the first loop is paid for every event."""
        received_at = None if recorded is None else instant(recorded)
        platform = _platform(source)
        try:  # nearly always: every event has a time, and a room that was seen before
            times = instants(list(map(_TIME, envelopes)))
            subjects = self._subjects
            events = [
                envelope.fact(subjects[envelope.subject], at, envelope.timeorigin, platform)
                for envelope, at in zip(envelopes, times, strict=True)
            ]
        except (KeyError, TypeError):
            otherwise = frame.received_at if received_at is None else received_at
            events = [
                envelope.fact(
                    self._place(envelope.subject, room),
                    *_when(envelope, otherwise),
                    platform,
                )
                for envelope in envelopes
            ]
        return Part(events=events, source=source, received_at=received_at)

    def _place(self, subject: str | None, room: str | None) -> Place:
        if subject is None:
            if room is None:
                raise FrameError("missing field")
            return room, None  # not remembered: it is the caller's to say each time
        if subject in self._subjects:
            return self._subjects[subject]
        place = _split(subject)
        if len(self._subjects) >= MOST_REMEMBERED:
            self._subjects.clear()
        self._subjects[subject] = place
        return place

    def _apart(self, frame: Frame, room: str | None) -> Read:
        unknown: list[str] = []

        def one(item: bytes) -> tuple[Envelope, Part]:
            envelope = self._envelopes.one(item)
            part = self._part([envelope], envelope.source, envelope.recordedtime, frame, room)
            return envelope, part

        found, indexes, refused = apart(frame.data, one, lambda item: unknown.append(type_of(item)))
        parts: dict[tuple[str, str | None], Part] = {}
        for (envelope, single), index in zip(found, indexes, strict=True):
            key = (envelope.source, envelope.recordedtime)
            part = parts.setdefault(
                key, Part(source=single.source, received_at=single.received_at, indexes=[])
            )
            part.events.extend(single.events)  # type: ignore[arg-type]  # both are lists
            assert part.indexes is not None
            part.indexes.append(index)
        return Read(parts=list(parts.values()), refused=refused, unknown=unknown)
