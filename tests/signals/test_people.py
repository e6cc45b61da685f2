"""Different people, against plain sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.hashes import hashes
from monitor.signals.people import People
from monitor.signals.windows import NO_SLOT, SPANS, Windows

KINDS = ("commenters", "buyers")

sightings = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 1),  # room
        st.sampled_from("abcde"),
        st.one_of(st.integers(0, 70), st.none()),  # how long ago; None: nobody knows
    ),
    max_size=8,
)


def new(limit: int = 1000) -> tuple[People, Windows]:
    windows = Windows(KINDS)
    people = People(KINDS, windows, limit=limit)
    people.grow(2)
    windows.roll(1000)
    return people, windows


def saw(people: People, kind: str, seen: list[tuple[int, str, int]]) -> None:
    rows = [row for row, _, _ in seen]
    numbers = people.numbers(np.array(rows), hashes([user for _, user, _ in seen]))
    people.saw((kind,), np.array(rows), numbers, np.array([slot for _, _, slot in seen]))


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 40), sightings), max_size=8))
def test_a_window_holds_everybody_who_was_seen_in_it_once(steps):
    """In whatever order they are told, late ones too, many times in one batch."""
    people, windows = new()
    seen: list[tuple[str, int, str, int]] = []
    now = 1000

    for jump, batch in steps:
        now += jump
        windows.roll(now)
        for kind in KINDS:
            told = [
                (room, user, NO_SLOT if ago is None else now - ago)
                for name, room, user, ago in batch
                if name == kind
            ]
            seen += [(kind, *each) for each in told]
            if told:
                saw(people, kind, told)
        windows.apply()

        for kind in KINDS:
            for room in (0, 1):
                for window in (*SPANS, "session"):
                    oldest = NO_SLOT if window == "session" else now - SPANS[window] + 1
                    expected = {
                        user for name, row, user, slot in seen
                        if (name, row) == (kind, room) and slot >= oldest
                    }  # fmt: skip
                    actual = int(windows.read(kind, window)[room])

                    assert len(expected) == actual, (kind, room, window)


def test_the_same_name_in_two_rooms_is_two_people():
    people, windows = new()
    saw(people, "buyers", [(0, "a", 1000), (1, "a", 1000)])
    windows.apply()

    assert [1, 1] == windows.read("buyers", "1m")[:2].tolist()


def test_the_last_one_who_has_a_place_may_stand_in_a_batch_twice():
    people, _ = new(limit=1)

    one, again = people.numbers(np.array([0, 0]), hashes(["a", "a"])).tolist()
    assert one == again != 0
    assert not people.saturated


def test_nobody_is_no_person():
    """Facts that do not say who did it have key 0."""
    people, windows = new()
    nobody = np.array([0, 0])
    people.saw(("buyers",), nobody, people.numbers(nobody, nobody), np.array([1000, 1000]))
    windows.apply()

    assert 0 == int(windows.read("buyers", "session")[0])


def test_after_the_limit_a_count_is_a_lower_bound_and_says_so():
    people, windows = new(limit=3)
    saw(people, "buyers", [(0, user, 1000) for user in "abcdefa"])
    windows.apply()

    assert 3 == int(windows.read("buyers", "session")[0])
    assert {0} == people.saturated


def test_more_people_than_there_was_room_for():
    """The columns of all kinds grow with the people."""
    people, windows = new(limit=10_000)
    saw(people, "buyers", [(0, f"u{number}", 1000) for number in range(3000)])
    saw(people, "buyers", [(0, f"u{number}", 1000) for number in range(3000)])
    windows.apply()

    assert 3000 == int(windows.read("buyers", "session")[0])


def test_a_new_session_knows_nobody_and_takes_no_more_room():
    """
    1,200 sessions of 3 people each: whoever was in a session past is let go.
    """
    people, windows = new(limit=3)
    columns = len(people._room)
    for session in range(1200):
        windows.roll(1000 + session)
        saw(people, "buyers", [(0, f"{session}{user}", 1000 + session) for user in "abcd"])
        windows.apply()

        assert 3 == int(windows.read("buyers", "session")[0])
        windows.forget(0)
        people.forget(0)

    assert set() == people.saturated
    assert columns == len(people._room)


def test_people_of_sessions_past_are_let_go_once_they_are_the_most():
    """Who is still here keeps what is known of them."""
    people, windows = new(limit=10_000)
    saw(people, "buyers", [(0, "stays", 1000)])
    saw(people, "buyers", [(1, f"u{number}", 1000) for number in range(3_000)])
    windows.apply()

    people.forget(1)
    saw(people, "buyers", [(0, "stays", 1000), (1, "u1", 1000)])
    windows.apply()

    assert 2 == len(people._numbers)
    assert 1 == int(windows.read("buyers", "session")[0])
