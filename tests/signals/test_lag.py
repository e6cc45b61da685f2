"""How late facts are, against the plain quantile of a list."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.grouping import UNTIMED
from monitor.signals.lag import HALF_LIFE_S, HIGHEST_S, Lag
from tests.stage import START, Stage


def note(table: Lag, late: list[float], now: float = START, *, row: int = 0, flag: int = 0) -> None:
    rows = np.full(len(late), row)
    table.note(rows, now - np.array(late), np.full(len(late), flag, np.uint8), now)


def told(late: list[float]) -> Lag:
    table = Lag()
    table.roll(START)
    note(table, late)
    table.roll(START + 1)
    return table


@settings(max_examples=60, deadline=None)
@given(
    late=st.lists(st.floats(0.011, HIGHEST_S - 1), min_size=1, max_size=40),
    share=st.sampled_from([0.5, 0.99]),
)
def test_a_quantile_is_right_within_a_bucket(late, share):
    """That of the list, or one of its neighbours where it lies between two."""
    actual = told(late).quantile(share)[0]

    ordered = sorted(late)
    place = max(math.ceil(share * len(ordered) - 1e-9) - 1, 0)
    assert ordered[place] / 1.2 <= actual <= ordered[min(place + 1, len(ordered) - 1)] * 1.2


def test_the_past_is_forgotten_by_half_in_its_half_life():
    """100 facts of 1 s are worth 48 after 21 s: a little more than 45 of 10 s."""
    table = told([1.0] * 100)
    table.roll(START + HALF_LIFE_S + 1)
    note(table, [10.0] * 45, START + HALF_LIFE_S + 1)
    table.roll(START + HALF_LIFE_S + 2)

    assert table.quantile(0.5)[0] < 1.2
    assert table.quantile(0.53)[0] > 8.0


def test_nothing_known_is_unknown():
    """Neither before the first fact nor half a minute after the only one."""
    table = told([1.0])
    known = [float(table.quantile(0.5)[0])]
    table.roll(START + 2 * HALF_LIFE_S)
    known.append(float(table.quantile(0.5)[0]))

    assert known[0] == pytest.approx(1.0, rel=0.2)
    assert math.isnan(known[1])
    assert np.isnan(Lag().quantile(0.5)).all()


@pytest.mark.parametrize(
    ("late", "flag", "row"),
    [(HIGHEST_S + 1, 0, 0), (1e8, 0, 0), (-61.0, 0, 0), (5.0, int(UNTIMED), 0), (5.0, 0, -1)],
)
def test_what_tells_nothing_of_lag_is_not_counted(late, flag, row):
    """Clocks that are far off; facts that are from when they reached us; no room's."""
    table = Lag()
    table.roll(START)
    note(table, [late], flag=flag, row=row)
    table.roll(START + 1)

    assert np.isnan(table.quantile(0.5)).all()


def test_a_clock_that_is_a_little_ahead_is_not_late():
    assert told([-5.0] * 3).quantile(0.99)[0] < 0.02


def test_a_flood_in_one_second_is_counted_whole():
    table = Lag()
    table.roll(START)
    for _ in range(200):
        note(table, [1.0, 1.0, 8.0, 8.0, 8.0])
    note(table, [1.0, 8.0] * 500)
    table.roll(START + 1)

    assert table.quantile(0.44)[0] == pytest.approx(1.0, rel=0.2)
    assert table.quantile(0.46)[0] == pytest.approx(8.0, rel=0.2)


def test_what_came_in_a_session_that_is_over_is_forgotten_in_the_same_second():
    table = Lag()
    table.roll(START)
    note(table, [1.0])
    table.forget(0)
    table.roll(START + 1)

    assert np.isnan(table.quantile(0.5)[0])


def test_rooms_stand_side_by_side():
    """A new session forgets its own, growing forgets nothing."""
    table = Lag()
    table.roll(START)
    note(table, [1.0], row=2)
    note(table, [4.0], row=3)
    table.roll(START + 1)
    table.grow(100)
    table.forget(2)

    assert 100 == len(table.quantile(0.5))
    assert [True, False] == np.isnan(table.quantile(0.5)[2:4]).tolist()


def test_figures_tell_the_lag_of_a_room():
    """Nine facts a second late, one 20 s; what has no time of its own is not counted."""
    stage = Stage()
    stage.tell("comment", times=9, late_s=1.0)
    stage.tell("like", late_s=20.0)
    stage.tell("comment", times=50, at_from="received")
    stage.tell("stock", value=5, late_s=3000.0)  # a state says since when it is so
    stage.wait(1)

    assert stage.figure("lag_p50_s") == pytest.approx(1.0, rel=0.2)
    assert stage.figure("lag_p99_s") == pytest.approx(20.0, rel=0.2)
