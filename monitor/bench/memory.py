"""What rooms take of memory, and whether they give it back: waves of rooms that come and go.

A wave is `rooms` new rooms with two products each, fifty rules asked of them every second
for longer than the longest window lasts. Then all of their broadcasts end, and time passes
until the shard has given them up. The resident memory of this process is read while a wave
is whole and after it is gone, as the kernel tells it.
"""

from __future__ import annotations

import gc
import os
import pathlib
from itertools import islice

import msgspec
from msgspec import Struct

from monitor.bench.engine import RULES, settled_memory
from monitor.bench.generator import START, Generator, Market
from monitor.formats.decoder import Decoder
from monitor.frames import Frame
from monitor.rules import compile as rules
from monitor.shard.shard import Shard
from monitor.signals.retiring import SHORTEST_S
from monitor.signals.tables import Settings

SPAN_S = 310  # of a wave: every slot of the longest window is written
MIB = 1024 * 1024


class Held(Struct, kw_only=True):
    """What was measured. MiB resident, of each wave while it was whole and after it."""

    kib_a_room: float
    resident_mib: float  # of the fullest moment, interpreter and all
    rooms: int
    products: int
    rules: int
    events: int
    whole_mib: list[float]
    after_mib: list[float]
    off_by: float  # the greatest share by which a later wave differs from the first
    rooms_left: int


def resident() -> int:
    """Bytes of this process that are in memory. Linux alone tells."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Churn:
    """One shard that outlives its rooms."""

    def __init__(self, rooms: int, per_room_s: float) -> None:
        self.rooms = rooms
        self.per_room_s = per_room_s
        self.now = START
        self.decoder = Decoder(source="bench", format="native")
        settings = Settings(forget_ended_s=SHORTEST_S, mood=False)
        self.shard = Shard(rules.load(RULES), settings=settings)
        self._encode = msgspec.json.Encoder().encode

    def wave(self, number: int) -> None:
        """Rooms that were never heard of, until their windows are full."""
        market = Market(
            rooms=self.rooms, products=2, viewers=100, start=self.now,
            first=8801 + number * self.rooms, seed=number,
            per_second=self.rooms * self.per_room_s,
            events=int(self.rooms * self.per_room_s * SPAN_S),
        )  # fmt: skip
        generator = Generator(market)
        opening = generator.opening()
        while before := list(islice(opening, market.batch)):
            self._send(before)
        facts = generator.facts()
        for _ in range(SPAN_S):
            self.now += 1.0
            left = int(market.per_second)
            while left > 0:
                self._send(list(islice(facts, min(left, market.batch))))
                left -= market.batch
            self._tick()

    def end(self, number: int) -> None:
        """All of the wave's broadcasts end, and their rooms are given up."""
        names = [f"dy-{8801 + number * self.rooms + each}" for each in range(self.rooms)]
        facts = [
            {"type": "session", "room": room, "phase": "end", "at": self.now, "id": f"e-{room}"}
            for room in names
        ]
        for first in range(0, len(facts), 1000):
            self._send(facts[first : first + 1000])
        self._tick()
        self.now += SHORTEST_S
        while self.shard.figures.tables.rooms.known:
            self.now += 0.25
            self._tick()

    def _send(self, facts: list[dict[str, object]]) -> None:
        frame = Frame(data=self._encode(facts), received_at=self.now)
        self.shard.receive(self.decoder.receive([frame], self.now), self.now)
        assert not self.decoder.rejected, f"the bench wrote bad facts: {self.decoder.samples}"

    def _tick(self) -> None:
        self.shard.tick(self.now)
        self.decoder.forget(self.shard.gone)


def measure(rooms: int = 10_000, waves: int = 10, per_room_s: float = 0.1) -> Held:
    """Waves of rooms, one after the other."""
    churn = Churn(rooms, per_room_s)
    before = resident()
    whole: list[int] = []
    after: list[int] = []
    products = 0
    with settled_memory():
        for number in range(waves):
            churn.wave(number)
            whole.append(resident())
            products = churn.shard.figures.tables.products.known
            churn.end(number)
            gc.collect()
            after.append(resident())
    return Held(
        kib_a_room=round((max(whole) - before) / rooms / 1024, 2),
        resident_mib=round(max(whole) / MIB, 1),
        rooms=rooms,
        products=products,
        rules=len(churn.shard.rules.rules),
        events=churn.shard.figures.received,
        whole_mib=[round(each / MIB, 1) for each in whole],
        after_mib=[round(each / MIB, 1) for each in after],
        off_by=round(max(abs(each / after[0] - 1.0) for each in after), 4),
        rooms_left=churn.shard.figures.tables.rooms.known,
    )
