"""Facts of state: the newest one is right."""

from __future__ import annotations

import pytest

from tests.stage import Stage


def test_a_state_whose_clock_is_ahead_is_so_now():
    """
    A level of 50 s ahead: orders of the next seconds are taken from it, a later level counts
    """
    stage = Stage()
    stage.tell("stock", sku="s1", value=10, late_s=-50)
    stage.wait(1)
    stage.tell("order_created", sku="s1", quantity=3)
    stage.wait(1)
    left = [stage.figure("stock", sku="s1")]
    stage.tell("stock", sku="s1", value=40)
    stage.wait(1)

    assert [7, 40] == [*left, stage.figure("stock", sku="s1")]


def test_a_state_is_right_however_old_it_is():
    """Pinned for an hour when we hear of it first."""
    stage = Stage()
    stage.comment("在")
    stage.tell("pin", sku="s1", late_s=3600)
    stage.wait(1)

    assert (1, 0) == (stage.figure("pinned", sku="s1"), stage.figure("late_1m"))


@pytest.mark.parametrize("phase", ["end", "cut_off"])
def test_after_the_end_there_is_no_segment(phase):
    stage = Stage()
    stage.tell("session", phase="start")
    stage.tell("segment", segment="push")
    stage.wait(1)
    stage.tell("session", phase=phase)
    stage.wait(1)

    assert (None, None) == (stage.figure("segment"), stage.figure("segment_s"))


def test_what_the_desk_plays_finds_its_place():
    stage = Stage()
    stage.tell("lucky_bag", bag="b", phase="open")
    stage.tell("flash_sale", sku="s1", phase="start", price=1)
    stage.wait(1)

    assert (1, 1) == (stage.figure("bags_open"), stage.figure("flash_sale_s", sku="s1"))
    assert ["lucky_bag_open", "flash_sale_start"] == [
        moment.what for moment in stage.shard.figures.tables.timeline.moments(0)
    ]
