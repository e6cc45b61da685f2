"""From a card shown to an order paid back, per room and per product."""

from __future__ import annotations

import pytest

from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings
from tests.stage import Stage


def test_the_looks_at_a_product_are_counted_for_it_and_for_its_room():
    stage = Stage()
    for kind, sku, value in [
        ("product_shown", "s1", 10), ("product_shown", "s2", 5), ("product_clicked", "s1", 3),
        ("product_carted", "s1", 2),
    ]:  # fmt: skip
        stage.tell(kind, sku=sku, value=value)
    stage.wait(1)

    assert (15, 3, 2) == tuple(
        stage.figure(name) for name in ("product_shown_1m", "clicks_1m", "carts_1m")
    )
    assert (10, 3, 2, 5) == (
        *(stage.figure(f"product_{name}_1m", sku="s1") for name in ("cards", "clicks", "carts")),
        stage.figure("product_cards_1m", sku="s2"),
    )


def test_a_total_of_looks_is_that_of_its_product():
    stage = Stage()
    for sku, value in (("s1", 100), ("s2", 40), ("s1", 103), ("s2", 41)):
        stage.tell("product_clicked", sku=sku, value=value, kind="total")
        stage.wait(1)

    assert (4, 144) == (stage.figure("clicks_1m"), stage.figure("clicks_session"))
    assert (3, 1) == tuple(stage.figure("product_clicks_1m", sku=sku) for sku in ("s1", "s2"))


def test_what_is_paid_is_gmv_and_who_pays_is_a_buyer():
    stage = Stage()
    for user, quantity, amount in (("a", 1, 9900), ("a", 2, 19800), ("b", 1, 9900)):
        stage.tell("order_paid", user=user, quantity=quantity, amount_minor=amount)
    stage.wait(1)

    assert (3, 4, 39_600, 2) == tuple(
        stage.figure(name) for name in ("paid_1m", "units_1m", "gmv_1m", "buyers_1m")
    )
    assert (3, 4, 39_600) == tuple(
        stage.figure(f"product_{name}_1m", sku="s1") for name in ("paid", "units", "gmv")
    )


def test_money_in_another_currency_is_not_added():
    """It is an order all the same, and counted as rejected money."""
    stage = Stage(profiles={"room": Profile(room="room", currency="THB")})
    stage.tell("order_paid", amount_minor=500, currency="THB")
    stage.tell("order_paid", amount_minor=900, currency="CNY")
    stage.wait(1)

    assert (2, 500) == (stage.figure("paid_1m"), stage.figure("gmv_1m"))
    assert 1 == stage.shard.figures.tables.rejected["other currency"]


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        (["order_created"], 7),
        (["order_paid"], 7),
        (["order_created", "order_paid"], 7),  # the same order takes its goods once
        (["order_created", "order_cancelled"], 10),
        (["order_created", "order_paid", "order_refunded"], 7),  # what comes back is not for sale
    ],
)
def test_an_order_takes_its_goods_off_the_shelf_once(facts, left):
    stage = Stage()
    stage.tell("stock", value=10)
    for kind in facts:
        stage.wait(1)
        stage.tell(kind, order="o-1", quantity=3)
    stage.wait(1)

    assert left == stage.figure("stock", sku="s1")


def test_an_order_of_two_products_takes_both_and_rooms_may_number_alike():
    stage = Stage()
    for room, sku in (("a", "s1"), ("a", "s2"), ("b", "s1")):
        stage.comment("在", room=room)
        stage.tell("stock", room=room, sku=sku, value=10)
        for kind in ("order_created", "order_paid"):
            stage.tell(kind, room=room, sku=sku, order="1001", quantity=2)
    stage.wait(1)

    assert [8, 8, 8] == [
        stage.figure("stock", room, sku) for room, sku in (("a", "s1"), ("a", "s2"), ("b", "s1"))
    ]


def test_the_goods_go_when_the_order_is_made_however_late_we_hear_of_it():
    """
    0 s level 10 ── 20 s created (told at 45) ── 40 s paid, told at once
    """
    stage = Stage()
    stage.tell("stock", value=10)
    stage.wait(40)
    stage.tell("order_paid", order="o-1", quantity=3)
    stage.wait(5)
    stage.tell("order_created", order="o-1", quantity=3, late_s=25)
    velocities = []
    for seconds in (1, 33, 2):
        stage.wait(seconds)
        velocities.append(stage.figure("velocity_1m", sku="s1"))

    assert [3, 3, 0] == velocities
    assert 7 == stage.figure("stock", sku="s1")


def test_what_is_paid_back_is_counted_beside_what_was_paid():
    stage = Stage()
    for number in range(4):
        stage.tell("order_paid", order=f"o-{number}", amount_minor=1000)
    stage.tell("order_refunded", order="o-1", amount_minor=1000)
    stage.tell("order_cancelled", order="o-9")
    stage.wait(1)

    assert (4000, 1000, 3000, 0.25, 1, 1) == tuple(
        stage.figure(f"{name}_session")
        for name in ("gmv", "refunded", "net", "refund_rate", "refunds", "cancelled")
    )


def test_totals_of_products_that_there_is_no_room_for_are_not_remembered():
    """A producer that makes up products fills no memory; those known go on counting."""
    stage = Stage(settings=Settings(max_products=3))
    for number in range(50):
        stage.tell("product_clicked", sku=f"s{number}", value=100, kind="total")
    stage.tell("product_clicked", sku="s0", value=104, kind="total")
    stage.wait(1)

    assert 2 == stage.shard.figures.tables.product_totals.rows("clicks")
    assert 4 == stage.figure("product_clicks_1m", sku="s0")


def test_the_totals_of_a_product_start_anew_with_the_session():
    """The first total of a session was reached before it: it is no rise of this minute."""
    stage = Stage()
    stage.tell("session", phase="start", session="a")
    stage.tell("product_clicked", sku="s1", value=100, kind="total")
    stage.wait(1)
    stage.tell("session", phase="end")
    stage.tell("session", phase="start", session="b")
    stage.wait(1)
    stage.tell("product_clicked", sku="s1", value=130, kind="total")
    stage.wait(1)

    assert 0 == stage.figure("clicks_1m")


@pytest.mark.parametrize("first", [0, 1])
def test_an_order_that_is_cancelled_twice_gives_its_units_back_once(first):
    """Under two ids; the earlier one is right, whichever is told first."""
    stage = Stage()
    stage.tell("stock", value=10)
    stage.wait(1)
    stage.tell("order_created", order="o", quantity=4)
    stage.wait(3)
    for late_s in (2, 1) if first == 0 else (1, 2):
        stage.tell("order_cancelled", order="o", quantity=4, late_s=late_s)
    stage.wait(1)

    assert 10 == stage.figure("stock", sku="s1")
