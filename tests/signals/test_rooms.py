"""Rooms are rows; facts of their state are right when they are the newest."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.rooms import AFTERGLOW_S, SHOP, Profile, Rooms
from tests.stage import ROOM, START, fact


def table(*profiles: Profile, limit: int = 100) -> Rooms:
    rooms = Rooms({profile.room: profile for profile in profiles}, limit=limit)
    rooms.admit(ROOM)
    return rooms


def test_a_room_is_admitted_when_it_is_first_heard_of_and_keeps_its_row():
    rooms = table()

    assert [0, 1, 2, 1] == rooms.rows([ROOM, "b", "c", "b"])
    assert [ROOM, "b", "c"] == rooms.names


def test_what_the_config_says_of_a_room_is_known_from_the_start():
    rooms = table(Profile(room=ROOM, platform="douyin", anchor="小红", goal_minor=500))

    assert ("douyin", "小红", 500.0) == (
        rooms.platforms[0], rooms.anchors[0], rooms.column("goal_minor")[0],
    )  # fmt: skip


def test_one_room_too_many_has_no_row():
    rooms = table(limit=2)

    assert [0, 1, -1, -1] == rooms.rows([ROOM, "b", "c", "c"])


def test_a_shop_and_an_anchor_are_no_rooms():
    rooms = table(limit=2)

    assert [SHOP, 0, SHOP, SHOP] == rooms.rows(["shop:44", ROOM, "anchor:李敏", "shop:44"])
    assert [ROOM] == rooms.names


def test_a_session_that_made_way_for_another_is_known_until_it_is_taken():
    """
    one: start 0 ── end 60; two: start 100, and again at 200 without an end
    """
    rooms = table()
    rooms.rows([ROOM])
    found = []
    for at, phase, name in ((0, "start", "one"), (60, "end", "one"), (100, "start", "two")):
        rooms.session(0, fact("session", at, phase=phase, session=name))
    found.append(rooms.ended.pop(0))
    rooms.session(0, fact("session", 200, phase="start", session="three"))
    found.append(rooms.ended.pop(0))

    assert [("one", START, START + 60), ("two", START + 100, START + 200)] == found
    assert [True, False] == [
        rooms.left(0, fact("comment", 210, session=name)) for name in ("two", "three")
    ]


def test_columns_grow_with_the_rooms():
    rooms = table(limit=1000)
    rooms.column("live")[0] = 1.0

    rooms.rows([f"r{number}" for number in range(100)])

    assert len(rooms.column("live")) >= 101
    assert 1.0 == rooms.column("live")[0]
    assert math.isnan(rooms.column("live")[100])


def test_a_room_that_nobody_declared_live_is_live_from_its_first_fact():
    rooms = table()

    rooms.settle(0, fact("comment", 5), START + 6)

    assert 1.0 == rooms.column("live")[0]
    assert START + 6 == rooms.column("started_at")[0]


@pytest.mark.parametrize(("phase", "live"), [("end", 0.0), ("cut_off", 0.0), ("warning", 1.0)])
def test_what_ends_a_broadcast(phase, live):
    rooms = table()
    rooms.session(0, fact("session", 0, phase="start"))

    assert not rooms.session(0, fact("session", 10, phase=phase))
    assert live == rooms.column("live")[0]


def test_a_pause_is_no_end():
    rooms = table()
    rooms.session(0, fact("session", 0, phase="start"))
    rooms.session(0, fact("session", 10, phase="pause"))

    assert (1.0, 1.0) == (rooms.column("live")[0], rooms.column("paused")[0])
    rooms.session(0, fact("session", 20, phase="resume"))
    assert 0.0 == rooms.column("paused")[0]


def test_an_older_session_fact_changes_nothing():
    """
    start 0 ── end 10 ── pause 5 (late)
    """
    rooms = table()
    for at, phase in ((0, "start"), (10, "end"), (5, "pause")):
        rooms.session(0, fact("session", at, phase=phase))

    assert (0.0, 0.0) == (rooms.column("live")[0], rooms.column("paused")[0])


@given(order=st.permutations(range(6)))
def test_the_order_in_which_session_facts_come_does_not_matter(order):
    """
    start 0 ── goal 2 ── pause 5 ── warning 6 ── resume 8 ── another goal 9
    """
    said = [
        fact("session", 0, phase="start", anchor="李敏", tier="head"),
        fact("session", 2, phase="warning", goal_minor=100, tier="tail"),
        fact("session", 5, phase="pause"),
        fact("session", 6, phase="warning"),
        fact("session", 8, phase="resume", anchor="王芳"),
        fact("session", 9, phase="warning", goal_minor=200),
    ]
    rooms = table()
    for index in order:
        rooms.session(0, said[index])

    assert (1.0, 0.0, 200.0) == tuple(
        rooms.column(name)[0] for name in ("live", "paused", "goal_minor")
    )
    assert ("王芳", "tail") == (rooms.anchors[0], rooms.tiers[0])


@pytest.mark.parametrize(
    ("first", "then", "begins"),
    [
        ({"session": "a"}, {"session": "b"}, True),
        ({"session": "a"}, {"session": "a"}, False),
        ({}, {}, False),  # said again
    ],
)
def test_a_start_begins_a_session_where_it_names_another_one(first, then, begins):
    rooms = table()
    rooms.session(0, fact("session", 0, phase="start", **first))

    assert begins is rooms.session(0, fact("session", 60, phase="start", **then))
    assert START + (60 if begins else 0) == rooms.column("started_at")[0]


def test_a_start_after_an_end_begins_a_session():
    rooms = table()
    rooms.session(0, fact("session", 0, phase="start"))
    rooms.session(0, fact("session", 10, phase="end"))

    assert rooms.session(0, fact("session", 60, phase="start"))


def test_the_start_tells_who_broadcasts_and_what_for():
    rooms = table()
    rooms.session(
        0,
        fact("session", 0, phase="start", anchor="小红", tier="腰部", goal_minor=9, platform="tb"),
    )

    assert ("小红", "腰部", 9.0, "tb") == (
        rooms.anchors[0], rooms.tiers[0], rooms.column("goal_minor")[0], rooms.platforms[0],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("after_s", "session", "begins"),
    [
        (1, None, False),  # the last comments of the broadcast that ended
        (AFTERGLOW_S + 1, None, True),
        (1, "another", True),
        (1, "a", False),
    ],
)
def test_facts_that_go_on_after_an_end_begin_a_session(after_s, session, begins):
    rooms = table()
    rooms.session(0, fact("session", 0, phase="start", session="a"))
    rooms.session(0, fact("session", 10, phase="end"))

    assert begins is rooms.settle(0, fact("like", 10 + after_s, session=session), START)
    assert float(begins) == rooms.column("live")[0]


@pytest.mark.parametrize(
    ("session", "at", "begins"),
    [
        ("a", 20, False),
        ("b", 20, True),
        ("b", -5, False),  # it was told of before the start of this one
        (None, 20, False),
    ],
)
def test_a_fact_that_names_another_session_begins_it(session, at, begins):
    rooms = table()
    rooms.session(0, fact("session", 0, phase="start", session="a"))

    assert begins is rooms.settle(0, fact("viewers", at, session=session), START + 30)
    assert ("b" if begins else "a") == rooms.sessions[0]
    assert START + (at if begins else 0) == rooms.column("started_at")[0]


def test_a_session_that_was_left_does_not_come_back():
    """
    a ── b at 10 ── readings, a start and an end of a
    """
    rooms = table()
    rooms.settle(0, fact("viewers", 0, session="a"), START)
    assert rooms.settle(0, fact("viewers", 10, session="b"), START + 10)

    assert not rooms.settle(0, fact("viewers", 12, session="a"), START + 12)
    for phase in ("start", "end"):
        assert not rooms.session(0, fact("session", 13, phase=phase, session="a"))
    assert ("b", 1.0, START + 10) == (
        rooms.sessions[0], rooms.column("live")[0], rooms.column("started_at")[0],
    )  # fmt: skip


def test_the_last_words_of_a_broadcast_do_not_begin_another_where_nobody_said_it_started():
    """Facts name their session, and so does its end: no start is needed to know it."""
    rooms = table()
    rooms.settle(0, fact("comment", 0, session="a"), START)
    rooms.session(0, fact("session", 10, phase="end", session="a"))

    assert not rooms.settle(0, fact("comment", 11, session="a"), START + 11)
    assert 0.0 == rooms.column("live")[0]


def test_a_start_tells_since_when_and_only_the_first_one():
    """Guessed live at 0, told to be since 5, told again at 60."""
    rooms = table()
    rooms.settle(0, fact("comment", 0), START)
    started = []
    for at in (5, 60):
        rooms.session(0, fact("session", at, phase="start"))
        started.append(rooms.column("started_at")[0] - START)

    assert [5, 5] == started
