"""A reading every ten seconds, for an hour, and the band it lets us expect."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.past import EVERY_S, FEWEST, ROOMS, STEPS, Past, percentiles

NOW = 1_795_370_000.0


def kept(values: list[float], figure: str = "online") -> Past:
    past = Past([figure])
    for index, value in enumerate(values):
        past.keep(NOW + EVERY_S * index, [np.array([value])])
    return past


def test_a_reading_is_due_once_every_ten_seconds():
    """
    Steps lie on whole tens of seconds.
    """
    past = kept([1.0])

    assert [False, False, True] == [past.due(NOW + after) for after in (0.0, 9.9, 10.0)]


def test_missed_steps_are_unknown():
    """
    Nobody looked: not 0, and not the last value again.
    """
    past = Past(["online"])
    past.keep(NOW, [np.array([5.0])])
    past.keep(NOW + 30, [np.array([7.0])])

    np.testing.assert_array_equal([5.0, np.nan, np.nan, 7.0], past.read(0, "online", 4))


def test_an_hour_is_kept_and_no_more():
    """
    A silence longer than that leaves nothing.
    """
    past = kept([float(n) for n in range(STEPS + 5)])

    assert 5.0 == past.read(0, "online", STEPS)[0]

    past.keep(NOW + 1e6, [np.array([1.0])])

    assert np.isnan(past.read(0, "online", STEPS)[:-1]).all()


def test_rooms_beyond_the_limit_are_unknown():
    """
    They cost no memory.
    """
    past = Past(["online"])
    past.keep(NOW, [np.arange(ROOMS + 100.0)])

    assert float(ROOMS - 1) == past.read(ROOMS - 1, "online", 1)[0]
    assert np.isnan(past.read(ROOMS + 50, "online", 1)[0])
    assert ROOMS == len(past.sparks())


def test_a_fall_does_not_move_the_band_it_falls_out_of():
    """
    A quarter of an hour between 90 and 110, then nobody is there.
    """
    past = kept([90.0 if n % 2 else 110.0 for n in range(120)] + [0.0] * 6)
    low, high = past.band(0, "online", 3)
    spark, band = past.sparks()[0]

    assert ([90.0] * 3, [110.0] * 3) == (low.tolist(), high.tolist())
    assert (90, 110) == band
    assert [0] * 6 == spark[-6:]


def test_without_a_past_nothing_is_expected():
    """
    A room that has just begun has no band.
    """
    past = kept([1.0] * FEWEST)

    assert past.sparks()[0][1] is None


def test_a_new_session_is_not_held_against_the_last_one():
    """
    What was is forgotten.
    """
    past = kept([5.0] * 99)
    past.forget(0)

    assert np.isnan(past.read(0, "online", 99)).all()


rows = st.lists(st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6)), min_size=20, max_size=20)


@given(st.lists(rows, min_size=1, max_size=4))
def test_percentiles_are_those_of_numpy_without_the_unknown(lines: list[list[float]]):
    """
    For any readings, as long as enough of them are known.
    """
    low, high = percentiles(np.array(lines))
    for line, one, other in zip(lines, low, high, strict=True):
        known = [value for value in line if not np.isnan(value)]
        if len(known) < FEWEST:
            assert np.isnan(one)
        else:
            np.testing.assert_allclose([one, other], np.percentile(known, [10, 90]), atol=1e-6)
