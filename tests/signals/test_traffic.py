"""Who is there: online, arrivals, departures, and the time they stay."""

from __future__ import annotations

import pytest

from monitor.signals.tables import Settings
from tests.stage import START, Stage, fact


def test_the_newest_reading_counts_and_the_greatest_is_the_peak():
    """
    100 at 0 ── 300 at 10 ── 200 at 20, and then 500 of 15
    """
    stage = Stage()
    for online, wait in ((100, 10), (300, 10), (200, 0)):
        stage.tell("viewers", online=online)
        stage.wait(wait)
    stage.tell("viewers", online=500, late_s=5)
    stage.wait(1)

    assert (200, 500) == (stage.figure("online"), stage.figure("online_peak"))


def test_a_reading_may_be_a_lower_bound():
    stage = Stage()
    bounds = []
    for fields in ({"lower_bound": True}, {}, {"capped": True}):
        stage.tell("viewers", online=50, **fields)
        stage.wait(1)
        bounds.append(stage.figure("capped_online"))

    assert [1, 0, 1] == bounds


def test_of_readings_told_late_the_newest_is_in_force():
    """
    50+ at 0 s, exactly 60 at 2 s, both told at 3 s, the newer one first
    """
    stage = Stage()
    stage.wait(3)
    stage.tell("viewers", online=60, total=70, late_s=1)
    stage.tell("viewers", online=50, total=50, lower_bound=True, late_s=3)
    stage.wait(1)

    assert (0, 0) == (stage.figure("capped_online"), stage.figure("capped_viewers_total"))


def test_readings_of_another_session_begin_it():
    """
    session a: 50 there, 900 came, 3 comments ── b: 20 there, 30 came ── a late reading of a
    """
    stage = Stage()
    stage.tell("viewers", online=50, total=900, session="a")
    stage.comment("在", times=3)
    stage.wait(10)
    stage.tell("viewers", online=20, total=30, session="b")
    stage.tell("viewers", online=60, total=901, session="a")
    stage.wait(1)

    assert [20, 20, 30, None, 1] == [
        stage.figure(name)
        for name in ("online", "online_peak", "viewers_total", "comments_session", "feed_age_s")
    ]
    assert "b" == stage.shard.rooms(stage.now)[0].session


def test_readings_of_two_sessions_in_one_batch_are_those_of_the_later_one():
    stage = Stage()
    stage.receive(
        fact("viewers", 0, id="1", online=50, total=900, session="a"),
        fact("viewers", 0, id="2", online=20, total=30, session="b"),
    )
    stage.wait(1)

    assert (20, 20) == (stage.figure("online"), stage.figure("online_peak"))
    assert 30 == stage.figure("viewers_total")


def test_a_session_that_begins_while_batches_wait_begins_at_its_reading():
    """
    comment, reading of b │ comment       in one second: the first is of a, the second of b
    """
    stage = Stage()
    stage.tell("viewers", online=50, session="a")
    stage.wait(1)
    at = stage.now - START
    stage.receive(fact("comment", at, id="1"), fact("viewers", at, id="2", online=9, session="b"))
    stage.receive(fact("comment", at, id="3"))
    stage.wait(1)

    assert (9, 1) == (stage.figure("online"), stage.figure("comments_session"))


def test_what_the_total_rises_by_are_arrivals():
    """The first total was reached before; one that falls was corrected."""
    stage = Stage()
    stage.tell("viewers", total=1000)
    stage.wait(5)
    stage.tell("viewers", total=1012)
    stage.wait(1)
    stage.tell("viewers", total=1010)
    stage.wait(1)

    windows = stage.shard.figures.tables.windows
    assert (12, 1012) == tuple(int(windows.read("arrivals", span)[0]) for span in ("1m", "session"))
    assert 1010 == stage.figure("viewers_total")


def test_who_comes_in_is_counted_as_visits_and_as_people():
    stage = Stage()
    for user in ("a", "b", "a", None):
        stage.tell("enter", user=user)
    stage.tell("leave", user="a")
    stage.wait(1)

    windows = stage.shard.figures.tables.windows
    assert (4, 2, 1) == (
        stage.figure("enters_1m"), int(windows.read("entered", "1m")[0]),
        stage.figure("leaves_1m"),
    )  # fmt: skip


@pytest.mark.parametrize(("change_at", "average"), [(10, 150.0), (5, 125.0)])
def test_the_average_weighs_by_time(change_at, average):
    """
    100 ────── 200 ──────      over 20 s, changed at 10 s; or back to 100 at 15 s
    """
    stage = Stage(settings=Settings(stall_after_s=999))
    stage.tell("viewers", online=100)
    stage.wait(10)
    stage.tell("viewers", online=200)
    stage.wait(change_at)
    stage.tell("viewers", online=100 if change_at < 10 else 200)
    stage.wait(10 - change_at)

    assert average == pytest.approx(stage.figure("online_avg"), rel=0.02)


def test_the_time_a_viewer_stays_is_the_time_all_stay_by_the_viewers():
    """20 people for 60 s, of 40 who came: 30 s each."""
    stage = Stage()
    stage.tell("viewers", online=20, total=40)
    stage.wait(60)

    assert stage.figure("watch_s") == pytest.approx(30, rel=0.02)


def test_nobody_watches_a_broadcast_that_has_ended():
    """20 people for 60 s, of 40 who came; then an hour of nothing."""
    stage = Stage()
    stage.tell("viewers", online=20, total=40)
    stage.wait(60)
    stage.tell("session", phase="end")
    stage.wait(600)

    assert stage.figure("watch_s") == pytest.approx(30, rel=0.02)


def test_what_nobody_hears_is_not_counted_as_watched():
    """
    100 ── stalled for a minute ── 100: the average is of what was heard
    """
    stage = Stage()
    for _ in range(600):
        stage.tell("viewers", online=100, total=200)
        stage.wait(0.25)
    before = stage.figure("watch_s")
    stage.wait(60)

    watched = stage.figure("watch_s")
    assert before is not None
    assert watched == pytest.approx(before + 10 * 100 / 200, rel=0.05)  # until it was a stall
    assert 100 == pytest.approx(stage.figure("online_avg"))


def test_a_pause_of_the_daemon_is_not_watched():
    """A tick counts for five seconds at most."""
    stage = Stage()
    stage.tell("viewers", online=20, total=40)
    stage.wait(1)
    stage.now += 1000
    stage.wait(1)

    assert stage.figure("watch_s") == pytest.approx(20 * (1 + 5 + 0.75) / 40, rel=0.1)
