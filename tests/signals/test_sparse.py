"""Counters of few rooms, against a plain list of what was added."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.sparse import SLOT_S, Sparse
from monitor.signals.windows import NO_SLOT, SPANS

NOW = 1000


def add(sparse: Sparse, row: int, second: int, counter: str = "a") -> None:
    sparse.add(counter, np.array([row]), np.array([second]))


def read(sparse: Sparse, window: str, rows: int, counter: str = "a") -> list[float | None]:
    values = sparse.read(counter, window, rows).tolist()
    return [None if value != value else value for value in values]  # noqa: PLR0124  NaN


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 400)), max_size=20))
def test_a_window_holds_what_fell_into_its_slots(added):
    """
    Of rows that come in any number and order; the others are unknown.
    """
    sparse = Sparse(("a",))
    sparse.roll(NOW)
    for row, ago in added:
        add(sparse, row, NOW - ago)

    known = {row for row, _ in added}
    for window, span in SPANS.items():
        expected = [
            sum(
                1 for row, ago in added
                if row == one and (NOW - ago) // SLOT_S > NOW // SLOT_S - span // SLOT_S
            )
            if one in known
            else None
            for one in range(45)
        ]  # fmt: skip
        assert expected == read(sparse, window, 45)
    assert [sum(row == one for row, _ in added) or None for one in range(45)] == read(
        sparse, "session", 45
    )


def test_what_has_no_second_counts_in_the_session():
    sparse = Sparse(("a", "b"))
    sparse.roll(NOW)
    add(sparse, 3, NO_SLOT)

    assert ([0], [1]) == (read(sparse, "5m", 4)[3:], read(sparse, "session", 4)[3:])
    assert [0] == read(sparse, "session", 4, "b")[3:]


def test_a_row_that_is_forgotten_is_unknown_and_its_place_is_anothers():
    sparse = Sparse(("a",))
    sparse.roll(NOW)
    for row in (3, 4):
        add(sparse, row, NOW)
    sparse.forget(3)
    sparse.forget(9)
    add(sparse, 5, NOW)

    assert [None, 1, 1] == read(sparse, "1m", 6)[3:]
    assert 2 == len(sparse._place)
