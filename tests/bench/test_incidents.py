"""The simulated rooms, in small."""

from __future__ import annotations

import numpy as np

from monitor.bench.incidents import Crowd, delays, false_alarms


def test_the_same_seed_is_the_same_rooms():
    first, second = (Crowd(60, 3, 5).second()[1].tolist() for _ in range(2))

    assert first == second


def test_a_crowd_writes_about_as_much_as_it_should():
    crowd = Crowd(600, 50, 1)
    written = np.mean([crowd.second()[1].mean() for _ in range(100)])

    assert 5 < written < 25


def test_two_in_five_complaining_are_found_in_seconds():
    found = delays(500, 0.40, seed=1, sessions=5)

    assert (1.0, 1.0) == (found.found, found.right)
    assert found.median_s <= 5


def test_an_hour_without_incidents_is_quiet():
    assert false_alarms(500, seed=1, sessions=5, hours=0.5) <= 1.0
