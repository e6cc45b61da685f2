"""The figures of plays, and when they are unknown."""

from __future__ import annotations

import pytest

from monitor.signals.play_figures import COLUMNS
from tests.stage import Stage


@pytest.mark.parametrize("name", [column.name for column in COLUMNS if column.scope == "room"])
def test_where_nothing_was_played_nothing_is_known(name):
    stage = Stage()
    stage.comment("在")
    stage.wait(1)

    assert stage.figure(name) is None


def test_a_window_with_a_hole_in_it_is_unknown():
    """
    Two minutes of a busy room ── 60 s of nothing ── a minute later the hole is still in 5 min
    """
    stage = Stage()
    for _ in range(120):
        stage.comment("在", times=4)
        stage.tell("coupon", coupon="c", phase="taken")
        stage.wait(1)
    before = stage.figure("coupons_taken_1m")
    stage.wait(60)
    stalled = stage.figure("coupons_taken_1m")
    for _ in range(70):
        stage.comment("在", times=4)
        stage.wait(1)

    assert (55, None) == (before, stalled)  # a slot of five seconds has just begun
    assert (None, 120) == tuple(
        stage.figure(f"coupons_taken_{window}") for window in ("5m", "session")
    )


def test_a_rate_of_nothing_is_unknown():
    stage = Stage()
    stage.tell("coupon", coupon="c", phase="sent")
    stage.wait(1)

    assert (0, None) == (stage.figure("coupons_taken_1m"), stage.figure("coupon_used_rate_1m"))


def test_a_late_bag_can_be_told_of():
    """
    60 s ── drawn at 80: told from 70 s on, and over with the draw.
    """
    stage = Stage("rules: [{id: late, kind: threshold, when: bag_late_s > 10}]")
    stage.tell("lucky_bag", bag="b", phase="open", seconds=60)
    stage.wait(80)
    stage.tell("lucky_bag", bag="b", phase="draw")
    stage.wait(1)

    assert [(70.25, "late", "fired"), (80.25, "late", "resolved")] == stage.told
