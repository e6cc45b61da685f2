"""The figures of a product."""

from __future__ import annotations

import pytest

from monitor.signals.rooms import Profile
from tests.stage import Stage


def test_a_product_that_sells():
    """
    100 there, one sold each second for 50 s: 50 left, about 50 s to go
    """
    stage = Stage()
    stage.tell("shelf", on=True, title="红裙", price=19900)
    stage.tell("stock", value=100)
    stage.tell("pin")
    for _ in range(50):
        stage.tell("order_paid", amount_minor=9900)
        stage.wait(1)

    figures = {
        name: stage.figure(name, sku="s1")
        for name in (
            "stock", "oversold", "pinned", "on_shelf", "price", "velocity_1m", "velocity_5m",
            "product_paid_1m", "product_gmv_session", "product_orders_1m",
        )
    }  # fmt: skip
    assert {
        "stock": 50, "oversold": 0, "pinned": 1, "on_shelf": 1, "price": 19900, "velocity_1m": 50,
        "velocity_5m": 10, "product_paid_1m": 50, "product_gmv_session": 495_000,
        "product_orders_1m": None,
    } == figures  # fmt: skip
    low, expected, high = (
        stage.figure(f"sellout{bound}_s", sku="s1") or 0.0 for bound in ("_low", "", "_high")
    )
    assert 20 < low < 45 < expected < 55 < high < 150


@pytest.mark.parametrize("name", ["stock", "oversold", "on_shelf", "price", "sellout_s"])
def test_what_nobody_told_is_unknown(name):
    stage = Stage()
    stage.tell("product_clicked", value=3)
    stage.wait(1)

    assert stage.figure(name, sku="s1") is None
    assert (0, 3) == (stage.figure("pinned", sku="s1"), stage.figure("product_clicks_1m", sku="s1"))


def test_a_price_knows_what_it_was():
    stage = Stage()
    stage.tell("price", amount_minor=19900)
    stage.wait(1)
    stage.tell("price", amount_minor=9900)
    stage.wait(1)

    assert (9900, 19900) == (stage.figure("price", sku="s1"), stage.figure("price_was", sku="s1"))


def test_what_is_held_back_is_not_sold_out():
    """
    none there, orders of another product heard ── 100 released ── all of them ordered
    """
    stage = Stage()
    stage.tell("stock", value=0)
    stage.wait(1)
    held = [stage.figure("held", sku="s1")]  # nobody hears orders: who knows
    stage.tell("order_paid", sku="s2")
    stage.wait(1)
    held.append(stage.figure("held", sku="s1"))
    stage.tell("stock", value=100)
    stage.wait(1)
    held.append(stage.figure("held", sku="s1"))
    stage.tell("order_paid", quantity=100)
    stage.wait(1)
    held.append(stage.figure("held", sku="s1"))

    assert [0, 1, 0, 0] == held
    assert (0, None) == (stage.figure("stock", sku="s1"), stage.figure("held", sku="s2"))


def test_for_how_long_there_is_none_and_since_when_there_is_again():
    """
    2 ordered of 2 at 0 s ── 5 put in at 10 s ── now it is 14 s
    """
    stage = Stage()
    stage.tell("stock", value=2)
    stage.tell("order_created", quantity=2)
    stage.wait(10)
    out = [stage.figure(name, sku="s1") for name in ("sold_out_s", "back_in_stock_s")]
    stage.tell("stock", value=5, kind="delta")
    stage.wait(4)
    back = [stage.figure(name, sku="s1") for name in ("sold_out_s", "back_in_stock_s")]

    assert [9.75, None] == out
    assert [None, 3.0] == back  # looked at once a second


def test_what_was_always_there_never_came_back():
    stage = Stage()
    stage.tell("stock", value=2)
    stage.wait(1)

    assert stage.figure("back_in_stock_s", sku="s1") is None
    assert stage.figure("sold_out_s", sku="s1") is None


def test_the_stock_lasts_so_many_days_at_what_was_sold_a_day():
    """80 there, 20 ordered today: 60 last three days; two days later, at 10 a day, six."""
    stage = Stage(profiles={"room": Profile(room="room")})
    stage.tell("stock", value=80)
    stage.tell("order_created", quantity=20)
    stage.wait(1)
    first = stage.figure("turnover_days", sku="s1")
    stage.now += 2 * 86_400
    stage.wait(1)

    assert 3.0 == first
    assert stage.figure("turnover_days", sku="s1") == pytest.approx(6.0, rel=0.001)


def test_a_product_converts_clicks_to_orders_paid():
    stage = Stage()
    stage.tell("product_clicked", value=40)
    stage.tell("order_paid", times=3)
    stage.wait(1)

    assert stage.figure("product_conversion_10s", sku="s1") == pytest.approx(3 / 40)
    assert stage.figure("product_conversion_session", sku="s1") == pytest.approx(3 / 40)
