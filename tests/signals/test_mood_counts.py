"""What mood makes of comments, as figures."""

from __future__ import annotations

from monitor.mood.mood import Mood
from tests.stage import Stage

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
