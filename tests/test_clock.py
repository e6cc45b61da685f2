"""The only module that reads the time."""

from __future__ import annotations

import time

import pytest
import time_machine

from monitor.clock import SLEW, FastClock, ManualClock, SystemClock, steady, worked


def test_the_systems_clock_begins_with_wall_time() -> None:
    """UTC epoch seconds."""

    assert abs(SystemClock().now() - time.time()) < 5  # noqa: TID251  # held against the real thing


@pytest.mark.parametrize("step_s", [-600.0, 600.0, 30 * 86_400.0])
def test_a_stepped_wall_clock_moves_nothing(step_s: float) -> None:
    """Ten minutes either way, or a month: `now` goes on, neither back nor ahead."""
    with time_machine.travel(1_795_370_000.0, tick=True) as traveller:
        ours = SystemClock()
        before = ours.now()
        begun = steady()
        traveller.shift(step_s)
        after = [ours.now() for _ in range(1000)]
        took_s = steady() - begun

    assert before <= after[0]
    assert sorted(after) == after
    assert after[-1] - before <= took_s * (1 + SLEW) + 0.001


def test_the_error_is_slewed_away() -> None:
    """
    wall    +1 s ──────────────────
    ours     0 ─ at most 5 ms a second ─▶ +1 s after 200 s, and no further
    """
    wall, running = [1_000.0], [0.0]
    ours = SystemClock(lambda: wall[0], lambda: running[0])
    wall[0] += 1.0
    errors = []
    for _ in range(300):
        wall[0] += 1.0
        running[0] += 1.0
        errors.append(wall[0] - ours.now())

    assert pytest.approx([0.995, 0.5, 0.0, 0.0], abs=1e-6) == [errors[i] for i in (0, 99, 199, 299)]


def test_a_manual_clock_moves_when_told_and_never_back() -> None:
    """The clock of tests and replays."""
    hand = ManualClock(100.0)
    hand.advance(5.0)
    hand.set(107.0)

    assert 107.0 == hand.now()
    with pytest.raises(AssertionError):
        hand.advance(-1.0)
    with pytest.raises(AssertionError):
        hand.set(106.0)


def test_the_steady_clock_is_the_one_systemd_compares_with() -> None:
    """CLOCK_MONOTONIC: RELOADING=1 is told with it."""
    before = time.clock_gettime(time.CLOCK_MONOTONIC)
    ours = steady()

    assert before <= ours <= time.clock_gettime(time.CLOCK_MONOTONIC)


def test_a_fast_clock_begins_at_the_walls_time_and_runs_faster() -> None:
    """
    Two seconds pass on the wall, eight on a clock of speed 4.
    """
    running = iter([10.0, 10.0, 12.0])
    clock = FastClock(4.0, wall=lambda: 1000.0, running=lambda: next(running))

    assert 1000.0 == clock.now()
    assert 1008.0 == clock.now()


def test_what_the_processor_worked_for_us_only_rises() -> None:
    before = worked()
    sum(range(200_000))

    assert worked() > before
