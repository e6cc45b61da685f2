"""How many more facts a second two workers take in than one process, on the same machine.

The same frames wait in memory; the engine of the daemon takes them in, with the intake, the
decoder, the fifty rules of rules.yaml every 250 ms, the commit of every tick to SQLite and
the acknowledgement. In turns: by one shard in the same process, and by workers. With the
mood of every comment read, which is the default, and without.

    wall      facts ÷ seconds, from the first frame taken to the last one acknowledged
    cpu_s     processor seconds of the daemon and of each worker: on a machine that others
              use, what was to be had
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import statistics
import tempfile
from collections.abc import AsyncIterator, Sequence

from msgspec import Struct

from monitor.bench.engine import RULES, settled_memory
from monitor.bench.generator import Blob, Market, blobs
from monitor.bench.sources import engine, until
from monitor.clock import steady
from monitor.engines.crew import Crew
from monitor.engines.embedded import Embedded
from monitor.engines.footing import Footing
from monitor.engines.host import Host
from monitor.formats.decoder import Decoder
from monitor.frames import Frame
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.shard import Shard
from monitor.signals.tables import Settings
from monitor.sources.source import SourceHealth

EVERYTHING = 1_000_000_000  # comments are read: each worker may read as many as one process
TICKS_S = 1.0 / os.sysconf("SC_CLK_TCK")  # of processor seconds, as the system counts them


class Run(Struct, kw_only=True):
    """One pass of all frames."""

    seconds: float
    cpu_s: list[float]  # of the daemon, and of each worker


class Shared(Struct, kw_only=True):
    """Medians of some runs."""

    workers: int
    mood: bool  # whether comments are read, as is the default
    alone_events_per_s: int
    shared_events_per_s: int
    ratio: float
    alone_cpu_s: float
    shared_cpu_s: list[float]  # of the daemon, and of each worker
    cpu_ratio: float  # of two cores that nobody else uses; the busiest process counts
    events: int
    rooms: int
    runs: int
    cores: int


class Waiting:
    """A source whose frames are all there already."""

    name = "waiting"

    def __init__(self, stream: Sequence[Blob]) -> None:
        self.health = SourceHealth(state="connected")
        self.begin = asyncio.Event()
        self.safe = 0
        self._stream = stream

    async def frames(self) -> AsyncIterator[Frame]:
        await self.begin.wait()
        for number, blob in enumerate(self._stream, start=1):
            yield Frame(data=blob.data, received_at=blob.now, position=number)
        await asyncio.Event().wait()

    async def acknowledge(self, upto: int) -> None:
        self.safe = upto

    def window(self) -> int | None:
        return None


def cpu_s(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICKS_S


async def run(host: Host, opening: Sequence[Blob], stream: Sequence[Blob]) -> Run:
    """Take in everything once."""
    source = Waiting(stream)
    decoder = Decoder(source="bench", format="native")
    with tempfile.TemporaryDirectory() as name:
        async with engine(host, source, pathlib.Path(name)) as running:
            for blob in opening:
                frame = Frame(data=blob.data, received_at=blob.now)
                for batch in decoder.receive([frame], blob.now):
                    host.receive(batch, blob.now)
            ticks = running.ticks
            await until(lambda: running.ticks > ticks + 2, "begun")
            pids = [os.getpid(), *(host.processes if isinstance(host, Crew) else ())]
            before = [cpu_s(pid) for pid in pids]
            began = steady()
            source.begin.set()
            await until(lambda: source.safe == len(stream), "acknowledged")
            seconds = steady() - began
            worked = [cpu_s(pid) - used for pid, used in zip(pids, before, strict=True)]
            return Run(seconds=seconds, cpu_s=worked)


def measure(events: int, rooms: int, runs: int, workers: int = 2, *, mood: bool) -> Shared:
    """Both ways in turns."""
    core = Settings(mood=mood, max_read_per_s=EVERYTHING)
    opening, stream = blobs(Market(events=events, rooms=rooms, per_second=500_000.0))
    alone: list[Run] = []
    shared: list[Run] = []
    with settled_memory():
        for _ in range(runs):
            shard = Shard(rules.load(RULES), settings=core, mood=Mood() if mood else None)
            alone.append(asyncio.run(run(Embedded(shard), opening, stream)))
            crew = Crew(Footing(rules=rules.load(RULES)), core, workers)
            shared.append(asyncio.run(run(crew, opening, stream)))
    one, several = (statistics.median(each.seconds for each in ran) for ran in (alone, shared))
    alone_cpu = statistics.median(each.cpu_s[0] for each in alone)
    shared_cpu = [
        statistics.median(each.cpu_s[place] for each in shared) for place in range(workers + 1)
    ]
    return Shared(
        workers=workers,
        mood=mood,
        alone_events_per_s=round(events / one),
        shared_events_per_s=round(events / several),
        ratio=round(one / several, 2),
        alone_cpu_s=round(alone_cpu, 2),
        shared_cpu_s=[round(each, 2) for each in shared_cpu],
        cpu_ratio=round(alone_cpu / max(TICKS_S, sum(shared_cpu) / 2, *shared_cpu), 2),
        events=events,
        rooms=rooms,
        runs=runs,
        cores=os.cpu_count() or 1,
    )
