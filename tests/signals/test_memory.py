"""What a gauge was five minutes ago."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals.memory import Memory

START = 1_795_370_000.0


def keep(memory: Memory, seconds: range | list[float]) -> None:
    """The gauge is the second itself."""
    for second in seconds:
        memory.keep(START + second, np.array([float(second)]))


@pytest.mark.parametrize(
    ("now", "was"), [(300, 0.0), (309, 0.0), (310, 10.0), (599, 290.0), (290, None)]
)
def test_a_reading_of_five_minutes_ago(now, was):
    """One in ten seconds is kept."""
    memory = Memory()
    keep(memory, range(now + 1))

    value = memory.read(START + now)[0]

    assert was == (None if np.isnan(value) else value)


def test_what_was_not_read_is_unknown():
    """
    0 … 100 ── nothing ── 400 …       at 450 the reading of 150 is missing; at 700 there is one
    """
    memory = Memory()
    keep(memory, [*range(101), *range(400, 451)])
    assert np.isnan(memory.read(START + 450)[0])

    keep(memory, range(451, 701))
    assert 400.0 == memory.read(START + 700)[0]


def test_after_a_long_silence_nothing_is_left():
    memory = Memory()
    keep(memory, range(400))

    assert np.isnan(memory.read(START + 5000)[0])


def test_a_new_session_has_no_past():
    memory = Memory()
    keep(memory, range(301))

    memory.forget(0)

    assert np.isnan(memory.read(START + 300)[0])


def test_growing_keeps_the_past():
    memory = Memory(rows=1)
    keep(memory, range(301))

    memory.grow(30)

    assert 0.0 == memory.read(START + 300)[0]
    assert np.isnan(memory.read(START + 300)[29])


def test_a_reading_of_an_instant_is_the_one_kept_before_it():
    """Of up to five minutes ago; others nobody knows."""
    memory = Memory()
    keep(memory, range(601))

    found = [memory.at(0, START + when) for when in (600, 455.5, 299, 299 - 10, 615)]
    assert [600, 450, None, None, None] == [None if np.isnan(each) else each for each in found]
    assert np.isnan(memory.at(99, START + 600))
