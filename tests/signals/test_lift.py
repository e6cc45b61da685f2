"""By how much a rate rose, held against counts whose truth is known."""

from __future__ import annotations

import gzip
import json
import math
import pathlib
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
import pytest

from monitor.signals.lift import LIKE, USUAL, lift, scatter, student

RECORDING = (
    pathlib.Path(__file__).parents[3] / "shared/data/recordings/bilibili/room_11365.jsonl.gz"
)


def steady(rate: int, seconds: int) -> np.ndarray:
    return np.full(seconds, rate, np.int64)


def test_a_rate_that_doubled_has_a_lift_of_one_whatever_the_spans():
    found = lift(steady(20, 30), steady(10, 210), 60)

    assert math.isclose(1.0, found.lift, abs_tol=0.01)
    assert found.low < 1.0 < found.high
    assert found.low > 0


def test_by_hand():
    """
    30 in 30 s against 30 in 60 s; φ = 1.2 of seven equal blocks (6 · 0 + 4 · 2) ÷ 10 = 0.8, so 1
    """
    past = np.tile(np.array([0, 1]), 105)
    found = lift(steady(1, 30), past, 60)
    sigma = math.sqrt(1 / 30.5 + 1 / 30.5)
    reach = student(0.975, 10) * sigma

    assert 1.0 == scatter(past)
    assert found == pytest.approx(
        [math.expm1(math.log(2) + sign * reach) for sign in (0, -1, 1)], rel=1e-9
    )


def test_where_nobody_did_anything_nothing_can_be_told():
    found = lift(steady(0, 30), steady(0, 210), 60)

    assert found.low < -0.9
    assert found.high > 10


def test_a_restless_room_has_a_wider_interval():
    """
    The same sums, but the past comes in waves of half a minute.
    """
    calm, waves = steady(2, 210), np.repeat(np.array([0, 4, 0, 4, 2, 0, 4]), 30)
    still, restless = (lift(steady(3, 30), past, 60) for past in (calm, waves))

    assert 1.0 == scatter(calm)
    assert scatter(waves) > 20
    assert restless.low < still.low < still.lift < still.high < restless.high


def test_of_a_short_past_as_much_is_known_as_of_a_usual_room():
    assert (USUAL, USUAL) == (scatter(steady(5, 29)), scatter(steady(0, 210)))


@pytest.mark.parametrize(
    ("freedom", "share", "quantile"),
    [(4, 0.975, 2.7764), (10, 0.975, 2.2281), (10, 0.9875, 2.6338), (30, 0.995, 2.7500)],
)
def test_quantiles_of_students_distribution_are_those_of_the_tables(freedom, share, quantile):
    assert math.isclose(quantile, student(share, freedom), rel_tol=0.02)


@pytest.mark.parametrize("rate", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_the_interval_holds_the_truth_of_steady_rooms(rate, truth):
    """
    Poisson counts of 1,000 rooms: it misses in at most 5 %, and is no wider than it must be.
    """
    dice = np.random.default_rng(7)
    missed, width = 0, 0.0
    for _ in range(1000):
        past, after = dice.poisson(rate, 210), dice.poisson(rate * (1 + truth), 30)
        found = lift(after, past, 60)
        missed += not found.low <= truth <= found.high
        width += math.log1p(found.high) - math.log1p(found.low)
    exact = 2 * NormalDist().inv_cdf(0.975)
    exact *= math.sqrt(1 / (30 * rate * (1 + truth) + 0.5) + 1 / (60 * rate + 0.5))

    assert missed / 1000 <= 0.05
    assert width / 1000 < 1.6 * exact


def counts(command: str) -> np.ndarray:
    """Facts of a recorded room, one count a second."""
    at = []
    with gzip.open(RECORDING) as lines:
        for each in lines:
            told = json.loads(each)
            if told["cmd"] == command and told["data"]:
                at.append(float(told["data"].get("timestamp") or told["recv"]))
    seconds = np.array(at)
    seconds = np.where(seconds > 1e11, seconds / 1000, seconds).astype(np.int64)
    first, last = np.percentile(seconds, [0.01, 99.99]).astype(np.int64)
    return np.bincount(seconds[(seconds >= first) & (seconds <= last)] - first)


def instants(series: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Where nothing particular was told, and the recorder did not stall."""
    dice = np.random.default_rng(1)
    while True:
        at, hook = int(dice.integers(240, len(series) - 60)), int(dice.integers(8, 20))
        whole = series[at - 240 : at + 60].reshape(10, 30).sum(axis=1)
        if (whole == 0).sum() <= 1:
            yield series[at - 210 : at], series[at + hook : at + hook + 30]


@pytest.mark.recordings
@pytest.mark.skipif(not RECORDING.exists(), reason="no recordings in ../shared/data")
@pytest.mark.parametrize(("command", "most"), [("DANMU_MSG", 0.10), ("SEND_GIFT", 0.07)])
def test_in_a_recorded_room_chance_is_seldom_taken_for_a_lift(command, most):
    """
    1,500 instants at which nobody did anything on purpose; nominal 5 %.
    """
    drawn = instants(counts(command))
    found = [lift(after, past, 60) for past, after in (next(drawn) for _ in range(1500))]

    assert sum(not one.low <= 0 <= one.high for one in found) / 1500 <= most
    assert LIKE > 0
