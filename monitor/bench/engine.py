"""How many facts a second one core takes in: bytes → facts → figures → rules → changes.

What is timed is what the daemon does with a frame: a Decoder, then a Shard with the fifty
rules of rules.yaml (beside this module), asked every 250 ms of event time. Made and played
before the clock starts: the blobs, and the opening of the market. The yardstick is msgspec
alone decoding the same blobs into the same Structs, in the same run, in turns with it.
"""

from __future__ import annotations

import gc
import os
import pathlib
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
import numpy as np
from msgspec import Struct

from monitor.alerts.alert import Change
from monitor.bench.checksum import FIGURES, SHELF, Moved, Sample
from monitor.bench.generator import START, Blob
from monitor.clock import steady
from monitor.events import Event
from monitor.formats.cloudevents import CloudEvent
from monitor.formats.decoder import Decoder
from monitor.frames import Frame
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.rules.columns import ProductColumns, RoomColumns
from monitor.rules.compile import RuleSet
from monitor.shard import TICK_S, Shard
from monitor.signals.tables import Settings

RULES = pathlib.Path(__file__).with_name("rules.yaml")
SAMPLE_S = 10.0
WIRE_TYPES = {"native": list[Event], "cloudevents": list[CloudEvent]}  # type: ignore[valid-type]  # made at run time

Photo = tuple[float, list[str], np.ndarray]  # instant, what the columns are of, (figures, rows)


class Outcome(Struct):
    """What one pass over the blobs came to."""

    seconds: float
    changes: list[Change]
    photos: list[Photo]

    def samples(self) -> list[Sample]:
        return [
            (at, about, tuple(figures[:, row].tolist()))
            for at, names, figures in self.photos
            for row, about in enumerate(names)
        ]

    def moved(self) -> list[Moved]:
        return [(change.at, change.key, change.change) for change in self.changes]


class Pass:
    """A fresh decoder and shard that have taken in the opening, ready to be timed."""

    def __init__(self, opening: Sequence[Blob], wire: str, ruleset: RuleSet, mood: Mood | None):
        self.decoder = Decoder(source="bench", format=wire)
        self.shard = Shard(ruleset, settings=Settings(mood=mood is not None), mood=mood)
        self._next = START + TICK_S
        for blob in opening:
            self._receive(blob)
        self.shard.tick(START)

    def _receive(self, blob: Blob) -> None:
        frame = Frame(data=blob.data, received_at=blob.now)
        self.shard.receive(self.decoder.receive([frame], blob.now), blob.now)

    def play(self, stream: Sequence[Blob]) -> Outcome:
        """Take in the whole stream, ticking at every 250 ms of its time."""
        changes: list[Change] = []
        photos: list[Photo] = []
        looking = 0.0
        begun = steady()
        for blob in stream:
            while self._next <= blob.now:
                changes += self.shard.tick(self._next)
                if self._next % SAMPLE_S == 0:
                    paused = steady()
                    photos += self._photograph()
                    looking += steady() - paused
                self._next += TICK_S
            self._receive(blob)
        changes += self.shard.tick(self._next)
        seconds = steady() - begun - looking
        photos += self._photograph()
        assert not self.decoder.rejected, f"the bench wrote bad facts: {self.decoder.samples}"
        self.shard.rules.check()
        return Outcome(seconds, changes, photos)

    def _photograph(self) -> list[Photo]:
        """The figures as the rules saw them, every 10 s of event time; not timed."""
        tables = self.shard.figures.tables
        rooms = RoomColumns(tables, self._next)
        shelf = ProductColumns(rooms)
        products = tables.products
        names = [
            f"{tables.rooms.names[room]}|{sku}"
            for room, sku in zip(
                products.room_of[: shelf.rows].tolist(), products.skus, strict=True
            )
        ]
        of_rooms = np.array([rooms[name] for name in FIGURES])
        of_shelf = np.array([shelf[name] for name in SHELF])
        return [
            (self._next, list(tables.rooms.names), of_rooms),
            (self._next, names[1:], of_shelf[:, 1:]),  # row 0 is no product
        ]


def decode_only(stream: Sequence[Blob], wire: str) -> float:
    """Seconds that msgspec alone takes for the same blobs."""
    decoder = msgspec.json.Decoder(WIRE_TYPES[wire])
    begun = steady()
    for blob in stream:
        decoder.decode(blob.data)
    return steady() - begun


@contextmanager
def one_core() -> Iterator[str]:
    """Run on one core, where the system lets us; tells what was done."""
    if not hasattr(os, "sched_setaffinity"):
        yield "not pinned to a core: this system can not"
        return
    before = os.sched_getaffinity(0)
    core = max(before)
    try:
        os.sched_setaffinity(0, {core})
    except OSError as error:
        yield f"not pinned to a core: {error.strerror}"
        return
    try:
        yield f"pinned to core {core}"
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def settled_memory() -> Iterator[None]:
    """What lives long is not looked through again by the collector; the daemon does the same."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def passes(
    opening: Sequence[Blob], stream: Sequence[Blob], wire: str, runs: int, mood: Mood | None
) -> tuple[list[Outcome], list[float]]:
    """`runs` passes and as many decode-only ones, in turns, so that both see the same machine."""
    outcomes: list[Outcome] = []
    alone: list[float] = []
    for _ in range(runs):
        ready = Pass(opening, wire, rules.load(RULES), mood)
        with settled_memory():
            outcomes.append(ready.play(stream))
            alone.append(decode_only(stream, wire))
    return outcomes, alone


def rate(events: int, seconds: Sequence[float]) -> float:
    """Events a second, by the median pass."""
    return events / statistics.median(seconds)
