"""baseline: what is usual, against the statistics module; gap, warm-up, freezing."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules.kinds import baseline as module
from tests.rules.kinds.asked import Table, answers, asker

NAN = float("nan")
RULE = """\
    kind: baseline
    value: comments_10s
    baseline: {{{}}}
    when: z < -4
"""
MINUTE = "window: 60s, gap: 3s, min_points: 5, floor: 0"  # a reading a second


class Air(Table):
    """Rooms that broadcast, unless `live` says otherwise."""

    def on_air(self) -> np.ndarray:
        return self.get("live", np.ones(self.rows)) != 0.0


class Told:
    """A baseline of one row, fed a value a second."""

    def __init__(self, baseline: str = MINUTE) -> None:
        self.asker = asker(RULE.format(baseline))
        self.second = 1000
        self.answers: list[str] = []

    def read(self, *values: float, firing: bool = False, live: float = 1.0) -> Told:
        for value in values:
            self.second += 1
            self.columns = Air(comments_10s=[value], live=[live])
            self.answers += answers(self.asker, self.columns, float(self.second), firing)
        return self

    def __getitem__(self, name: str) -> float | None:
        return self.asker.values(self.columns, 0)[name]  # type: ignore[arg-type, return-value]


readings = st.lists(st.one_of(st.integers(0, 50), st.none()), min_size=4, max_size=80)


@settings(max_examples=80, deadline=None)
@given(readings)
def test_what_is_usual_is_the_median_of_the_window_before_the_gap(values):
    """Of the last sixty readings that are at least three seconds old, those that are known."""
    told = Told().read(*(NAN if value is None else value for value in values))

    window = [value for value in values[: len(values) - 3][-60:] if value is not None]
    if len(window) < 5:
        assert (None, None, None) == (told["base"], told["dev"], told["z"])
        return
    base = statistics.median(window)
    dev = 1.4826 * statistics.median(abs(value - base) for value in window)
    assert (pytest.approx(base), pytest.approx(dev)) == (told["base"], told["dev"])
    last = values[-1]
    if last is None or (dev == 0 and last != base):
        assert told["z"] is None
    else:
        assert told["z"] == pytest.approx(0 if last == base else (last - base) / dev)


@settings(max_examples=60, deadline=None)
@given(readings)
def test_a_weighted_mean_is_that_of_the_recursion(values):
    told = Told(f"method: ewma, {MINUTE}").read(*(NAN if v is None else v for v in values))

    mean = variance = 0.0
    count = 0
    for value in values[: len(values) - 3]:
        if value is None:
            continue
        count += 1
        weight = max(2 / 61, 1 / count)
        away = value - mean if count > 1 else 0.0
        mean = value if count == 1 else mean + weight * away
        variance = (1 - weight) * (variance + weight * away**2)
    if count < 5:
        assert told["base"] is None
    else:
        assert (pytest.approx(mean), pytest.approx(variance**0.5)) == (told["base"], told["dev"])


def test_a_sudden_drop_is_far_from_usual_and_a_slow_one_is_not():
    """About 50 ± 1.5 a second, then 20 at once; or a fall to 20 over four minutes."""
    usual = [50, 51, 49, 52, 48] * 12
    sudden = Told().read(*usual).read(20)
    slow = Told().read(*usual).read(*np.linspace(50, 20, 240))

    assert "holds" == sudden.answers[-1]
    assert sudden["z"] < -15
    assert "holds" not in slow.answers


def test_what_is_tested_is_not_part_of_what_it_is_tested_against():
    """A spike of three seconds has not moved what is usual while it lasts."""
    told = Told().read(*[10, 11, 9] * 20).read(500, 500, 500)

    assert 10 == told["base"]


def test_before_there_are_enough_readings_nothing_is_known():
    """Three wait for the gap, five are the least: at the eighth there is an answer."""
    told = Told().read(*[10] * 8)

    assert ["unknown"] * 7 + ["fails"] == told.answers


def test_nothing_is_learned_while_its_alert_fires():
    """Nor of what waited for the gap when it began."""
    told = Told().read(*[50, 51, 49] * 20).read(*[5] * 100, firing=True)
    assert 50 == told["base"]

    thawed = Told(f"{MINUTE}, freeze_while: never").read(*[50, 51, 49] * 20)
    assert 5 == thawed.read(*[5] * 100, firing=True)["base"]


def test_after_it_fired_it_learns_again():
    told = Told().read(*[50, 51, 49] * 20).read(*[5] * 20, firing=True)

    assert 8 == told.read(*[8] * 70)["base"]


def test_what_was_usual_before_a_break_is_forgotten():
    """A minute off air: warm-up begins anew."""
    told = Told().read(*[50] * 60).read(*[0] * 66, live=0.0).read(50)

    assert told["base"] is None


@pytest.mark.parametrize(
    ("settings", "values", "dev"),
    [
        (MINUTE, [100] * 20, 0.0),
        ("window: 60s, gap: 3s, min_points: 5, floor: 0.15", [100] * 20, 15.0),
        ("window: 60s, gap: 3s, min_points: 5, floor: 0.15, least: 20", [100] * 20, 20.0),
        ("window: 60s, gap: 3s, min_points: 5, floor: 0.01", [100, 110, 90] * 20, 14.826),
    ],
)
def test_the_usual_deviation_has_a_floor(settings, values, dev):
    assert dev == pytest.approx(Told(settings).read(*values)["dev"])


def test_five_minutes_are_sixty_readings_of_five_seconds():
    told = Told("window: 5m, gap: 10s, min_points: 30, floor: 0")
    told.read(*[100] * 154)
    assert told["base"] is None

    told.read(100)
    assert 100 == told["base"]


def test_a_second_is_read_once_however_often_it_is_asked():
    told = Told()
    for _ in range(30):
        answers(told.asker, Air(comments_10s=[50.0]), 1000.25)

    assert told.asker.values(Air(comments_10s=[50.0]), 0)["base"] is None  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["median_mad", "ewma"])
def test_many_rows_are_each_their_own_and_come_in_blocks(method):
    """A thousand rows: before the next reading comes each knows what one alone knows."""
    rows = 1000
    dice = np.random.default_rng(7)
    values = dice.integers(0, 60, (40, rows)).astype(float)
    many = asker(RULE.format(f"method: {method}, {MINUTE}"))
    for second, row in enumerate(values):
        for quarter in range(4):
            answers(many, Air(comments_10s=row.tolist()), 1000 + second + quarter / 4)
    told = many.values(Air(comments_10s=values[-1].tolist()), 999)  # type: ignore[arg-type]
    alone = Told(f"method: {method}, {MINUTE}").read(*values[:, 999])

    assert rows > 3 * module.BLOCK
    assert {name: pytest.approx(alone[name]) for name in ("z", "base", "dev")} == {
        name: told[name] for name in ("z", "base", "dev")
    }


def test_a_row_of_another_room_begins_anew():
    for method in ("median_mad", "ewma"):
        told = Told(f"method: {method}, {MINUTE}").read(*[50] * 30)
        told.asker.forget([0, 999])

        assert told.read(*[9] * 7)["base"] is None
        assert 9 == told.read(9, 9)["base"]
