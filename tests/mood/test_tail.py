"""The tail of a Gamma-Poisson count, against the plain sum of its probabilities."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitor.mood.tail import log10_tail, log_gamma


def summed(count: int, mean: float, shape: float) -> float:
    """1 − P(K < count), term by term."""
    ratio = mean / (mean + shape)
    below = sum(
        math.exp(
            math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1)
            + shape * math.log1p(-ratio) + k * math.log(ratio)
        )
        for k in range(count)
    )  # fmt: skip
    return 1.0 - below


@pytest.mark.parametrize(
    ("count", "mean", "shape"),
    [(3, 0.5, 0.3), (1, 5.0, 2.0), (10, 20.0, 10.0), (30, 29.0, 3.0),
     (60, 20.0, 10.0), (5, 0.1, 0.3)],
)  # fmt: skip
def test_a_tail_is_what_is_left_of_the_sum(count, mean, shape):
    tail = 10 ** log10_tail(np.array([float(count)]), np.array([mean]), np.array([shape]))[0]

    assert summed(count, mean, shape) == pytest.approx(tail, rel=1e-6, abs=1e-9)


def test_nothing_is_never_surprising():
    zero, one = np.array([0.0]), np.array([1.0])

    assert [0.0] == log10_tail(zero, one, one).tolist()
    assert [0.0] == log10_tail(one, zero, one).tolist()


def test_the_logarithm_of_gamma():
    values = [0.3, 1.0, 2.5, 17.0, 4_000.0]

    assert [math.lgamma(value) for value in values] == pytest.approx(
        log_gamma(np.array(values)).tolist(), abs=1e-9, rel=1e-12
    )
