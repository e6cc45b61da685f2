"""Which comments are read when there are too many."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.sampling import LEAST, Sampling, picked


def read(sampling: Sampling, rows: list[int], now: float = 100.0) -> list[int]:
    """The rooms of the comments that are read."""
    row = np.array(rows, np.int64)
    every = sampling.every(row, now)
    return rows if every is None else row[picked(row, every)].tolist()


def test_within_the_budget_everything_is_read():
    assert [0, 1, 0] == read(Sampling(3), [0, 1, 0])


def test_a_quiet_room_is_read_whole_and_a_busy_one_in_part():
    sampling = Sampling(6)

    assert [0, 1, 0, 0, 1, 0] == read(sampling, [0, 1, 0, 0, 0, 0, 1, 0, 0, 0])
    every = Sampling(6).every(np.array([0] * 8 + [1] * 2), 100.0)
    assert every is not None
    assert [2, 1] == every.tolist()


def test_the_budget_is_of_a_second():
    sampling = Sampling(10)
    full = [len(read(sampling, [0] * 10, 100.0)), len(read(sampling, [0] * 32, 100.9))]

    assert [10, 2] == full  # nothing is left: a sixteenth is read
    assert 10 == len(read(sampling, [0] * 10, 101.0))


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=200),
    st.integers(1, 100),
)
def test_every_room_is_heard_and_the_budget_kept(rows, budget):
    """
    Beyond the budget goes only what every room must have, and the least share.
    """
    found = read(Sampling(budget), rows)

    assert set(rows) == set(found)
    assert len(found) <= max(budget, -(-len(rows) // LEAST), len(set(rows)))
    row = np.array(rows, np.int64)
    every = Sampling(budget).every(row, 100.0)
    if every is not None:  # counted n-fold, a room's comments are no fewer than they were
        counted = np.bincount(found, minlength=len(every)) * every
        assert (np.bincount(row) <= counted).all()
        assert (counted < np.bincount(row) + every).all()
