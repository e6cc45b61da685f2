"""The machine that drives a format: frames in, batches of facts out, and nothing is ever raised.

What can not be read is counted by reason, what is not known by name; a room that
the source may not speak for, or whose name would play tricks on a screen, is
refused here for every format alike. Facts of one source that were received
within `TOGETHER_S` of each other leave as one batch.

A format is one file and one row of `FORMATS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct, field

from monitor.errors import FrameError
from monitor.events import Event
from monitor.formats.barragegrab import BarrageGrab
from monitor.formats.bilibili import Bilibili
from monitor.formats.cloudevents import CloudEvents
from monitor.formats.either import Either
from monitor.formats.format import Format, Part, Read, Refused, Remembering
from monitor.formats.native import Native
from monitor.formats.oba import Oba
from monitor.formats.reasons import snippet, why_too_large
from monitor.formats.recorded import Recorded
from monitor.frames import Batch, Frame
from monitor.scanned import Facts, Scanned
from monitor.signals.gathering import all_in

FORMATS: dict[str, Callable[[], Format]] = {
    "native": Native,
    "cloudevents": CloudEvents,
    "events": Either,
    "bilibili": Bilibili,
    "barragegrab": BarrageGrab,
    "oba": Oba,
    "recorded": Recorded,
}

TOGETHER_S = 0.05
MOST_ROOMS = 100_000  # names remembered as good
MOST_UNKNOWN = 64  # names of unknown types that are counted one by one
MOST_SAMPLES = 20


class Report(Struct):
    """What became of one frame: the answer to whoever sent it."""

    accepted: int = 0
    rejected: list[tuple[int | None, str]] = field(default_factory=list)


class Decoder:
    """Turns frames of one source into batches of facts. A Machine[Frame, Batch].

    `rejected` and `unknown` only ever grow; `unknown` holds at most MOST_UNKNOWN
    names and "other". `reports` has one entry for each frame of the last
    `receive`. `samples` holds the first (reason, snippet) of each reason since
    the caller last cleared it, to be logged now and then.
    """

    def __init__(
        self,
        *,
        source: str,
        format: Format | str,  # noqa: A002  the field's own word
        room: str | None = None,
        rooms: frozenset[str] | None = None,
        max_frame_bytes: int = 262_144,
    ) -> None:
        """`room` is for platforms that do not name it; only `rooms` may be spoken for."""
        self.source = source
        self.format = FORMATS[format]() if isinstance(format, str) else format
        self.room = room
        self.rooms = rooms
        self.max_frame_bytes = max_frame_bytes
        self.rejected: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.reports: list[Report] = []
        self.samples: list[tuple[str, str]] = []
        self._good: set[str] = set()

    def receive(self, items: Sequence[Frame], now: float) -> list[Batch]:
        batches: list[Batch] = []
        self.reports = []
        for frame in items:
            read = self._read(frame)
            accepted = 0
            for part in read.parts:
                accepted += self._admit(part, read.refused, frame, batches)
            for name in read.unknown:
                self._count_unknown(name)
            for refused in read.refused:
                self._count_refused(refused)
            rejected = [(refused.index, refused.reason) for refused in read.refused]
            self.reports.append(Report(accepted=accepted, rejected=rejected))
        return batches

    def tick(self, now: float) -> list[Batch]:
        return []

    def next_tick(self) -> float | None:
        return None

    def forget(self, rooms: Sequence[str]) -> None:
        """These rooms are heard of no more; their names are looked at anew."""
        self._good.difference_update(rooms)
        if isinstance(self.format, Remembering):
            self.format.forget(len(rooms))

    def _read(self, frame: Frame) -> Read:
        if len(frame.data) > self.max_frame_bytes:
            refused = Refused(None, why_too_large(frame.data), snippet(frame.data))
            return Read(refused=[refused])
        try:
            return self.format.read(frame, self.room)
        except FrameError as error:
            return Read(refused=[Refused(None, error.reason, error.detail)])
        except Exception as error:  # noqa: BLE001  a slip in one format must not stop its feed; counted
            detail = f"{type(error).__name__} on {snippet(frame.data)}"
            return Read(refused=[Refused(None, "fault in the format", detail)])

    def _admit(self, part: Part, refused: list[Refused], frame: Frame, batches: list[Batch]) -> int:
        events = part.events
        good = events.good if isinstance(events, Scanned) else all_in(events, self._good)
        if not good:
            events = self._sift(part, refused)
        heard = [room for room in part.heard if self._why_not(room) is None]
        if not events and not heard:
            return 0
        source = part.source or self.source
        received_at = frame.received_at if part.received_at is None else part.received_at
        last = batches[-1] if batches else None
        if (
            last is not None
            and type(last.events) is type(events)
            and last.source == source
            and 0 <= received_at - last.received_at <= TOGETHER_S
        ):
            last.events.extend(events)  # type: ignore[arg-type]  # both are lists, or both scanned
            last.heard = tuple(dict.fromkeys((*last.heard, *heard)))
        else:
            heard_once = tuple(dict.fromkeys(heard))
            batches.append(
                Batch(source=source, events=events, received_at=received_at, heard=heard_once)
            )
        return len(events)

    def _sift(self, part: Part, refused: list[Refused]) -> Facts:
        """The events whose room is all right; the others are refused."""
        events = part.events
        if isinstance(events, Scanned) and all(
            self._why_not(room) is None for room in events.rooms()
        ):
            events.approve()
            return events
        allowed: list[Event] = []
        for number, event in enumerate(part.events):
            reason = self._why_not(event.room)
            if reason is None:
                allowed.append(event)
            else:
                index = part.indexes[number] if part.indexes is not None else number
                refused.append(Refused(index, reason, snippet(event.room.encode())))
        return allowed

    def _why_not(self, room: str) -> str | None:
        if room in self._good:
            return None
        # isprintable is false for control, bidi, zero-width and line-breaking characters.
        if not room.isprintable() or room != room.strip() or not room:
            return "room name"
        if self.rooms is not None and room not in self.rooms:
            return "room not allowed"
        if len(self._good) >= MOST_ROOMS:
            self._good.clear()
        self._good.add(room)
        return None

    def _count_unknown(self, name: str) -> None:
        if name not in self.unknown and len(self.unknown) >= MOST_UNKNOWN:
            name = "other"
        self.unknown[name if len(name) <= 64 and name.isprintable() else "other"] += 1

    def _count_refused(self, refused: Refused) -> None:
        if refused.reason not in self.rejected or (
            len(self.samples) < MOST_SAMPLES
            and all(reason != refused.reason for reason, _ in self.samples)
        ):
            self.samples.append((refused.reason, refused.snippet))
            del self.samples[:-MOST_SAMPLES]
        self.rejected[refused.reason] += 1
