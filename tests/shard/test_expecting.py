"""What the timetable expects of rooms."""

from __future__ import annotations

import pytest

from monitor.frames import Batch
from monitor.shard.expecting import expect
from monitor.signals.tables import Settings
from tests.stage import ROOM, START, Stage, fact


def expecting(stage: Stage, length_s: float = 600.0) -> None:
    expect(stage.shard.figures.tables, ROOM, stage.now, stage.now + length_s)


def test_a_room_that_says_nothing_is_late_until_it_need_not_come_any_more():
    stage = Stage()
    expecting(stage)
    late = []
    for _ in range(3):
        late.append(stage.figure("start_late_s"))
        stage.wait(300)

    assert [0, 300, 0] == late


def test_a_room_that_starts_is_late_no_more_however_soon_it_ends():
    stage = Stage()
    expecting(stage)
    stage.wait(120)
    stage.tell("session", phase="start")
    stage.wait(1)
    started = stage.figure("start_late_s")
    stage.tell("session", phase="end")
    stage.wait(1)

    assert 0 == started == stage.figure("start_late_s")


@pytest.mark.parametrize(("early_s", "late_s"), [(1790, 0), (1810, 60)])
def test_what_began_half_an_hour_before_is_the_broadcast_that_was_expected(early_s, late_s):
    """One that began and ended earlier is another."""
    stage = Stage()
    stage.tell("session", phase="start")
    stage.wait(10)
    stage.tell("session", phase="end")
    stage.wait(early_s - 10)
    expecting(stage)
    stage.wait(60)

    assert late_s == stage.figure("start_late_s")


def test_of_a_room_that_nobody_expects_it_is_unknown():
    stage = Stage()
    stage.comment("在")

    assert None is stage.figure("start_late_s")


def test_what_the_config_says_of_a_shelf_is_no_broadcast():
    stage = Stage()
    shelf = fact("shelf", 0, sku="s1", on=True)
    stage.shard.receive([Batch(source="config", events=[shelf], received_at=START)], START)
    expecting(stage)
    stage.wait(60)

    assert (None, 60) == (stage.figure("live"), stage.figure("start_late_s"))


def test_a_room_too_many_is_not_expected():
    stage = Stage(settings=Settings(max_rooms=1))
    stage.comment("在")
    expect(stage.shard.figures.tables, "another", START, START + 600)

    assert 1 == len(stage.shard.figures.tables.rooms)
