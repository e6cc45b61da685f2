"""The ring of seconds, against a plain list of (counter, row, slot, value)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bench.memory import resident
from monitor.signals import windows as windows_module
from monitor.signals.moves import Moves
from monitor.signals.windows import NO_SLOT, SPANS, Windows

FIRST = 1000
COUNTERS = ("comments", "gmv")
ROWS = 3

additions = st.lists(
    st.tuples(
        st.sampled_from(COUNTERS),
        st.integers(0, ROWS - 1),
        st.one_of(
            st.integers(0, 400), st.sampled_from([9, 10, 11, 59, 60, 61, 299, 300]), st.none()
        ),  # how long ago, in slots; None: nobody knows
        st.one_of(
            st.integers(-5, 10**14), st.sampled_from([1000, 16_384, 16_385, 32_767, -33_000])
        ),
    ),
    max_size=8,
)
jumps = st.one_of(st.integers(0, 12), st.sampled_from([59, 60, 61, 299, 300, 301, 5000]))


class Listed:
    """The simplest windows that could be right."""

    def __init__(self, slot_s: int) -> None:
        self.slot_s = slot_s
        self.facts: list[tuple[str, int, int, int]] = []

    def sum(self, counter: str, row: int, window: str, now: int) -> int:
        span = SPANS[window] // self.slot_s if window != "session" else None
        return sum(
            value
            for name, at_row, slot, value in self.facts
            if (name, at_row) == (counter, row)
            and (span is None or now - max(1, span) < slot <= now)
        )


def add(windows: Windows, counter: str, row: int, slot: int, value: int = 1) -> None:
    windows.add(counter, np.array([row]), np.array([slot]), np.array([value]))


def sums_of(windows: Windows) -> dict[tuple[str, int, str], int]:
    return {
        (counter, row, window): int(windows.read(counter, window)[row])
        for counter in COUNTERS
        for row in range(windows.capacity)
        for window in (*SPANS, "session")
    }


@pytest.mark.parametrize("compiled", [windows_module.compiled, None], ids=["compiled", "numpy"])
@pytest.mark.parametrize("places", [(0, 1, 2), (0, 40, 99)])  # narrow, and wide: in chunks
@pytest.mark.parametrize("slot_s", [1, 5])
@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(jumps, additions), max_size=10))
def test_every_window_is_the_sum_of_what_fell_into_it(slot_s, places, compiled, steps):
    """Whatever is added, late or with no second of its own, and however time jumps.

    And every row of which a sum is not what it was is among those that have moved.
    """
    windows, listed = Windows(COUNTERS, slot_s=slot_s, rows=places[-1] + 1), Listed(slot_s)
    windows.moves = moves = Moves()
    now = FIRST
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows_module, "compiled", compiled)
        windows.roll(now)
        for jump, facts in steps:
            before, place = sums_of(windows), moves.place()
            now += jump
            windows.roll(now)
            for counter, row, ago, value in facts:
                slot = NO_SLOT if ago is None else now - ago
                listed.facts.append((counter, places[row], slot, value))
                add(windows, counter, places[row], slot, value)
            windows.apply()

            after, moved = sums_of(windows), moves.since(place)
            expected = {key: listed.sum(*key, now) for key in after}

            assert expected == after
            assert moved is None or {key[1] for key in after if after[key] != before[key]} <= set(
                moved.tolist()
            )


def test_a_window_rolls_at_whole_seconds():
    """
    added     1000
    10 s      1000 … 1009 hold it, 1010 does not
    """
    windows = Windows(COUNTERS)
    windows.roll(1000)
    add(windows, "comments", 0, 1000)

    held = []
    for slot in range(1000, 1012):
        windows.roll(slot)
        held.append(int(windows.read("comments", "10s")[0]))

    assert [1] * 10 + [0, 0] == held


def test_many_rows_of_one_addition_may_repeat():
    windows = Windows(COUNTERS)
    windows.roll(1000)

    windows.add("comments", np.array([0, 1, 0, 0]), np.array([1000, 1000, 1000, 999]))
    windows.apply()

    assert [3, 1] == windows.read("comments", "10s")[:2].tolist()
    assert [2, 1] == windows.second("comments", 1000)[:2].tolist()


def test_growing_keeps_what_was_counted():
    windows = Windows(COUNTERS, rows=2)
    windows.roll(1000)
    add(windows, "gmv", 1, 995, 7)

    windows.grow(40)
    add(windows, "gmv", 39, 1000, 5)
    windows.apply()

    assert windows.capacity >= 40
    assert [7, 5] == windows.read("gmv", "10s")[[1, 39]].tolist()
    windows.roll(1005)
    assert [0, 5] == windows.read("gmv", "10s")[[1, 39]].tolist()


def test_a_row_that_is_forgotten_starts_anew():
    """Also what was only noted; other rows stay."""
    windows = Windows(COUNTERS)
    windows.roll(1000)
    for row in (0, 1):
        add(windows, "comments", row, 1000)

    windows.forget(0)

    assert [0, 1] == windows.read("comments", "session")[:2].tolist()
    windows.roll(1200)
    assert [0, 0] == windows.read("comments", "1m")[:2].tolist()


def test_what_does_not_fit_into_a_cell_of_the_ring_is_kept_beside_it():
    """
    Many small additions to one second, a large one, and one that takes most of it back.
    """
    windows = Windows(COUNTERS)
    windows.roll(1000)
    windows.add("comments", np.zeros(5000, np.int64), 1000, np.full(5000, 13))
    windows.apply()
    windows.add("comments", np.array([0, 0]), 1000, np.array([1_000_000, 5]))
    windows.apply()
    windows.add("comments", np.zeros(2000, np.int64), 1000, np.full(2000, -30))
    windows.apply()
    left = 5000 * 13 + 1_000_005 - 60_000

    assert left == windows.second("comments", 1000)[0]
    assert [0, left, 0] == windows.series("comments", 0, 999, 1002).tolist()
    windows.grow(2000)
    windows.roll(1009)
    assert left == windows.read("comments", "10s")[0]
    windows.roll(1010)
    assert [0, left] == [int(windows.read("comments", each)[0]) for each in ("10s", "1m")]
    windows.roll(1300)
    assert [0, left] == [int(windows.read("comments", each)[0]) for each in ("5m", "session")]


def test_a_row_that_is_forgotten_leaves_nothing_beside_the_ring():
    windows = Windows(COUNTERS)
    windows.roll(1000)
    for row in (0, 1):
        add(windows, "gmv", row, 1000, 10**12)

    windows.forget(0)
    windows.roll(1100)

    assert [0, 10**12] == windows.read("gmv", "5m")[:2].tolist()
    assert [0, 0] == windows.read("gmv", "1m")[:2].tolist()


def test_sums_that_come_from_elsewhere_are_not_rolled_away():
    """Neither by what was counted before, in the ring or beside it, nor in other rows."""
    windows = Windows(COUNTERS)
    windows.roll(1000)
    for row in (0, 1):
        add(windows, "gmv", row, 1000, 10**12)
        add(windows, "gmv", row, 1000, 5)

    windows.replace("gmv", 0, [1, 2, 3, 4])
    windows.roll(1299)
    assert [1, 2, 3, 4] == [int(windows.read("gmv", each)[0]) for each in (*SPANS, "session")]
    assert 10**12 + 5 == int(windows.read("gmv", "5m")[1])
    windows.forget(0)
    assert [0] * 4 == [int(windows.read("gmv", each)[0]) for each in (*SPANS, "session")]


def test_time_does_not_go_backwards():
    windows = Windows(COUNTERS)
    windows.roll(1000)
    windows.roll(990)

    assert 1000 == windows.now_slot


def test_nothing_is_counted_before_it_happens():
    windows = Windows(COUNTERS)
    windows.roll(1000)
    add(windows, "comments", 0, 1001)

    with pytest.raises(AssertionError, match="before it happens"):
        windows.apply()


def test_rows_that_nobody_counts_in_take_no_memory():
    """
    300 slots of 2 bytes for 100,000 rows are 60 MB a counter; a few pages are written.
    """
    before = resident()
    windows = Windows(COUNTERS, rows=100_000)
    windows.roll(1000)
    for row in (0, 99_999):
        add(windows, "comments", row, 1000)
    windows.roll(1001)

    assert resident() - before < 20 << 20
    assert [1, 1] == windows.read("comments", "10s")[[0, -1]].tolist()
