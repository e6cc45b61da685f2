"""The figures of shards, added up."""

from __future__ import annotations

from monitor.engines.counting import added, counts
from tests.stage import Stage


def test_figures_of_shards_add_up_to_those_of_one():
    stages = [Stage(), Stage()]
    for number, stage in enumerate(stages):
        stage.tell("comment", room=f"r{number}", times=3)
        stage.tell("order_paid", room="shop:x")
        stage.wait(40)
    told = added(counts(stage.shard, stage.now) for stage in stages)

    assert 8 == told["events"]
    assert 2 == told["rooms"]
    assert {"shop not known": 2} == told["unattributed"]
    assert 2 == told["unattributed_10m"]


def test_what_was_counted_once_stays_though_it_is_nothing():
    assert {"rejected": {"late": 0, "ahead": 3}} == added(
        [{"rejected": {"late": 0, "ahead": 1}}, {"rejected": {"ahead": 2}}]
    )
