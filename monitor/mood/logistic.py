"""Fits the weights of logistic models over hashed features: the same bytes for the same rows.

Plain L-BFGS in numpy. Sums run in a fixed order and in one thread, so nothing depends on
who else uses the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.mood.features import BITS, counts, features
from monitor.mood.normalise import fold

Floats = NDArray[np.float64]
_CHUNK = 4096
_MEMORY = 10


class Rows:
    """Comments as features below `size`: row i has index[starts[i] : starts[i] + sizes[i]].

    A smaller table than the features were made for takes their first bits.
    """

    def __init__(self, texts: Sequence[str], bits: int = BITS) -> None:
        self.size = 1 << bits
        index, sizes = [], []
        for first in range(0, len(texts), _CHUNK):
            lines = fold(texts[first : first + _CHUNK])
            seen = features(lines)
            table = np.full((len(lines.points) - 1, 3), -1, np.int64)
            table[:, 0] = seen.singles[:-1]
            table[:, 1] = seen.pairs
            table[: len(seen.triples), 2] = np.where(seen.whole, seen.triples.astype(np.int64), -1)
            flat = table.ravel()
            index.append(flat[flat >= 0] >> (BITS - bits))
            sizes.append(counts(lines))
        self.index = np.concatenate(index)
        self.sizes = np.concatenate(sizes)
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.scale = 1.0 / np.sqrt(self.sizes)

    def scores(self, weights: Floats, bias: float) -> Floats:
        """Sum of the weights over the root of how many there are, of each row."""
        return np.add.reduceat(weights[self.index], self.starts) * self.scale + bias

    def gather(self, slopes: Floats) -> Floats:
        """What each weight would have to answer for."""
        each = np.repeat(slopes * self.scale, self.sizes)
        return np.bincount(self.index, each, self.size).astype(np.float64)


def fit_binary(rows: Rows, positive: NDArray[np.bool_], trust: Floats, looseness: float) -> Floats:
    """Weights of a yes-or-no model, its bias last. `trust` weighs the rows."""
    sign = np.where(positive, 1.0, -1.0)

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, bias = point[:-1], float(point[-1])
        margin = sign * rows.scores(weights, bias)
        slopes = -sign * trust / (1.0 + np.exp(np.minimum(margin, 700.0)))
        value = 0.5 * _dot(weights, weights) / looseness + _sum(trust * np.logaddexp(0.0, -margin))
        return value, np.append(weights / looseness + rows.gather(slopes), _sum(slopes))

    return _descend(loss, np.zeros(rows.size + 1))


def fit_classes(rows: Rows, labels: NDArray[np.intp], classes: int, looseness: float) -> Floats:
    """Weights of a one-of-several model, shape (classes, rows.size)."""
    target = np.eye(classes)[labels].T

    def loss(point: Floats) -> tuple[float, Floats]:
        weights = point.reshape(classes, rows.size)
        scores = np.stack([rows.scores(row, 0.0) for row in weights])
        scores -= scores.max(axis=0)
        likely = np.exp(scores)
        likely /= likely.sum(axis=0)
        value = 0.5 * _dot(point, point) / looseness
        value -= _sum((target * np.log(np.maximum(likely, 1e-300))).sum(axis=0))
        slopes = np.stack([rows.gather(row) for row in likely - target])
        return value, point / looseness + slopes.ravel()

    return _descend(loss, np.zeros(classes * rows.size)).reshape(classes, rows.size)


def _dot(left: Floats, right: Floats) -> float:
    return float((left * right).sum())  # not BLAS: it may split the sum over threads


def _sum(values: Floats) -> float:
    return float(values.sum())


def _descend(loss: Callable[[Floats], tuple[float, Floats]], point: Floats) -> Floats:
    """L-BFGS until a step gains less than a hundred-thousandth, at most 150 steps."""
    value, slope = loss(point)
    steps: list[tuple[Floats, Floats, float]] = []  # of point, of slope, their product
    for _ in range(150):
        direction = -_newton(slope, steps)
        fall = _dot(slope, direction)
        length = 1.0
        while True:
            there = point + length * direction
            value_there, slope_there = loss(there)
            if value_there <= value + 1e-4 * length * fall or length < 1e-6:
                break
            length *= 0.5
        step, turn = there - point, slope_there - slope
        bend = _dot(step, turn)
        if bend > 1e-12:
            steps = [*steps[-_MEMORY + 1 :], (step, turn, bend)]
        gained = value - value_there
        point, value, slope = there, value_there, slope_there
        if gained < 1e-5 * abs(value):
            break
    return point


def _newton(slope: Floats, steps: list[tuple[Floats, Floats, float]]) -> Floats:
    """The slope times the inverse curvature, as far as the last steps tell it."""
    result = slope.copy()
    if not steps:
        return result / max(1.0, np.sqrt(_dot(slope, slope)))
    shares = []
    for step, turn, bend in reversed(steps):
        share = _dot(step, result) / bend
        shares.append(share)
        result -= share * turn
    _, turn, bend = steps[-1]
    result *= bend / _dot(turn, turn)
    for (step, turn, bend), share in zip(steps, reversed(shares), strict=True):
        result += step * (share - _dot(turn, result) / bend)
    return result
