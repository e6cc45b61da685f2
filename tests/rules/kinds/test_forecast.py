"""forecast: the weighted line, against numpy.polyfit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules.kinds import forecast as forecast_module
from monitor.rules.kinds.forecast import FEWEST, NEVER_S
from tests.rules.kinds.asked import Table, answers, asker

NAN = float("nan")
FIT_S = 20
SOON = f"""\
    kind: forecast
    scope: product
    value: stock
    fit: {FIT_S}s
    when: eta_s < 45 and stock > 0
"""


class Told:
    """A forecast of one row, fed a reading a second."""

    def __init__(self, text: str = SOON) -> None:
        self.asker = asker(text)
        self.second = 1000
        self.columns = Table(stock=[NAN])

    def read(self, *values: float) -> Told:
        for value in values:
            self.second += 1
            self.columns = Table(stock=[value])
            self.answer = answers(self.asker, self.columns, float(self.second))[0]
        return self

    def __getitem__(self, name: str) -> float | None:
        return self.asker.values(self.columns, 0)[name]  # type: ignore[arg-type, return-value]


@settings(max_examples=60, deadline=None)
@given(
    start=st.integers(500, 900),
    readings=st.lists(st.one_of(st.integers(0, 60), st.none()), min_size=12, max_size=60),
)
def test_the_slope_is_that_of_a_weighted_line(start, readings):
    """Weights fall by half in half of `fit`; a second without a reading is left out."""
    told = Told()
    values = [NAN if reading is None else float(start - reading) for reading in readings]
    told.read(*values)

    seconds = np.arange(len(values)) - len(values) + 1.0
    known = ~np.isnan(values)
    if known.sum() < FEWEST:
        assert told["slope"] is None
        return
    # polyfit weighs residuals, so it takes the root.
    weights = np.sqrt(0.5 ** (-seconds * 2 / FIT_S))[known]
    expected = np.polyfit(seconds[known], np.array(values)[known], 1, w=weights)[0]

    assert told["slope"] == pytest.approx(expected, abs=1e-6)


def test_a_straight_fall_is_foretold_to_the_second():
    """100, 98, 96 …: two a second; at 80 it is out in 40 s."""
    told = Told().read(*range(100, 78, -2))

    assert told["slope"] == pytest.approx(-2)
    assert told["eta_s"] == pytest.approx(40)
    assert "holds" == told.answer


def test_nothing_is_foretold_of_a_few_readings():
    told = Told().read(100, 90, 80, 70)

    assert ("unknown", None) == (told.answer, told["eta_s"])
    assert "holds" == told.read(60).answer


@pytest.mark.parametrize("values", [[50] * 8, range(50, 58)])
def test_what_stands_or_moves_away_never_gets_there(values):
    told = Told().read(*values)

    assert ("fails", NEVER_S) == (told.answer, told["eta_s"])


def test_what_is_there_is_there():
    told = Told().read(*range(10, -1, -1))

    assert ("fails", 0.0) == (told.answer, told["eta_s"])  # `stock > 0` is asked too


@pytest.mark.parametrize("before", [range(100, 40, -2), [*range(20, 0, -1), 0, 0]])
def test_a_refill_starts_the_line_anew(before):
    """From a low stock, and from none at all."""
    told = Told().read(*before).read(900, 899, 898, 897)
    assert told["slope"] is None

    told.read(896)
    assert told["slope"] == pytest.approx(-1)
    assert told["eta_s"] == pytest.approx(896)


@pytest.mark.parametrize(("to", "anew"), [(60, False), (61, True)])
def test_a_refill_is_a_rise_of_more_than_a_fifth(to, anew):
    """100, 90 … 50, then a few are given back, or goods are added."""
    told = Told().read(*range(100, 40, -10)).read(to)

    assert anew is (told["slope"] is None)


def test_a_second_is_read_once_however_often_it_is_asked():
    told = Told()
    for _ in range(8):
        answers(told.asker, Table(stock=[50.0]), 1000.25)

    assert told.asker.values(Table(stock=[50.0]), 0)["eta_s"] is None  # type: ignore[arg-type]


def test_seconds_that_nobody_asked_count_as_passed():
    """A tick a second, then one in five: still two units a second."""
    told = Told().read(*range(200, 180, -2))
    for value in range(172, 100, -10):
        told.second += 4
        told.read(value)

    assert told["slope"] == pytest.approx(-2)


def test_any_bound_and_any_figure_will_do():
    told = Told(
        "    kind: forecast\n    scope: product\n    value: stock / 2\n    reaches: 100\n"
        "    fit: 20s\n    when: eta_s < 45\n"
    ).read(*range(0, 40, 4))

    assert told["slope"] == pytest.approx(2)
    assert told["eta_s"] == pytest.approx((100 - 18) / 2)


def test_rows_may_come_later():
    """A product that is new has a line of its own."""
    rule = asker(SOON)
    answers(rule, Table(stock=[50.0]), 1000.0)
    for second in range(1, 30):
        columns = Table(stock=[50.0] * 39 + [100.0 - second])
        answers(rule, columns, 1000.0 + second)

    values = rule.values(columns, 39)  # type: ignore[arg-type]
    assert values["slope"] == pytest.approx(-1)
    assert rule.values(columns, 0)["slope"] == pytest.approx(0)  # type: ignore[arg-type]


def test_a_bound_may_be_a_figure_of_its_own():
    """GMV rises by 40 a second towards a goal that each room has for itself; one has none."""
    rule = asker(
        "    kind: forecast\n    value: gmv_session\n    reaches: gmv_session / goal_share\n"
        "    fit: 20s\n    when: eta_s < 45\n"
    )
    for second in range(30):
        gmv = 1000.0 + 40 * second
        columns = Table(gmv_session=[gmv] * 3, goal_share=[gmv / 3000, gmv / 9000, NAN])
        told = answers(rule, columns, 1000.0 + second)

    assert ["holds", "fails", "unknown"] == told
    assert [pytest.approx((goal - gmv) / 40) for goal in (3000, 9000)] == [
        rule.values(columns, row)["eta_s"]
        for row in (0, 1)  # type: ignore[arg-type]
    ]


def test_compiled_or_not_a_line_is_the_same(monkeypatch):
    """To the last bit: values that stand, fall, are unknown or jump away, seconds left out."""
    found = []
    for _ in range(2):
        dice, told = np.random.default_rng(7), asker(SOON)
        values = dice.choice([5.0, 50.0, 1e4], 40)
        second = 1000.0
        for _ in range(60):
            second += dice.choice([0.25, 1.0, 1.0, 7.0])
            values = np.where(dice.random(40) < 0.1, dice.choice([NAN, 60.0], 40), values - 0.5)
            told.learn(Table(stock=values), second, np.zeros(40, bool))  # type: ignore[attr-defined, arg-type]
        found.append([told._sums[:, :40], told._slope[:40], told._last[:40]])  # type: ignore[attr-defined]
        monkeypatch.setattr(forecast_module, "compiled", None)

    for fast, plain in zip(*found, strict=True):
        np.testing.assert_array_equal(fast, plain)
    assert 5 < np.count_nonzero(found[0][1] < 0)
