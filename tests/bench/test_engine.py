"""What the engine's bench times, and what it gives back."""

from __future__ import annotations

import gc
import os

import pytest

from monitor.bench import engine
from monitor.bench.checksum import FIGURES, SHELF, checksum
from monitor.bench.generator import START, Market, blobs
from monitor.rules import compile as rules
from monitor.rules.compiled import KINDS

SMALL = Market(events=4_000, rooms=20, per_second=400.0, batch=100)


def test_fifty_different_rules_of_every_kind_and_both_scopes():
    ruleset = rules.load(engine.RULES)

    assert 50 == len(ruleset.rules) == len({rule.id for rule in ruleset.rules})
    assert set(KINDS) >= {type(rule.rule) for rule in ruleset.rules}
    assert {"threshold", "sequence", "forecast", "stale"} == {
        str(type(rule.rule).__struct_config__.tag) for rule in ruleset.rules
    }
    assert ruleset.of("room")
    assert ruleset.of("product")


def test_every_pass_comes_to_the_same():
    """
    Ten seconds of event time: the figures as the last tick saw them, and every change.
    """
    opening, stream = blobs(SMALL)
    outcomes, alone = engine.passes(opening, stream, "native", 2, None)
    first, second = (checksum(each.samples(), each.moved()) for each in outcomes)

    assert first == second
    assert 2 == len(alone)
    assert all(seconds > 0 for seconds in alone)
    at, about, figures = outcomes[0].samples()[0]
    assert (START + 10.0, "dy-8801", len(FIGURES)) == (at, about, len(figures))
    assert len(SHELF) == len(outcomes[0].samples()[-1][2])
    assert outcomes[0].changes


def test_a_fact_that_can_not_be_read_stops_the_bench():
    opening, stream = blobs(Market(events=100, rooms=2))
    ready = engine.Pass(opening, "native", rules.load(engine.RULES), None)
    broken = [engine.Blob(stream[0].data[:-2], stream[0].now)]

    with pytest.raises(AssertionError, match="bad facts"):
        ready.play(broken)


def test_the_rate_is_that_of_the_median_pass():
    assert 500.0 == engine.rate(1_000, [1.0, 2.0, 40.0])


def test_core_and_collector_are_given_back():
    cores, threshold = os.sched_getaffinity(0), gc.get_threshold()
    with engine.one_core() as said, engine.settled_memory():
        pinned = os.sched_getaffinity(0)

    assert f"pinned to core {max(cores)}" == said
    assert {max(cores)} == pinned
    assert cores == os.sched_getaffinity(0)
    assert threshold == gc.get_threshold()
    assert 0 == gc.get_freeze_count()
