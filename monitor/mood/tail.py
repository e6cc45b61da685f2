"""How unlikely so many complaints are, if nothing has changed.

The rate of complaints drifts by itself, and in a busy room a tail of a binomial or a
Poisson law takes every drift for an incident. The share is therefore taken as known no
better than from 200 comments, however many there were: the count in a window of n
comments is then Gamma-Poisson (negative binomial), and

    P(K ≥ k) = I(μ ÷ (μ + r); k, r)     μ = n p₀,  r = p₀ × min(baseline, 200)

where I is the regularised incomplete beta function. All of it works on arrays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 200
_NEAR = 1e-8
_TINY = 1e-300


def log_gamma(value: Floats) -> Floats:
    """ln Γ for positive values: Stirling's series, eight steps further up."""
    shifted = value + 8.0
    product = value.copy()
    for step in range(1, 8):
        product *= value + step
    square = shifted * shifted
    series = 1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / 1680.0 / square) / square) / square
    return (
        (shifted - 0.5) * np.log(shifted) - shifted + 0.9189385332046727 + series / shifted
        - np.log(product)
    )  # fmt: skip


def log10_tail(count: Floats, mean: Floats, shape: Floats) -> Floats:
    """log₁₀ P(K ≥ count) of a Gamma-Poisson count; 0 where count is 0. Shapes alike."""
    result = np.zeros(len(count))
    some = (count > 0) & (mean > 0)
    if not some.any():
        return result
    a, b = count[some], shape[some]
    x = mean[some] / (mean[some] + b)
    front = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * np.log(x) + b * np.log1p(-x)
    low = x < (a + 1.0) / (a + b + 2.0)
    # Above that the fraction of the other end comes to its value sooner.
    first, second, at = np.where(low, a, b), np.where(low, b, a), np.where(low, x, 1.0 - x)
    part = front + np.log(_fraction(first, second, at) / first)
    with np.errstate(divide="ignore"):
        whole = np.where(low, part, np.log1p(-np.minimum(np.exp(np.minimum(part, 0.0)), 1.0)))
    result[some] = np.minimum(whole, 0.0) / np.log(10.0)
    return result


def _fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c = np.ones_like(a)
    d = 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    value = d.copy()
    for step in range(1, _STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        d = 1.0 / _away(1.0 + even * d)
        c = _away(1.0 + even / c)
        value *= c * d
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        d = 1.0 / _away(1.0 + odd * d)
        c = _away(1.0 + odd / c)
        change = c * d
        value *= change
        if np.abs(change - 1.0).max() < _NEAR:
            break
    return value


def _away(value: Floats) -> Floats:
    """Not quite zero."""
    return np.where(np.abs(value) < _TINY, _TINY, value)
