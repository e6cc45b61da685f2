"""The comments that the speed is measured with."""

from __future__ import annotations

from monitor.bench.mood import comments
from monitor.mood.mood import Mood


def test_the_same_seed_is_the_same_mix():
    assert comments(100, 1) == comments(100, 1) != comments(100, 2)


def test_about_one_in_seven_complains():
    share = Mood().read(comments(2_000, 1)).negative.mean()

    assert 0.08 < share < 0.2
