"""What viewers do, and who of them did anything at all."""

from __future__ import annotations

import pytest

from monitor.mood.mood import Mood
from tests.stage import Stage


def test_comments_are_those_of_viewers():
    """What the host and moderators write is a sign of life, and no engagement."""
    stage = Stage()
    stage.comment("在", user="a")
    stage.comment("多少钱", user="a")
    stage.comment("欢迎", user="host", is_host=True)
    stage.comment("请看链接", user="mod", is_moderator=True)
    stage.wait(1)

    assert (2, 1, 1) == tuple(
        stage.figure(name) for name in ("comments_1m", "commenters_1m", "interactors_1m")
    )
    assert 1 == stage.figure("feed_age_s_comments")


def test_the_mood_of_a_comment_is_counted():
    stage = Stage(mood=Mood())
    for text in ("质量太差了 我要退货", "会不会掉色?", "???", "好看"):
        stage.comment(text)
    stage.wait(1)

    assert (1, 1, 1, 0.25) == tuple(
        stage.figure(name)
        for name in ("negative_1m", "questions_1m", "confusion_1m", "negative_share_1m")
    )


def test_without_a_mood_nobody_knows_of_complaints():
    stage = Stage()
    stage.comment("质量太差了 我要退货")
    stage.wait(1)

    assert stage.figure("negative_1m") is None


@pytest.mark.parametrize(
    ("kind", "metric"),
    [("like", "likes"), ("share", "shares"), ("follow", "follows"), ("fan_join", "fan_joins")],
)
def test_what_is_done_is_counted_and_who_does_it_interacts(kind, metric):
    """Once, however often; nobody where nobody is named."""
    stage = Stage()
    stage.comment("在", user="a")
    for user, value in (("a", 2), ("b", 3), (None, 4)):
        stage.tell(kind, user=user, value=value)
    stage.wait(1)

    assert (9, 2) == (stage.figure(f"{metric}_1m"), stage.figure("interactors_1m"))


def test_gifts_are_worth_something_and_never_gmv():
    stage = Stage()
    stage.tell("gift", gift="rose", value=3, amount_minor=300)
    stage.tell("gift", gift="car", amount_minor=10_000, virtual=False)
    stage.wait(1)

    assert (4, 10_300, None) == tuple(
        stage.figure(name) for name in ("gifts_1m", "gift_value_1m", "gmv_1m")
    )


def test_totals_count_what_they_rise_by():
    """
    told       1000 ── 1010 ── 3 (reset) ── 5
    counted    session 10             3      2
    """
    stage = Stage()
    rises = []
    for value in (1000, 1010, 3, 5):
        stage.tell("like", value=value, kind="total")
        stage.wait(1)
        rises.append((stage.figure("likes_10s"), stage.figure("likes_session")))

    assert [(0, 1000), (10, 1010), (13, 1013), (15, 1015)] == rises


def test_fans_are_counted_among_those_who_comment():
    """Two of four; where no level was ever told nobody knows."""
    stage = Stage()
    for user, level in [("a", 3), ("a", 4), ("b", 1), ("c", 0), ("d", None)]:
        stage.comment("在", user=user, fan_level=level)
    stage.wait(1)

    stage.comment("在", room="another")
    stage.wait(1)

    assert (2 / 4, None) == (stage.figure("stickiness"), stage.figure("stickiness", "another"))


def test_a_platforms_cap_is_remembered():
    stage = Stage()
    stage.tell("like", value=120, capped=True)
    stage.wait(1)

    assert 1 == stage.figure("capped_likes")
    assert 120 == stage.figure("likes_1m")
