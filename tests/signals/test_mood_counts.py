"""What mood makes of comments, as figures."""

from __future__ import annotations

import pytest

from monitor.mood.mood import Mood
from monitor.signals.tables import Settings
from tests.stage import Stage, fact

MOOD = Mood()


def test_complaints_are_counted_by_topic():
    stage = Stage(mood=MOOD)
    for user, text in enumerate(("没声音", "卡死了", "质量太差了", "好看", "666")):
        stage.tell("comment", user=f"u{user}", text=text)
    stage.wait(1)

    assert 3 == stage.figure("negative_1m")
    assert 2 == stage.figure("topic_stream_1m")
    assert 1 == stage.figure("topic_quality_1m")
    assert 1 == stage.figure("praise_1m")
    assert 0 == stage.figure("topic_price_1m")


def test_an_incident_has_a_level_and_a_topic():
    stage = Stage(mood=MOOD)
    for second in range(40):
        stage.tell("comment", user=f"c{second}", text="已下单")
        if second > 30:
            stage.tell("comment", user=f"u{second}", text="没声音")
        stage.wait(1)

    assert stage.figure("incident_level_stream") >= 1
    assert stage.figure("incident_level") >= 1
    assert 0 == stage.figure("incident_level_price")


def test_without_mood_incidents_are_unknown():
    stage = Stage()
    stage.tell("comment", user="u", text="没声音")
    stage.wait(1)

    assert stage.figure("incident_level") is None
    assert stage.figure("questions_open") is None


def test_forbidden_terms_of_the_room_s_own_side_are_counted_in_every_window():
    stage = Stage()
    stage.tell("comment", user="u", text="全网最低吗")
    stage.wait(1)
    unheard = stage.figure("forbidden_terms_1m")
    stage.tell("speech", text="全网最低,国家级品质")
    stage.tell("comment", user="host", text="顶级", is_host=True)
    stage.wait(1)

    assert unheard is None
    assert [3, 3, 3] == [
        stage.figure(f"forbidden_terms_{span}") for span in ("10s", "1m", "session")
    ]
    stage.wait(60)
    assert [0, 3] == [stage.figure(f"forbidden_terms_{span}") for span in ("1m", "session")]


def test_a_staff_comment_ahead_of_our_clock_counts_now():
    stage = Stage()
    stage.tell("comment", user="host", text="顶级", is_host=True, at=stage.now + 30)
    stage.wait(1)

    assert 1 == stage.figure("forbidden_terms_10s")


def test_under_overload_a_part_is_read_counts_n_fold_and_is_told():
    """
    Of 2,000 comments in a second 500 may be read: every fourth. Four in ten complain.
    """
    stage = Stage(mood=MOOD, settings=Settings(max_read_per_s=500))
    stage.comment("好看")
    stage.wait(4)
    stage.receive(
        *[
            fact("comment", 4, user=f"v{n}", id=f"v{n}", text="没声音" if n % 10 < 4 else "已下单")
            for n in range(2_000)
        ]
    )
    stage.wait(4)

    assert 2_001 == stage.figure("comments_10s")
    assert 0.25 == pytest.approx(stage.figure("read_share_1m"), abs=0.001)
    assert 780 <= stage.figure("negative_10s") <= 820
    assert stage.figure("incident_level_stream") >= 1
    for _ in range(15):
        stage.comment("好看")
        stage.wait(5)
    assert 1.0 == stage.figure("read_share_1m")
