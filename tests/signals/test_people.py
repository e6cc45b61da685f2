"""Different people, against plain sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.hashes import hashes
from monitor.signals.people import NOWHERE, People
from monitor.signals.sketches import ERROR, RANKS, REGISTERS
from monitor.signals.windows import NO_SLOT, SPANS, Ints, Windows

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
    keys = hashes([user for _, user, _ in seen])
    people.did((kind,), np.array(rows), keys, np.array([slot for _, _, slot in seen]))


def counts(windows: Windows, kind: str, row: int = 0) -> list[int]:
    """Over 10 s, 1 min, 5 min and the session."""
    windows.apply()
    return [int(windows.read(kind, window)[row]) for window in (*SPANS, "session")]


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


def test_nobody_is_no_person():
    """Facts that do not say who did it have key 0."""
    people, windows = new()
    nobody = np.array([0, 0])
    people.did(("buyers",), nobody, nobody, np.array([1000, 1000]))
    windows.apply()

    assert 0 == int(windows.read("buyers", "session")[0])


def test_up_to_the_limit_counts_are_exact_and_beyond_estimates():
    people, windows = new(limit=3)
    for keys, estimated in (([1, 3, 5, 3, 1], []), ([5, 7, 9, 11, 1], [0])):
        rows = np.zeros(5, np.int64)
        people.did(("buyers",), rows, np.array(keys), np.full(5, 1000))

        assert estimated == people.estimated
    assert [6, 6, 6, 6] == counts(windows, "buyers")


class Crowd:
    """Numbered people who do things at random, some long after others, and who has done what."""

    def __init__(self, seed: int, people: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.keys = self.dice.integers(1, 1 << 62, people) | 1
        self.seen: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}

    def batch(self, size: int, until: int, now: int) -> tuple[Ints, Ints]:
        """Keys and seconds, of the people up to one; told to be up to 30 s late."""
        who = self.dice.integers(0, until, size)
        return self.keys[who], now - self.dice.integers(0, 31, size)

    def did(self, kind: str, keys: Ints, slots: Ints) -> None:
        seen = self.seen[kind]
        for key, slot in zip(keys.tolist(), slots.tolist(), strict=True):
            seen[key] = max(slot, seen.get(key, 0))

    def counts(self, kind: str, now: int) -> Ints:
        last = np.array(list(self.seen[kind].values()))
        return np.array([(last > now - span).sum() for span in SPANS.values()] + [len(last)])


@pytest.mark.parametrize("seed", range(4))
def test_windows_and_sessions_stay_right_once_nobody_is_remembered(seed):
    """
    20,000 people over twenty minutes, 5,000 of whom fit; a few of them buy. Windows roll.
    """
    people, windows = new(limit=5_000)
    crowd = Crowd(seed, 20_000)
    for step in range(40):
        now = 1000 + 30 * step
        windows.roll(now)
        for kind, size in (("commenters", 1_500), ("buyers", 15)):
            keys, slots = crowd.batch(size, 500 * (step + 1), now)
            people.did((kind,), np.zeros(size, np.int64), keys, slots)
            crowd.did(kind, keys, slots)
        people.roll()

        for kind in KINDS:
            expected, actual = crowd.counts(kind, now), np.array(counts(windows, kind))
            if people.estimated:  # of a few it is off by one or two
                assert (abs(actual - expected) <= np.maximum(2, 3.5 * ERROR * expected)).all()
            else:
                np.testing.assert_array_equal(expected, actual)

    assert [0] == people.estimated


def test_neither_order_nor_batches_matter_to_estimates():
    """Nor when it was that the room became full."""
    crowd = Crowd(9, 5_000)
    keys, slots = crowd.batch(20_000, 5_000, 1000)
    found = []
    for parts in (1, 7, 400):
        people, windows = new(limit=1_000)
        for part in np.array_split(crowd.dice.permutation(len(keys)), parts):
            people.did(KINDS, np.zeros(len(part), np.int64), keys[part], slots[part])
        people.roll()
        found.append([counts(windows, kind) for kind in KINDS])

    assert [found[0]] * 3 == found


def test_a_full_room_leaves_the_others_exact():
    people, windows = new(limit=100)
    crowd = Crowd(2, 5_000)
    for now in (1000, 1001, 1002):
        windows.roll(now)
        rows = crowd.dice.permutation(np.repeat([0, 1], [4_000, 100]))
        keys = np.empty(len(rows), np.int64)
        keys[rows == 0] = crowd.batch(4_000, 5_000, now)[0]
        keys[rows == 1] = crowd.keys[:100]
        people.did(("buyers",), rows, keys, np.full(len(rows), now))
    people.roll()

    assert [0] == people.estimated
    assert [100] * 4 == counts(windows, "buyers", 1)


@pytest.mark.parametrize("limit", [500, 5_000])
def test_memory_is_bounded_whoever_comes(limit):
    """Ten times as many people as there are places: the room takes a sketch for each kind."""
    people, windows = new(limit=limit)
    crowd = Crowd(4, 10 * limit)
    for part in np.array_split(crowd.keys, 100):
        people.did(KINDS, np.zeros(len(part), np.int64), part, np.full(len(part), 1000))

    assert len(people._room) <= 4 * limit
    assert len(people._numbers._keys) <= 10 * limit
    assert 0 == people._count[0] == np.count_nonzero(people._room != NOWHERE)
    assert len(KINDS) * RANKS * REGISTERS * 4 == sum(
        sketch._newest.nbytes for sketch in people._sketches[0].values()
    )

    windows.forget(0)
    people.forget(0)
    assert not people._sketches
    saw(people, "buyers", [(0, "a", 1000)])
    assert [1, 1, 1, 1] == counts(windows, "buyers")


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
        saw(people, "buyers", [(0, f"{session}{user}", 1000 + session) for user in "abc"])
        windows.apply()

        assert 3 == int(windows.read("buyers", "session")[0])
        windows.forget(0)
        people.forget(0)

    assert [] == people.estimated
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
