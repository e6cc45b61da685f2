"""Where counts are lower bounds, per window."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals.bounds import Bounds
from monitor.signals.windows import NO_SLOT

ROOM, OTHER = 0, 1


def rows(*which: int) -> np.ndarray:
    return np.array(which)


@pytest.mark.parametrize(
    ("slot", "windows"),
    [
        (1000, ["10s", "1m", "5m", "session"]),
        (991, ["10s", "1m", "5m", "session"]),
        (990, ["1m", "5m", "session"]),
        (700, ["session"]),
        (NO_SLOT, ["session"]),  # in a second that nobody knows
    ],
)
def test_a_bound_lasts_as_long_as_its_second_is_in_the_window(slot, windows):
    """
    10 s = the slots 991 … 1000
    """
    bounds = Bounds()
    bounds.note("likes", rows(ROOM), rows(slot))

    assert windows == [
        window
        for window in ("10s", "1m", "5m", "session")
        if bounds.within("likes", window, 1000)[ROOM]
    ]
    assert not bounds.within("likes", "session", 1000)[OTHER]
    assert not bounds.within("shares", "session", 1000).any()


def test_the_newest_second_counts_whatever_the_order():
    bounds = Bounds()
    bounds.note("likes", rows(ROOM, ROOM, ROOM), rows(900, 995, NO_SLOT))
    bounds.note("likes", rows(ROOM), rows(950))

    assert bounds.within("likes", "10s", 1000)[ROOM]


def test_of_a_gauge_the_reading_in_force_counts():
    bounds = Bounds()
    bounds.read("online", rows(ROOM, OTHER), np.array([False, False]))
    never = bounds.of("online").any() or bounds.read_before("online")
    bounds.read("online", rows(ROOM, OTHER), np.array([True, True]))
    bounds.read("online", rows(ROOM, ROOM), np.array([True, False]))

    assert not never
    assert bounds.read_before("online")
    assert [False, True] == bounds.of("online")[:2].tolist()


def test_growing_keeps_and_a_new_session_forgets():
    bounds = Bounds(rows=2)
    bounds.note("likes", rows(ROOM, OTHER), rows(5, 5))
    bounds.read("online", rows(ROOM, OTHER), np.array([True, True]))
    bounds.grow(40)
    bounds.forget(ROOM)

    assert [False, True] == bounds.within("likes", "session", 9)[:2].tolist()
    assert [False, True] == bounds.of("online")[:2].tolist()
    assert 40 == len(bounds.within("likes", "session", 9)) == len(bounds.of("online"))
