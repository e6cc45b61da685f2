"""What becomes of orders after their session: its history moves, and no window."""

from __future__ import annotations

import random
from typing import Any

import pytest

from monitor.events import OrderPaid
from monitor.signals.detail import RoomDetail
from tests.stage import START, Stage, fact


def over() -> Stage:
    """
    session one 0 … 100: hook 10, push 20, order p (paid 25), order q (made 30); two from 200 on
    """
    stage = Stage()
    stage.tell("session", phase="start", session="one")
    stage.tell("stock", sku="s1", value=100)
    stage.wait(10)
    stage.tell("segment", segment="hook")
    stage.wait(10)
    stage.tell("segment", segment="push")
    stage.wait(5)
    stage.tell("order_paid", order="p", amount_minor=900, quantity=2)
    stage.wait(5)
    stage.tell("order_created", order="q", amount_minor=500)
    stage.tell("order_cancelled", order="z")
    stage.wait(70)
    stage.tell("session", phase="end", session="one")
    stage.wait(100)
    stage.tell("session", phase="start", session="two")
    stage.wait(5)
    return stage


def detail(stage: Stage) -> RoomDetail:
    found = stage.shard.detail("room", stage.now)
    assert found is not None
    return found


def figures(stage: Stage, **wanted: Any) -> dict[str, Any]:
    [past] = detail(stage).sessions
    return {name: getattr(past.sold, name) for name in wanted}


def test_a_session_that_is_over_keeps_its_sums():
    stage = over()
    [past] = detail(stage).sessions
    began = stage.now - 205

    assert ("one", began, began + 100) == (past.session, past.started_at, past.ended_at)
    assert (1, 1, 900, 1, 0, 0) == (
        past.sold.orders, past.sold.paid, past.sold.gmv_minor, past.sold.cancelled,
        past.sold.refunds, past.sold.refunded_minor,
    )  # fmt: skip
    assert ["s1"] == list(past.products)
    assert 900 == past.products["s1"].gmv_minor
    [cycle] = past.cycles
    assert [("hook", 10.0, 0), ("push", 80.0, 900)] == [
        (part.segment, part.length_s, part.gmv_minor) for part in cycle.parts
    ]


def test_a_refund_belongs_to_the_session_the_product_and_the_part_of_its_order():
    stage = over()
    stage.tell("order_refunded", order="p", amount_minor=400)
    stage.wait(1)

    now = {"refunds": 1, "refunded_minor": 400, "gmv_minor": 900}
    assert now == figures(stage, **now)
    [past] = detail(stage).sessions
    assert 400 == past.products["s1"].refunded_minor
    assert [0, 400] == [part.refunded_minor for part in past.cycles[0].parts]
    assert 0 == (stage.figure("refunds_session") or 0)
    assert 0 == (stage.figure("refunded_5m") or 0)


def test_an_order_that_is_paid_or_cancelled_later_is_one_of_the_session_it_was_made_in():
    stage = over()
    stage.tell("order_paid", order="q", amount_minor=500)
    stage.wait(1)
    now = {"paid": 2, "gmv_minor": 1400, "orders": 1}
    assert now == figures(stage, **now)

    stage.tell("order_cancelled", order="q")
    stage.wait(1)
    now = {"cancelled": 2}
    assert now == figures(stage, **now)
    assert [0, 0] == [stage.figure(name) or 0 for name in ("paid_session", "gmv_session")]


def test_what_names_the_session_or_was_so_before_the_new_one_is_of_the_old_one():
    """Its goods are gone all the same."""
    stage = over()
    left = stage.figure("stock", sku="s1")
    stage.tell("order_paid", order="n", amount_minor=100, session="one")
    stage.tell("order_paid", order="m", amount_minor=10, late_s=20)
    stage.tell("order_created", order="n", late_s=1, session="one")
    stage.tell("order_paid", order="k", amount_minor=7)
    stage.wait(1)

    now = {"paid": 3, "gmv_minor": 1010, "orders": 2}
    assert now == figures(stage, **now)
    assert (1, 7) == (stage.figure("paid_session"), stage.figure("gmv_session"))
    assert (left or 0) - 3 == stage.figure("stock", sku="s1")


