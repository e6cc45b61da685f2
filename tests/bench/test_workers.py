"""What two workers take in, against one process."""

from __future__ import annotations

import os

from monitor.bench import workers
from monitor.bench.generator import Market, blobs
from monitor.clock import steady
from monitor.engines.embedded import Embedded
from monitor.rules import compile as rules
from monitor.shard import Shard


def test_both_ways_take_in_everything():
    """In turns, with the same alerts; what it came to is told with what it cost."""
    shared = workers.measure(events=4_000, rooms=20, runs=1)

    assert (2, 4_000, 20, 1) == (shared.workers, shared.events, shared.rooms, shared.runs)
    assert shared.alone_events_per_s > 0
    assert shared.shared_events_per_s > 0
    assert abs(shared.ratio - shared.shared_events_per_s / shared.alone_events_per_s) < 0.01
    assert 3 == len(shared.shared_cpu_s)


async def test_a_run_ends_when_the_last_frame_is_acknowledged():
    opening, stream = blobs(Market(events=2_000, rooms=5, per_second=500_000.0))
    host = Embedded(Shard(rules.load(workers.RULES), settings=workers.CORE))
    ran = await workers.run(host, opening, stream)

    assert (
        2_000 + sum(blob.data.count(b'"type"') for blob in opening) == host.figures(0.0)["events"]
    )
    assert ran.seconds > 0
    assert 1 == len(ran.cpu_s)


def test_processor_seconds_are_those_of_a_process():
    before, began = workers.cpu_s(os.getpid()), steady()
    while workers.cpu_s(os.getpid()) < before + 0.05:
        assert steady() < began + 30

    assert workers.cpu_s(os.getpid()) - before < 5.0
