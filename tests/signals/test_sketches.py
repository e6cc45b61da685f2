"""How many different people, against plain sets."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals.sketches import ERROR, EVER, Sketch, cells
from monitor.signals.windows import NO_SLOT, Ints


def keys(people: int, seed: int) -> Ints:
    return np.random.default_rng(seed).integers(-(1 << 63), 1 << 63, people)


def met(people: Ints, slots: Ints) -> Sketch:
    sketch = Sketch()
    sketch.saw(cells(people), slots)
    return sketch


def at(second: int, people: int) -> Ints:
    return np.full(people, second, np.int64)


@pytest.mark.parametrize("people", [1_000, 5_000, 12_000, 40_000, 200_000, 1_000_000])
def test_it_is_within_three_standard_errors(people):
    """Of each of five crowds; and of all, on the average, within what five leave of it."""
    off = [
        met(keys(people, seed), at(100, people)).people([EVER])[0] / people - 1 for seed in range(5)
    ]

    assert max(map(abs, off)) < 3 * ERROR
    assert abs(np.mean(off)) < 3 * ERROR / np.sqrt(5)


def test_the_scatter_is_the_error_that_is_told():
    """Sixty crowds of 30,000: a standard deviation of 1.6 %, give or take a quarter."""
    people = 30_000
    off = [met(keys(people, seed), at(9, people)).people([EVER])[0] / people for seed in range(60)]

    assert 0.75 * ERROR < np.std(off) < 1.25 * ERROR


@pytest.mark.parametrize("people", [0, 1, 2, 10, 50, 100])
def test_few_are_told_to_one_or_two(people):
    sketch = met(keys(people, 7), at(100, people))

    assert abs(sketch.people([EVER])[0] - people) <= 2


def test_numbers_in_a_row_are_mixed():
    """A key need not look random."""
    people = np.arange(1, 100_001)

    assert abs(met(people, at(5, 100_000)).people([EVER])[0] / 100_000 - 1) < 3 * ERROR


def test_order_and_batches_and_who_comes_again_change_nothing():
    dice = np.random.default_rng(3)
    people = dice.choice(keys(20_000, 3), 60_000)
    slots = dice.integers(1, 400, 60_000)
    once = met(people, slots)
    parts = Sketch()
    for part in np.array_split(dice.permutation(60_000), 17):
        parts.saw(cells(people[part]), slots[part])
        parts.saw(cells(people[part]), slots[part])

    np.testing.assert_array_equal(once._newest, parts._newest)


def test_a_window_holds_who_was_met_in_it():
    """
    30,000 in second 100 ── 6,000 of them again in 200 ── 500 without a second
    """
    people = keys(30_500, 11)
    sketch = met(people[:30_000], at(100, 30_000))
    sketch.saw(cells(people[:6_000]), at(200, 6_000))
    sketch.saw(cells(people[30_000:]), at(NO_SLOT, 500))
    ever, first, later, none = sketch.people([EVER, 100, 101, 201])

    assert abs(ever / 30_500 - 1) < 3 * ERROR
    assert abs(first / 30_000 - 1) < 3 * ERROR
    assert abs(later / 6_000 - 1) < 3 * ERROR
    assert 0 == none
