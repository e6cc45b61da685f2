"""What is left, how fast it goes, and when it is sold out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.pace import SLOT_S
from monitor.signals.stock import Products
from tests.stage import START, fact

NOW = int(START) // SLOT_S


def shelf(*skus: str, limit: int = 100) -> Products:
    """A room with these products; rows 1, 2, …"""
    products = Products(limit=limit)
    products.grow(1)
    products.roll(START)
    products.rows([0] * len(skus), list(skus))
    return products


def sell(products: Products, row: int, units: int, slots_ago: int = 0) -> None:
    products.pace.ordered(np.array([row]), np.array([units]))
    products.windows.add("ordered", np.array([row]), np.array([NOW - slots_ago]), units)
    products.windows.apply()


def took(products: Products, row: int, units: int, at: float) -> None:
    products.took(np.array([row]), np.array([units]), np.array([at]))


def level(products: Products, value: int, at: float, **fields) -> None:
    products.stock(1, fact("stock", at, value=value, **fields))


def test_what_is_left_is_unknown_until_a_level_is_told():
    products = shelf("s1")
    took(products, 1, 3, START)

    assert math.isnan(products.left()[1])


def test_between_two_levels_it_is_worked_out():
    """
    10 ── 3 ordered ── 1 cancelled ── 5 put in ── level 9
    """
    products = shelf("s1")
    left = []
    level(products, 10, 0)
    left.append(products.left()[1])
    took(products, 1, 3, START + 1)
    left.append(products.left()[1])
    took(products, 1, -1, START + 2)
    left.append(products.left()[1])
    level(products, 5, 3, kind="delta")
    left.append(products.left()[1])
    level(products, 9, 4)
    left.append(products.left()[1])

    assert [10, 7, 8, 13, 9] == left


def test_what_is_reserved_is_not_left():
    products = shelf("s1")
    level(products, 10, 0, reserved=4)

    assert 6 == products.left()[1]


def test_what_is_ordered_beyond_the_stock_is_oversold():
    products = shelf("s1")
    level(products, 2, 0)
    took(products, 1, 5, START + 1)

    assert (0.0, 3.0) == (products.left()[1], products.oversold()[1])


changes = st.lists(
    st.tuples(st.sampled_from(["level", "delta", "order"]), st.integers(0, 9)), max_size=10
)


@given(changes=changes, data=st.data())
def test_the_order_of_arrival_does_not_matter(changes, data):
    """Each counts from when it was so: against the plain sum in the order of time."""
    facts = [(at, *change) for at, change in enumerate(changes)]
    expected = math.nan
    for _, kind, value in facts:
        change = value if kind == "delta" else -value
        expected = float(value) if kind == "level" else expected + change

    products = shelf("s1")
    for at, kind, value in data.draw(st.permutations(facts)):
        if kind == "order":
            took(products, 1, value, START + at)
        else:
            level(products, value, at, kind="gauge" if kind == "level" else "delta")

    left = products.left()[1] - products.oversold()[1]
    assert (math.isnan(expected) and math.isnan(left)) or expected == left


@pytest.mark.parametrize("level_first", [True, False])
def test_an_order_of_the_very_instant_of_a_level_is_taken_from_it(level_first):
    """In whatever order they are told; one of the instant before is in the level already."""
    products = shelf("s1")
    for step in (0, 1) if level_first else (1, 0):
        if step == 0:
            level(products, 10, 5)
        else:
            took(products, 1, 3, START + 5)
            took(products, 1, 2, START + 4)

    assert 7 == products.left()[1]


@pytest.mark.parametrize(
    ("left", "sold", "seconds"),
    [(60, 300, 60), (0, 300, 0), (0, 0, 0), (60, 0, None)],
)
def test_it_is_sold_out_at_the_pace_at_which_it_goes(left, sold, seconds):
    """One a second over five minutes; sold out; nobody buys."""
    products = shelf("s1")
    took(products, 1, 0, START - 300)
    level(products, left, 0)
    for slots_ago in range(60):
        sell(products, 1, sold // 60, slots_ago)

    expected, low, high = (float(each[1]) for each in products.sellout(START))

    if seconds is None:
        assert math.isnan(expected)
    else:
        assert expected == pytest.approx(seconds, rel=0.1)
        assert low <= expected <= high


def test_the_newest_price_counts():
    products = shelf("s1")
    for at, amount, was in [(0, 199, None), (10, 99, None), (5, 149, None), (20, 120, 99)]:
        products.price(1, fact("price", at, amount_minor=amount, was_minor=was))

    assert (120.0, 99.0) == (
        products.columns["price_minor"][1], products.columns["was_minor"][1],
    )  # fmt: skip


def test_one_product_of_a_room_is_pinned_at_a_time():
    products = shelf("s1", "s2")
    pinned = []
    for row, at, kind in [(1, 0, "pin"), (2, 5, "pin"), (1, 7, "unpin"), (2, 9, "unpin")]:
        products.pin(row, fact(kind, at, sku=products.skus[row]))
        pinned.append(np.nan_to_num(products.columns["pinned"][1:3]).tolist())

    assert [[1, 0], [0, 1], [0, 1], [0, 0]] == pinned


def test_an_old_pin_does_not_move_a_newer_one():
    products = shelf("s1")
    products.pin(1, fact("unpin", 10))
    products.pin(1, fact("pin", 5))

    assert 0.0 == products.columns["pinned"][1]


def test_the_shelf_gives_a_price_only_where_none_was_told():
    products = shelf("s1")
    products.shelf(1, fact("shelf", 0, on=True, title="红裙", price=500))
    products.price(1, fact("price", 1, amount_minor=400))
    products.shelf(1, fact("shelf", 2, on=False, price=500))

    assert ("红裙", 400.0, 0.0) == (
        products.titles[1], products.columns["price_minor"][1], products.columns["on_shelf"][1],
    )  # fmt: skip


def test_the_same_sku_in_two_rooms_is_two_products():
    products = shelf("s1")
    products.grow(2)

    assert [1, 2] == products.rows([0, 1], ["s1", "s1"]).tolist()
    assert [0, 1] == products.room_of[1:3].tolist()


def test_one_product_too_many_goes_to_waste():
    products = shelf("s1", "s2", limit=3)
    rows = products.rows([0, 0], ["s3", "s2"])
    products.stock(int(rows[0]), fact("stock", 0, value=7))

    assert [0, 2] == rows.tolist()
    assert 1 == products.turned_away
    assert np.isnan(products.left()[:3]).all()


def test_a_new_session_keeps_what_is_left_and_forgets_what_was_sold():
    products = shelf("s1")
    level(products, 7, 0)
    sell(products, 1, 3)

    products.forget_room(0, START + 9)

    assert (7.0, 0.0) == (products.left()[1], products.velocity("5m")[1])
    assert START + 9 == products.columns["since"][1]


def test_columns_grow_with_the_products():
    products = shelf("s1")
    level(products, 7, 0)

    products.rows([0] * 50, [f"p{number}" for number in range(50)])

    assert len(products.left()) >= 52
    assert 7.0 == products.left()[1]
