"""What two workers take in, against one process."""

from __future__ import annotations

import os

import msgspec
import structlog

from monitor.bench import run, workers
from monitor.bench.generator import Market, blobs
from monitor.clock import steady
from monitor.engines.embedded import Embedded
from monitor.rules import compile as rules
from monitor.shard import Shard
from monitor.signals.tables import Settings


def test_both_ways_take_in_everything_with_mood_and_without(capsys):
    """In turns; what it came to is told with what it cost."""
    logs = structlog.get_config()
    try:
        code = run.main(["workers", "--events", "3000", "--rooms", "20", "--runs", "1", "--json"])
    finally:
        structlog.configure(**logs)
    told = msgspec.json.decode(capsys.readouterr().out)["workers"]

    assert 0 == code
    assert [True, False] == [each["mood"] for each in told]
    for each in told:
        assert (2, 3_000, 20, 1) == tuple(each[n] for n in ("workers", "events", "rooms", "runs"))
        assert 3 == len(each["shared_cpu_s"])
        rates = each["shared_events_per_s"], each["alone_events_per_s"]
        assert abs(each["ratio"] - rates[0] / rates[1]) < 0.01


async def test_a_run_ends_when_the_last_frame_is_acknowledged():
    opening, stream = blobs(Market(events=2_000, rooms=5, per_second=500_000.0))
    host = Embedded(Shard(rules.load(workers.RULES), settings=Settings(mood=False)))
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
