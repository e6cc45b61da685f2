"""Flash sales: what is left of them, when they are sold out, the price after them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.events import Event
from monitor.frames import Batch
from monitor.signals.figures import Figures
from monitor.signals.flash_sales import FACTS, FIGURES, left_of
from monitor.signals.tables import Settings
from tests.stage import START, Stage, fact


def sale(stage: Stage, **wanted: float | None) -> dict[str, float | None]:
    return {name: stage.figure(name, sku="s1") for name in wanted}


def start(stage: Stage, **fields: object) -> None:
    stage.tell("price", sku="s1", amount_minor=19_900)
    stage.tell("flash_sale", sku="s1", phase="start", **{"price": 9_900, **fields})


def test_of_a_product_without_a_sale_nothing_is_known():
    stage = Stage()
    stage.tell("price", sku="s1", amount_minor=100)
    stage.wait(1)

    assert {None} == {stage.figure(name, sku="s1") for name in FIGURES}


def test_a_sale_that_is_sold_out_before_its_end():
    """
    start 0, 5 of them ── 3 sold ── 2 more at 20 ── end 60
    """
    stage = Stage()
    start(stage, stock=5)
    stage.tell("order_paid", sku="s1", quantity=3)
    stage.wait(20)
    some = {"flash_sale_s": 20.0, "flash_left": 2.0, "flash_sold_out_s": 0.0, "flash_over_s": 0.0}
    assert some == sale(stage, **some)
    stage.tell("order_paid", sku="s1", quantity=2)
    stage.wait(30)
    out = {"flash_left": 0.0, "flash_sold_out_s": 29.0}
    assert out == sale(stage, **out)
    stage.wait(10)
    stage.tell("flash_sale", sku="s1", phase="end", price=9_900)
    stage.wait(10)

    over = {"flash_sale_s": 0.0, "flash_left": 0.0, "flash_sold_out_s": 0.0, "flash_over_s": 10.0}
    assert over == sale(stage, **over)


def test_a_sale_that_ends_with_goods_left():
    """What is sold after it does not belong to it."""
    stage = Stage()
    stage.tell("order_paid", sku="s1", quantity=50)
    stage.wait(10)
    start(stage, stock=10)
    stage.wait(5)
    stage.tell("order_paid", sku="s1", quantity=4)
    stage.wait(10)
    stage.tell("flash_sale", sku="s1", phase="end", price=9_900)
    stage.wait(10)
    stage.tell("order_paid", sku="s1", quantity=3)
    stage.wait(60)

    assert 6 == stage.figure("flash_left", sku="s1")


def test_a_sale_longer_than_the_ring_counts_all_that_it_sold():
    stage = Stage()
    start(stage, stock=100)
    for _ in range(20):
        stage.tell("order_paid", sku="s1", quantity=2)
        stage.wait(20)

    assert 60 == stage.figure("flash_left", sku="s1")


def test_without_a_stock_of_its_own_it_has_the_products():
    stage = Stage()
    stage.tell("stock", sku="s1", value=7)
    start(stage)
    stage.tell("order_paid", sku="s1", quantity=7)
    stage.wait(10)
    out = {"flash_left": 0.0, "flash_sold_out_s": 10.0}
    found = sale(stage, **out)
    stage.tell("stock", sku="s1", value=30)
    stage.wait(1)

    assert 0.0 == found["flash_left"]
    assert 9.0 <= (found["flash_sold_out_s"] or 0) <= 10.0
    assert {"flash_left": 30.0, "flash_sold_out_s": 0.0} == sale(stage, **out)


@pytest.mark.parametrize(
    ("price", "unrestored"), [(None, 0.0), (9_900, 30.0), (8_900, 30.0), (19_900, 0.0)]
)
def test_whether_the_price_is_back_after_the_end(price, unrestored):
    """Where nobody told of another price, it never was the sale's."""
    stage = Stage()
    start(stage)
    stage.wait(1)
    if price is not None:
        stage.tell("price", sku="s1", amount_minor=price)
    stage.tell("flash_sale", sku="s1", phase="end", price=9_900)
    stage.wait(30)
    assert unrestored == stage.figure("flash_price_unrestored_s", sku="s1")

    stage.tell("price", sku="s1", amount_minor=19_900)
    stage.wait(1)
    assert 0.0 == stage.figure("flash_price_unrestored_s", sku="s1")


def test_what_is_left_of_one_is_what_is_left_of_all():
    """Also where nobody knows, and where more was sold than there was."""
    stage = Stage()
    for sku, value in (("s1", 7), ("s2", -3)):
        stage.tell("stock", sku=sku, value=value)
    stage.tell("pin", sku="s3")
    stage.wait(1)
    products = stage.shard.figures.tables.products

    one_by_one = [left_of(products, row) for row in range(4)]
    assert [None, 7, 0, None] == [None if math.isnan(each) else each for each in one_by_one]
    assert np.array_equal(one_by_one, products.left()[:4], equal_nan=True)


def test_the_next_sale_of_a_product_is_another():
    stage = Stage()
    for _ in range(2):
        start(stage, stock=5)
        stage.tell("order_paid", sku="s1", quantity=1)
        stage.wait(10)
        stage.tell("flash_sale", sku="s1", phase="end", price=9_900)
        stage.wait(10)
    start(stage, stock=5)
    stage.wait(10)

    now = {"flash_sale_s": 10.0, "flash_left": 5.0, "flash_over_s": 0.0}
    assert now == sale(stage, **now)


def test_a_new_session_has_sales_of_its_own_and_memory_is_bounded():
    stage = Stage()
    stage.tell("session", phase="start", session="a")
    for _ in range(FACTS + 3):
        start(stage)
        stage.wait(1)
    tables = stage.shard.figures.tables
    assert [FACTS] == [len(told) for told in tables.flash_sales._told.values()]

    stage.tell("session", phase="end", session="a")
    stage.wait(1)
    stage.tell("session", phase="start", session="b")
    stage.wait(1)
    assert stage.figure("flash_sale_s", sku="s1") is None


def left(order: list[tuple[float, Event]]) -> list[float]:
    """What is left of the sale, second by second from 55 on, by when facts reach us."""
    figures = Figures(Settings(mood=False), {})
    found = []
    for second in range(120):
        now = START + second
        due = [event for at, event in order if now - 1 < at <= now]
        figures.receive(Batch(source="s", events=due, received_at=now), now)
        figures.tick(now)
        if second >= 90:
            tables = figures.tables
            found.append(float(tables.flash_sales.read("flash_left", tables.products, now, 2)[1]))
    return found


@settings(max_examples=25, deadline=None)
@given(
    sold=st.lists(st.tuples(st.integers(0, 55), st.integers(0, 25)), max_size=8),
    late=st.tuples(st.integers(0, 29), st.integers(0, 29)),
)
def test_whatever_order_it_is_told_in_what_is_left_is_the_same(sold, late):
    """
    start 12 ── end 40, each up to 29 s late; orders up to 25 s. Slots are 5 s wide.
    """
    order = [
        (START + 12 + late[0], fact("flash_sale", 12, phase="start", price=1, stock=100, id="s")),
        (START + 40 + late[1], fact("flash_sale", 40, phase="end", price=1, id="e")),
    ]
    order += [
        (START + at + add, fact("order_paid", at, order=f"o{number}", quantity=2, id=f"p{number}"))
        for number, (at, add) in enumerate(sold)
    ]
    first = [(START, fact("shelf", 0, on=True, id="x"))]

    expected = 100 - 2 * sum(10 <= at < 45 for at, _ in sold)
    assert [expected] * 30 == left(first + order)
