"""Plays recorded facts through a shard, at full speed, on the recording's own time.

`now` is when the recorder received a fact; where a recording does not say, when it
happened. Ticks fall on whole quarters of a second of that time, so the same input
gives the same changes, byte for byte. A silence is ticked through for `SILENCE_S`,
long enough for every rule to speak, and then skipped.
"""

from __future__ import annotations

import gzip
import pathlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

import msgspec
from msgspec import Struct, field

from monitor.alerts.alert import Change
from monitor.events import Comment, Event, Gift
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame
from monitor.machine import Machine
from monitor.shard import TICK_S

SILENCE_S = 900.0
FRAME_BYTES = 100_000
UNTOLD = 0.0  # a frame's received_at where only the recording itself can know it


class Tally(Struct):
    """What a recording holds: facts by kind, people who commented, worth of gifts by currency."""

    facts: Counter[str] = field(default_factory=Counter)
    commenters: set[tuple[str, str]] = field(default_factory=set)
    gifts_minor: Counter[str] = field(default_factory=Counter)
    first_at: float | None = None
    last_at: float | None = None

    def add(self, events: Iterable[Event], now: float) -> None:
        self.first_at = now if self.first_at is None else self.first_at
        self.last_at = now
        for event in events:
            self.facts[str(event.__struct_config__.tag)] += 1
            if isinstance(event, Comment):
                self.commenters.add((event.room, event.user))
            elif isinstance(event, Gift):
                self.gifts_minor[event.currency] += event.amount_minor


def open_recording(path: pathlib.Path | str) -> BinaryIO:
    """A recording as lines: a file, a .gz file, or `-` for standard input."""
    if str(path) == "-":
        return sys.stdin.buffer
    if str(path).endswith(".gz"):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return open(path, "rb")


def frames(lines: Iterable[bytes]) -> Iterator[Frame]:
    """Lines, put together into frames of some size."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        if size + len(line) > FRAME_BYTES and held:
            yield Frame(data=b"".join(held), received_at=UNTOLD)
            held, size = [], 0
        held.append(line)
        size += len(line)
    if held:
        yield Frame(data=b"".join(held), received_at=UNTOLD)


class Replay:
    """Drives a decoder and a shard through a recording."""

    def __init__(self, shard: Machine[Batch, Change], decoder: Decoder) -> None:
        self.shard = shard
        self.decoder = decoder
        self.tally = Tally()
        self.now: float | None = None

    def play(self, recorded: Iterable[Frame]) -> Iterator[Change]:
        """Every change of an alert, in order."""
        for _, changes in self.steps(recorded):
            yield from changes

    def steps(self, recorded: Iterable[Frame]) -> Iterator[tuple[float, list[Change]]]:
        """One item a tick: when it was, and the changes it brought."""
        for part in timed(self.decoder, recorded):
            yield from self._at(part)
        if self.now is not None:
            yield from self._tick_to(self.now + TICK_S)

    def _at(self, batch: Batch) -> Iterator[tuple[float, list[Change]]]:
        now = batch.received_at if self.now is None else max(batch.received_at, self.now)
        yield from self._tick_to(now)
        self.now = now
        self.tally.add(batch.events, now)
        self.shard.receive([batch], now)

    def _tick_to(self, now: float) -> Iterator[tuple[float, list[Change]]]:
        """Every tick before `now`; what happens at a tick's own time is seen by it."""
        if self.now is None:
            return
        tick = (self.now // TICK_S) * TICK_S
        if tick < self.now:
            tick += TICK_S
        silent_from = self.now + SILENCE_S
        while tick < now:
            if tick > silent_from and now - tick > SILENCE_S:
                tick = (now // TICK_S) * TICK_S - 60.0
                silent_from = now
            yield tick, self.shard.tick(tick)
            tick += TICK_S


def timed(decoder: Decoder, recorded: Iterable[Frame]) -> Iterator[Batch]:
    """What a recording holds, in batches of one instant; `received_at` is when it was heard."""
    for frame in recorded:
        for batch in decoder.receive([frame], UNTOLD):
            yield from _timed(batch)


def _timed(batch: Batch) -> list[Batch]:
    """A batch, or as many as there are instants where nobody noted when it was received."""
    if batch.received_at != UNTOLD:
        return [batch]
    parts: list[tuple[float, list[Event]]] = []
    for event in batch.events:
        if parts and event.at - parts[-1][0] < TICK_S / 5:
            parts[-1][1].append(event)
        else:
            parts.append((event.at, [event]))
    return [Batch(source=batch.source, events=events, received_at=at) for at, events in parts]


def line(change: Change) -> bytes:
    """A change as one line of JSON."""
    values = dict(change.values)
    if change.sku is not None:
        values["sku"] = change.sku
    return msgspec.json.encode(
        {
            "at": change.at,
            "room": change.room,
            "rule": change.rule,
            "change": change.change,
            "values": values,
        }
    )
