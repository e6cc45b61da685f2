"""Counters told as totals, whatever the order they are told in."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.totals import MOST, Readings, Totals
from monitor.signals.windows import NO_SLOT

FIRST = 1000


def told(
    totals: Totals, *readings: tuple[float, int], row: int = 0, resets: bool = True
) -> list[tuple[int, int]]:
    """What readings (at, total) of a row, told together, change: (slot, value)."""
    at = np.array([at for at, _ in readings], float)
    values = np.array([value for _, value in readings], np.int64)
    rows = np.full(len(readings), row)
    risen = totals.told("likes", Readings(rows, at, values, at.astype(np.int64)), resets=resets)
    return list(zip(risen.slot.tolist(), risen.value.tolist(), strict=True))


def test_a_total_counts_what_it_rose_by():
    """The first one may have been reached long ago: it has no second of its own."""
    totals = Totals()

    assert [[(NO_SLOT, 100)], [(1002, 4)], [], [(1005, 6)]] == [
        told(totals, (at, value))
        for at, value in [(1000, 100), (1002, 104), (1003, 104), (1005, 110)]
    ]


@pytest.mark.parametrize(("resets", "rises"), [(True, [(1002, 7)]), (False, [])])
def test_a_total_that_falls_was_reset_or_corrected(resets, rises):
    totals = Totals()
    told(totals, (1000, 100), resets=resets)

    assert rises == told(totals, (1002, 7), resets=resets)


def test_a_late_total_parts_the_rise_of_its_neighbours():
    totals = Totals()
    told(totals, (1000, 100))
    told(totals, (1005, 110))

    counted = Counter()
    for slot, value in told(totals, (1002, 104)):
        counted[slot] += value

    assert {1002: 4, 1005: -4} == counted


@given(
    readings=st.lists(st.integers(0, 20), min_size=1, max_size=12),
    resets=st.booleans(),
    data=st.data(),
)
def test_the_order_of_arrival_does_not_matter(readings, resets, data):
    """Alone or together, within what is remembered; against the plain walk in order of time."""
    expected: Counter[int] = Counter()
    before = None
    for second, value in enumerate(readings):
        if before is None:
            expected[NO_SLOT] += value
        else:
            expected[FIRST + second] += (
                value - before if value >= before else value if resets else 0
            )
        before = value

    totals, counted = Totals(), Counter[int]()
    left = [(FIRST + second, value) for second, value in enumerate(readings)]
    left = data.draw(st.permutations(left))
    while left:
        together = data.draw(st.integers(1, len(left)))
        for slot, rise in told(totals, *left[:together], resets=resets):
            counted[slot] += rise
        left = left[together:]

    assert +expected == Counter({slot: value for slot, value in counted.items() if value})


def test_what_is_older_than_the_memory_is_counted_already():
    totals = Totals()
    for second in range(3 * MOST):
        told(totals, (FIRST + second, second))

    assert [] == told(totals, (FIRST + 3, 3))


def test_the_memory_is_bounded():
    """Many totals within the lateness: an older one than those kept changes nothing."""
    totals = Totals()
    for second in range(3 * MOST):
        told(totals, (FIRST + second, second))

    assert [] == told(totals, (FIRST + 1, 1))
    assert [] != told(totals, (FIRST + 3 * MOST - 1.5, 3 * MOST - 1))


def test_a_new_session_begins_with_a_first_total():
    totals = Totals()
    told(totals, (1000, 100))
    told(totals, (1000, 5), row=1)

    totals.forget(0)

    assert [(NO_SLOT, 8)] == told(totals, (1001, 8))
    assert [(1001, 1)] == told(totals, (1001, 6), row=1)


def test_a_new_session_remembers_nothing_of_a_long_one():
    """Its first totals may come late, too."""
    totals = Totals()
    for second in range(3 * MOST):
        told(totals, (1000 + second, second))
    totals.forget(0)
    told(totals, (2030, 8))

    assert {(NO_SLOT, 7), (NO_SLOT, -8), (2030, 1)} == set(told(totals, (2029, 7)))
