"""How fast products go: the paces, the clumps and the interval, against what is played."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitor.signals import pace as pace_module
from monitor.signals.pace import LASTS, MINUTE, SLOT_S, SPANS_S, WINDOWS, Forecast, Pace, Sales
from monitor.signals.windows import Windows

BEGIN = 1_800_000_000  # a whole minute


class Product:
    """Row 1 of a table, sold by hand."""

    def __init__(self) -> None:
        self.windows = Windows(["ordered"], slot_s=SLOT_S, rows=2)
        self.pace = Pace(rows=2)
        self.now = float(BEGIN)
        self.roll()

    def roll(self) -> None:
        slot = int(self.now) // SLOT_S
        self.pace.roll(self.windows, slot)
        self.windows.roll(slot)

    def play(self, slots: int, units: int = 0, orders: int = 1) -> None:
        """So many orders of so many units in each slot to come."""
        for _ in range(slots):
            for _ in range(orders if units else 0):
                self.sell(units)
            self.now += SLOT_S
            self.roll()

    def sell(self, units: int, slots_ago: int = 0) -> None:
        row, slot = np.array([1]), int(self.now) // SLOT_S - slots_ago
        self.windows.add("ordered", row, slot, units)
        self.pace.ordered(row, np.array([units]))

    def sales(self) -> Sales:
        read = self.windows.read
        windows = [read("ordered", window) for window in WINDOWS]
        return Sales(windows, np.full(2, float(BEGIN)))

    def forecast(self, left: float) -> tuple[float, float, float]:
        self.windows.apply()
        expected, low, high = self.pace.sellout(np.array([np.nan, left]), self.sales(), self.now)
        return float(expected[1]), float(low[1]), float(high[1])


@pytest.mark.parametrize("left", [10, 100, 10_000])
def test_a_steady_pace_goes_on(left):
    """Two orders of one in five seconds, for half an hour: whatever is left goes like that."""
    product = Product()
    product.play(360, 1, orders=2)

    expected, low, high = product.forecast(left)

    assert expected == pytest.approx(left / 0.4, rel=0.05)
    assert low < expected < high < 4 * expected


def test_a_near_end_follows_the_burst_and_a_far_one_the_hour():
    """
    12 a minute for half an hour ── 240 a minute for one
    """
    product = Product()
    product.play(360, 1)
    product.play(MINUTE, 1, orders=20)

    near, far = (product.forecast(left)[0] / left for left in (40, 20_000))

    assert near == pytest.approx(1 / 4, rel=0.2)
    assert far == pytest.approx(1 / 0.33, rel=0.2)


def test_a_calm_is_seen_at_once_and_believed_the_longer_it_lasts():
    """
    240 a minute for half an hour ── nothing
    """
    product = Product()
    product.play(360, 1, orders=20)
    forecasts = [product.forecast(100)[0]]
    for minutes in (1, 4):
        product.play(minutes * MINUTE)
        forecasts.append(product.forecast(100)[0])

    assert forecasts[0] < 30
    assert forecasts[0] * 1.5 < forecasts[1] < forecasts[2] / 1.5


@pytest.mark.parametrize(("units", "orders"), [(12, 1), (3, 4)])
def test_bulk_makes_it_less_certain(units, orders):
    """The same units in orders of one are known better."""
    singles, bulk = Product(), Product()
    for _ in range(12):
        singles.play(5, 1, orders=12)
        singles.play(10)
        bulk.play(5, units, orders=orders)
        bulk.play(10)

    (_, low, high), (_, wide_low, wide_high) = singles.forecast(24), bulk.forecast(24)

    assert wide_high / wide_low > high / low


def test_what_comes_in_clumps_is_less_certain():
    """An order each five seconds, or 36 of them at once, each three minutes."""
    even, clumped = Product(), Product()
    for _ in range(20):
        even.play(3 * MINUTE, 1)
        clumped.play(3 * MINUTE - 1)
        clumped.play(1, 1, orders=36)

    (_, low, high), (_, wide_low, wide_high) = even.forecast(30), clumped.forecast(30)

    assert wide_high / wide_low > 1.5 * high / low


def test_the_interval_holds_four_of_five_at_least():
    """Orders of one to six at a pace that is drawn anew for each product: seeded."""
    dice = np.random.default_rng(7)
    inside = 0
    for _ in range(60):
        product, rate = Product(), float(dice.lognormal(-1.0, 0.7))
        for _ in range(240):
            for _ in range(dice.poisson(rate)):
                product.sell(int(dice.integers(1, 7)))
            product.play(1)
        _, low, high = product.forecast(60)
        left, seconds = 60, 0.0
        while left > 0:
            seconds += dice.exponential(SLOT_S / rate)
            left -= int(dice.integers(1, 7))
        inside += low <= seconds <= high

    assert inside >= 48


def test_it_is_the_expected_sale_of_that_time_that_is_left():
    """S(T) = left, within a twentieth, in bursts and calms of every size."""
    dice = np.random.default_rng(3)
    product = Product()
    for _ in range(40):
        product.play(int(dice.integers(1, 30)), 1, orders=int(dice.integers(0, 30)))
        left = float(dice.integers(1, 2000))
        product.windows.apply()
        which = np.array([1])
        sold = product.sales()
        sales = Sales([window[which] for window in sold.windows], sold.since[which])
        if product.pace.units[1] + sales.last_1m[0] == 0:
            continue
        paces = [float(pace[0]) for pace in product.pace._paces(which, sales, product.now)[0]]
        time = product.forecast(left)[0]
        sold = paces[0] * time
        for wider, narrow, span_s in zip(paces, paces[1:], SPANS_S, strict=False):
            sold += (narrow - wider) * time * LASTS * span_s / (time + LASTS * span_s)

        assert sold == pytest.approx(left, rel=0.05)


def test_the_order_in_which_late_orders_are_told_does_not_matter():
    """Half a minute late, they count where they belong."""
    prompt, late = Product(), Product()
    for product in (prompt, late):
        product.play(24, 1)
    prompt.play(1, 7)
    prompt.play(5)
    late.play(6)
    late.sell(7, slots_ago=6)
    for product in (prompt, late):
        product.play(30, 2)

    assert prompt.forecast(50) == late.forecast(50)


def test_nobody_knows_when_what_was_never_sold_is_sold_out():
    product = Product()
    product.play(10)

    assert all(math.isnan(each) for each in product.forecast(5))
    assert (0.0, 0.0, 0.0) == product.forecast(0)


def test_a_long_silence_is_rolled_over_at_once():
    """What the ring held is settled, and forgotten as fast as second by second."""
    steps, leap = Product(), Product()
    for product in (steps, leap):
        product.play(100, 1)
    steps.play(2000)
    leap.now += 2000 * SLOT_S
    leap.roll()

    assert steps.pace.units == pytest.approx(leap.pace.units)
    assert steps.forecast(50) == pytest.approx(leap.forecast(50), rel=0.05)


def test_a_new_session_forgets_how_fast_it_went():
    product = Product()
    product.play(60, 1)
    product.pace.forget(1)
    product.windows.forget(1)

    assert math.isnan(product.forecast(50)[0])


def test_growing_keeps_what_is_known():
    product = Product()
    product.play(60, 1)
    before = product.pace.units[1]
    product.pace.grow(40)

    assert (40, before) == (len(product.pace.units), product.pace.units[1])


def test_a_forecast_holds_for_a_second():
    """
    Worked out at 100.0 and 101.0, and where a product is new.
    """
    asked = []

    def work_out(now: float):
        asked.append(now)
        return np.full(2, now)

    forecast = Forecast(work_out)

    assert [100.0, 100.0] == forecast.of_second(100.0, 2).tolist()
    assert [100.0, 100.0] == forecast.of_second(100.75, 2).tolist()
    assert [100.0] == asked
    assert [101.0, 101.0] == forecast.of_second(101.0, 2).tolist()
    forecast.of_second(101.25, 3)
    assert [100.0, 101.0, 101.25] == asked


def test_what_is_expected_is_the_same_compiled_or_not(monkeypatch):
    """To the last bit: stock that is unknown, none or plenty, sales that are none or given back."""
    dice, rows, now = np.random.default_rng(7), 1000, 1_795_370_003.25
    pace = Pace(rows=rows)
    for column in vars(pace).values():
        column[:] = dice.choice([0.0, 0.5, 3.0, 1e4], rows)
    left = dice.choice([np.nan, 0.0, 1.0, 40.0, 1e6], rows)
    windows = [dice.choice([-2, 0, 1, 90, 5000], rows) for _ in WINDOWS]
    sales = Sales(windows, now - dice.choice([np.nan, 0.0, 3.0, 100.0, 1e5], rows))

    fast = pace.expected(left, sales, now)
    monkeypatch.setattr(pace_module, "compiled", None)
    with np.errstate(all="ignore"):
        plain, (whole, _, _) = pace.expected(left, sales, now), pace.sellout(left, sales, now)

    np.testing.assert_array_equal(plain, fast)
    np.testing.assert_array_equal(whole, fast)
    assert 100 < np.count_nonzero(fast > 0) < rows
