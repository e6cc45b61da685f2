"""The figures of a product."""

from __future__ import annotations

import pytest

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