def test_of_another_currency_the_fact_counts_and_not_the_money():
    stage = over()
    stage.tell("order_refunded", order="p", amount_minor=400, currency="THB")
    stage.wait(1)

    now = {"refunds": 1, "refunded_minor": 0}
    assert now == figures(stage, **now)
    assert 1 == stage.shard.figures.tables.rejected["other currency"]


def test_what_becomes_of_orders_begins_no_session():
    """
    end 100 ── paid back 50 min later: of the session that has ended ── viewers: another begins
    """
    stage = Stage()
    stage.tell("session", phase="start", session="one")
    stage.tell("order_paid", order="p", amount_minor=900)
    stage.wait(100)
    stage.tell("session", phase="end", session="one")
    stage.now += 3000
    stage.tell("order_refunded", order="p", amount_minor=400)
    stage.wait(1)
    live, refunds = stage.figure("live"), stage.figure("refunded_session")
    stage.tell("viewers", online=5)
    stage.wait(1)

    assert (0, 400, 1) == (live, refunds, stage.figure("live"))
    now = {"gmv_minor": 900, "refunded_minor": 400}
    assert now == figures(stage, **now)


def test_a_refund_of_a_session_long_ago_begins_none_either():
    """
    one, two, three: all over. Paid back in the name of the first: it is told there.
    """
    stage = Stage()
    for name in ("one", "two", "three"):
        stage.tell("session", phase="start", session=name)
        stage.tell("order_paid", order=name, amount_minor=900)
        stage.wait(10)
        stage.tell("session", phase="end", session=name)
        stage.wait(10)
    stage.tell("order_refunded", order="one", amount_minor=400, session="one")
    stage.wait(1)

    assert 0 == stage.figure("live")
    assert [("two", 0), ("one", 400)] == [
        (past.session, past.sold.refunded_minor) for past in detail(stage).sessions
    ]


@pytest.mark.parametrize("order", ["p", "unheard"])
def test_while_no_session_is_over_all_of_it_is_of_this_one(order):
    stage = Stage()
    stage.tell("order_paid", order="p", amount_minor=900)
    stage.tell("order_refunded", order=order, amount_minor=400)
    stage.wait(1)

    assert (1, []) == (stage.figure("refunds_session"), detail(stage).sessions)


@pytest.mark.parametrize("seed", range(4))
def test_around_a_new_session_each_order_is_where_it_was_made_in_whatever_order_they_come(seed):
    """
    one 0 … 60 ── two from 100 on; thirty orders from 40 to 140, some paid back, up to 25 s late
    """
    dice = random.Random(seed)
    told = []
    for number in range(30):
        at = dice.randrange(400, 1400) / 10
        order = {"order": f"o{number}", "sku": dice.choice("xy"), "amount_minor": 100 + number}
        told.append((at + dice.random() * 25, fact("order_paid", at, id=f"p{number}", **order)))
        if number % 3 == 0:
            back = fact("order_refunded", at + 15, id=f"r{number}", **order)
            told.append((at + 25 + dice.random() * 15, back))
    stage = Stage()
    stage.tell("session", phase="start", session="one")
    for second in range(1, 200):
        stage.wait(1)
        if second in (60, 100):
            phase, name = ("end", "one") if second == 60 else ("start", "two")
            stage.tell("session", phase=phase, session=name)
        stage.receive(*[one for at, one in told if second - 1 < at <= second])

    made = {one.order: one.at for _, one in told if isinstance(one, OrderPaid)}
    expected = [[0, 0], [0, 0]]
    for _, one in told:
        later = made[one.order] >= START + 100
        expected[later][not isinstance(one, OrderPaid)] += one.amount_minor
    [past] = detail(stage).sessions
    assert expected == [
        [past.sold.gmv_minor, past.sold.refunded_minor],
        [stage.figure("gmv_session"), stage.figure("refunded_session") or 0],
    ]
    assert past.sold.gmv_minor == sum(sold.gmv_minor for sold in past.products.values())
    assert past.sold.refunded_minor == sum(sold.refunded_minor for sold in past.products.values())
