"""A room in full, from facts through a shard."""

from __future__ import annotations

import math
import pathlib

from monitor import events as facts
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.shard import Shard
from monitor.signals.detail import STEPS, RoomDetail
from monitor.signals.rooms import Profile
from monitor.signals.script import Script
from tests.stage import ROOM, Stage

RULES = pathlib.Path(__file__).parents[2] / "rules"
AT = 1_795_370_000.0


def acted(seconds: int = 300, profiles: dict[str, Profile] | None = None) -> tuple[Shard, float]:
    """Two comments a second, four in the half minute after a hook; an order every ten seconds.

    The hook begins at 110 and ends at 120.
    """
    shard = Shard(rules.load(RULES), profiles or {}, mood=Mood())
    now = AT
    for second in range(seconds):
        now = AT + second
        count = 4 if 120 <= second < 150 else 2
        found: list[facts.Event] = [facts.Viewers(room="a", at=now, online=1_000 + second)]
        found += [facts.Comment(room="a", at=now, user="u1", text="发货太慢了")] * count
        found += [facts.Enter(room="a", at=now, user=f"e{second}", via="feed")]
        if second % 10 == 5:
            found += [
                facts.OrderPaid(
                    room="a", at=now, order=f"o{second}", sku="1", amount_minor=9_900, user="u1"
                )
            ]
        if second in (110, 120):
            segment = "hook" if second == 110 else "push"
            found += [facts.Segment(room="a", at=now, segment=segment)]
        shard.receive([Batch(source="x", events=found, received_at=now)], now)
        shard.tick(now)
    return shard, now


def told(shard: Shard, now: float) -> RoomDetail:
    detail = shard.detail("a", now)
    assert detail is not None
    return detail


def test_a_room_nobody_heard_of_has_no_page():
    """
    Asking does not admit it.
    """
    shard, now = acted(1)

    assert shard.detail("b", now) is None
    assert 1 == len(shard.rooms(now))


def test_the_past_is_a_line_of_readings_ten_seconds_apart():
    """
    The newest one is of `at`, and what nobody read is unknown.
    """
    shard, now = acted()
    detail = told(shard, now)

    assert STEPS == len(detail.past["online"])
    assert detail.past["online"][0] is None
    assert [1_280.0, 1_290.0] == detail.past["online"][-2:]
    assert AT + 290 == detail.at
    assert 9_900.0 == detail.past["gmv_10s"][-1]
    assert detail.band[0][-1] is not None


def test_a_hook_that_doubled_the_comments_has_a_lift_of_one():
    """
    Four a second in the 30 s after it, two in the 60 s before.
    """
    shard, now = acted()
    [cycle] = told(shard, now).cycles

    assert cycle.hook_lift is not None
    assert math.isclose(1.0, cycle.hook_lift, abs_tol=0.1)
    assert cycle.hook is not None
    assert ["comments", "arrivals"] == [feed.feed for feed in cycle.hook.feeds]
    assert [9_900, 9_900 * 18] == cycle.gmv_minor


def test_funnel_sources_comments_and_figures_are_there():
    """
    A rung without a feed is unknown, not 0.
    """
    shard, now = acted()
    detail = told(shard, now)
    rungs = {rung.name: rung for rung in detail.funnel}

    assert rungs["impressions"].value is None
    assert (300.0, None) == (rungs["enters"].value, rungs["enters"].rate)
    assert 30.0 == rungs["paid"].value
    assert [("feed", 1.0)] == [(each.source, each.share) for each in detail.sources]
    assert ("发货太慢了", "logistics") == (detail.comments[-1].text, detail.comments[-1].topic)
    assert 1_299.0 == detail.heads["online"]
    assert detail.heads["follow_rate_session"] is None
    assert [("segment", "hook"), ("segment", "push")] == [
        (each.what, each.about) for each in detail.moments
    ]


def test_a_page_tells_how_long_each_part_may_last():
    """
    What the config says of the room; of the others what the trade says.
    """
    profile = Profile(room="a", script=Script({("", "push"): 240.0}))
    shard, now = acted(130, {"a": profile})

    assert {"hook": 15.0, "push": 240.0, "benefit": 300.0} == told(shard, now).limits
    assert 2 * 130 + 2 * 10 == told(shard, now).heads["topic_logistics_5m"]


def test_a_tile_has_ten_minutes_of_its_past():
    """
    And the band expected, once there is enough of it.
    """
    shard, now = acted()
    [view] = shard.rooms(now)

    assert [1_280, 1_290] == view.online_past[-2:]
    assert view.online_band is not None


def test_heads_and_rungs_that_are_only_a_bound_are_marked():
    """Arrivals at the cap, and how many watch is told as a text; what is unknown has no mark."""
    stage = Stage()
    stage.tell("enter", value=120, capped=True)
    stage.tell("impressions", value=900)
    stage.tell("viewers", online=50, lower_bound=True)
    stage.wait(1)
    detail = stage.shard.detail(ROOM, stage.now)

    assert detail is not None
    assert {
        "online": "≥", "online_peak": "≥", "viewers_total": "≥", "watch_s": "≈",
        "enters_1m": "≥", "enters_5m": "≥", "enter_rate_5m": "≥",
    } == detail.bounds  # fmt: skip
