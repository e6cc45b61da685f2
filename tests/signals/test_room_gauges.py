"""The figures of a room that stand without a window."""

from __future__ import annotations

import pytest

from monitor.signals.freshness import FEEDS
from monitor.signals.place import CODES
from monitor.signals.rooms import Profile
from tests.stage import Stage


def test_the_state_of_the_broadcast():
    stage = Stage()
    stage.tell("session", phase="start")
    stage.wait(90)
    states = [tuple(stage.figure(name) for name in ("live", "paused", "minutes_live"))]
    stage.tell("session", phase="pause")
    stage.wait(1)
    states.append((stage.figure("live"), stage.figure("paused")))
    stage.tell("session", phase="end")
    stage.wait(1)
    states.append((stage.figure("live"), stage.figure("minutes_live")))

    assert [(1, 0, 1.5), (1, 1), (0, None)] == states


def test_a_pause_and_an_end_have_a_clock():
    """
    0 s start ── 10 s pause ── 30 s goes on ── 40 s end, 60 s planned ── 45 s
    """
    names = ("paused_s", "ended_s", "ended_early_s")
    stage = Stage(profiles={"room": Profile(room="room", planned_s=60.0)})
    stage.tell("session", phase="start")
    stage.wait(10)
    stage.tell("session", phase="pause")
    stage.wait(20)
    seen = [tuple(stage.figure(name) for name in names)]
    stage.tell("session", phase="resume")
    stage.wait(10)
    seen.append(tuple(stage.figure(name) for name in names))
    stage.tell("session", phase="end")
    stage.wait(5)
    seen.append(tuple(stage.figure(name) for name in names))

    assert [(20, None, None), (0, None, None), (0, 5, 20)] == seen


def test_the_share_of_the_goal():
    stage = Stage(profiles={"room": Profile(room="room", goal_minor=50_000)})
    stage.tell("order_paid", amount_minor=20_000)
    stage.wait(1)

    assert (0.4, 1) == (stage.figure("goal_share"), stage.figure("opm"))


@pytest.mark.parametrize(
    ("planned_s", "goal_minor", "expected"),
    [(1800.0, 50_000, 0.5), (600.0, 50_000, 1.0), (1800.0, None, None), (None, 50_000, None)],
)
def test_the_share_of_the_goal_that_is_expected_by_now(planned_s, goal_minor, expected):
    """A quarter of an hour into it; all of it once the planned length is over."""
    profile = Profile(room="room", goal_minor=goal_minor, planned_s=planned_s)
    stage = Stage(profiles={"room": profile})
    stage.tell("session", phase="start", late_s=899)
    stage.wait(1)

    assert stage.figure("goal_pace") == expected


def test_the_segment_and_its_clock():
    """Hook at 0, push at 12; nobody needs to say more."""
    stage = Stage()
    assert_at = []
    stage.tell("segment", segment="hook")
    stage.wait(12)
    assert_at.append((stage.figure("segment"), stage.figure("segment_s")))
    stage.tell("segment", segment="push")
    stage.wait(30)
    assert_at.append((stage.figure("segment"), stage.figure("segment_s")))

    assert [(CODES["hook"], 12), (CODES["push"], 30)] == assert_at
    assert (CODES["hook"], 1) == (stage.figure("segment_before"), stage.figure("cycle"))


@pytest.mark.parametrize(
    ("before_s", "drop"),
    [(-5, 1), (-6, 0), (0, 1), (10, 1), (None, 0)],
)
def test_a_price_that_falls_in_the_hook_or_shortly_before_it_belongs_to_it(before_s, drop):
    stage = Stage()
    stage.comment("在")
    stage.wait(20)
    if before_s is not None and before_s < 0:
        stage.tell("price", amount_minor=99, was_minor=199, late_s=-before_s)
    stage.tell("segment", segment="hook")
    if before_s is not None and before_s >= 0:
        stage.wait(before_s)
        stage.tell("price", amount_minor=99, was_minor=199)
    stage.wait(1)

    assert drop == stage.figure("hook_price_drop")


def test_without_a_hook_no_price_belongs_to_it():
    stage = Stage()
    stage.tell("price", amount_minor=99, was_minor=199)
    stage.wait(1)

    assert stage.figure("hook_price_drop") is None


@pytest.mark.parametrize(
    ("feed", "kind", "fields"),
    [
        ("comments", "comment", {}), ("likes", "like", {}), ("enters", "enter", {}),
        ("viewers", "viewers", {"online": 1}), ("clicks", "product_clicked", {}),
        ("orders", "order_paid", {}), ("stock", "stock", {"value": 1}),
    ],
)  # fmt: skip
def test_each_feed_has_an_age(feed, kind, fields):
    stage = Stage()
    stage.tell("share")
    stage.wait(5)
    stage.tell(kind, **fields)
    stage.wait(3)

    ages = {one: stage.figure(f"feed_age_s_{one}") for one in FEEDS[1:]}
    assert dict.fromkeys(FEEDS[1:]) | {feed: 3} == ages
    assert 3 == stage.figure("feed_age_s")


def test_what_a_silence_swallowed_is_known():
    stage = Stage()
    for _ in range(120):
        stage.comment("在", times=2)
        stage.wait(1)
    stage.wait(9)

    assert stage.figure("feed_missed_comments") == pytest.approx(20, rel=0.1)
    assert stage.figure("feed_missed") == pytest.approx(20, rel=0.1)


def test_what_sat_at_a_platforms_cap_is_known_to_be_more():
    """Likes of the session; and how many watch, until a reading says it exactly."""
    stage = Stage()
    stage.tell("like", value=5, room="another")
    stage.tell("like", value=120, capped=True)
    stage.tell("viewers", online=1000, capped=True)
    stage.wait(1)
    capped = [stage.figure(f"capped_{name}") for name in ("likes", "enters", "online")]
    stage.tell("viewers", online=1200)
    stage.wait(1)

    assert [1, 0, 1] == capped
    assert 0 == stage.figure("capped_online")
    assert (0, None) == tuple(
        stage.figure(f"capped_{name}", "another") for name in ("likes", "online")
    )


def test_a_new_session_has_reached_no_cap():
    stage = Stage()
    stage.tell("like", value=120, capped=True, room="another")
    stage.tell("like", value=120, capped=True)
    stage.tell("session", phase="start", session="a")
    stage.tell("session", phase="end", session="a")
    stage.tell("session", phase="start", session="b")
    stage.wait(1)

    assert (0, 1) == (stage.figure("capped_likes"), stage.figure("capped_likes", "another"))
