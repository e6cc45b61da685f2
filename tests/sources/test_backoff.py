"""Waits double, are jittered, and stay between the shortest and the longest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.backoff import STEADY_S, Backoff


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        (0.0, [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]),
        (1.0, [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]),
        (0.5, [0.75, 1.5, 3.0, 6.0, 7.5, 7.5]),
    ],
)
def test_waits_double_up_to_the_longest(chance, expected):
    """The chance decides where in the upper half of the span a wait lies."""
    backoff = Backoff(random=lambda: chance)

    assert expected == [backoff.next_s() for _ in expected]


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=60))
def test_no_wait_is_shorter_or_longer_than_said(chances):
    """Also after so many attempts that the doubling would overflow."""
    source = iter(chances)
    backoff = Backoff(0.5, 10.0, lambda: next(source))

    for _ in chances:
        assert 0.5 <= backoff.next_s() <= 10.0


def test_a_steady_connection_starts_the_waits_anew():
    """One that was dropped at once does not: it would be tried at full speed for ever."""
    backoff = Backoff(random=lambda: 0.0)
    for _ in range(5):
        backoff.next_s()

    backoff.stood(STEADY_S - 0.1)
    after_a_short_one = backoff.next_s()
    backoff.stood(STEADY_S)
    after_a_steady_one = backoff.next_s()

    assert (5.0, 0.5) == (after_a_short_one, after_a_steady_one)


def test_a_slow_wait_is_jittered_around_its_span():
    """So that a fleet with a wrong password does not come in step."""
    early, on_time = Backoff(random=lambda: 0.0), Backoff(random=lambda: 0.5)

    assert (22.5, 30.0) == (early.around(30.0), on_time.around(30.0))
