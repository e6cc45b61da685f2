"""Which room an order of a shop belongs to, rule by rule."""

from __future__ import annotations

import random
from typing import Any

import pytest

from monitor.frames import Batch
from monitor.signals.attribution import HELD, LATELY_S
from monitor.signals.rooms import AFTERGLOW_S, Profile
from tests.stage import START, Stage, fact

PROFILES = {
    "a": Profile(room="a", shop="44", anchor="李敏"),
    "b": Profile(room="b", shop="44", anchor="王芳"),
    "c": Profile(room="c", shop="55"),
}


def open_rooms(rooms: str = "abc", **shelves: str) -> Stage:
    """Live rooms since START; `shelves`: room → the products on its shelf, a letter each."""
    stage = Stage(profiles=PROFILES)
    for room in rooms:
        stage.tell("session", room=room, phase="start", session=f"{room}1")
        for sku in shelves.get(room, ""):
            stage.tell("shelf", room=room, sku=sku, on=True)
    stage.wait(1)
    return stage


def paid(stage: Stage, rooms: str = "abc") -> dict[str, float]:
    """What each room was paid in this session, where anything was."""
    found = {room: stage.figure("gmv_session", room) for room in rooms}
    return {room: value for room, value in found.items() if value}


def why(stage: Stage) -> dict[str, int]:
    return dict(stage.shard.figures.tables.attribution.unattributed)


def order(stage: Stage, room: str = "shop:44", sku: str = "x", **fields: Any) -> None:
    stage.tell("order_paid", room=room, sku=sku, **{"amount_minor": 900, **fields})


@pytest.mark.parametrize(
    ("rooms", "shelves", "room", "where"),
    [
        ("ab", {"a": "y", "b": "x"}, "shop:44", "b"),  # on the shelf of one of the shop's
        ("ac", {"c": "x"}, "shop:44", "a"),  # not of another shop's: its only session
        ("a", {}, "shop:44", "a"),
        ("ab", {"a": "x", "b": "x"}, "anchor:王芳", "b"),  # the order names the anchor
        ("ab", {"a": "x", "b": "x"}, "b", "b"),  # or the room
    ],
)
def test_the_rule(rooms, shelves, room, where):
    stage = open_rooms(rooms, **shelves)
    order(stage, room)
    stage.wait(1)

    assert ({where: 900}, {}) == (paid(stage, rooms), why(stage))
    assert 900 == stage.figure("product_gmv_session", where, "x")


@pytest.mark.parametrize(
    ("rooms", "shelves", "room", "reason"),
    [
        ("ab", {}, "shop:44", "several sessions"),
        ("ab", {"a": "x", "b": "x"}, "shop:44", "on several shelves"),
        ("ab", {"a": "x"}, "shop:66", "shop not known"),  # rooms of other shops are not asked
        ("ab", {"a": "x"}, "anchor:张三", "anchor not known"),
        ("c", {"c": "x"}, "shop:44", "shop not known"),
    ],
)
def test_where_nothing_fits_or_two_rooms_do_nobody_guesses(rooms, shelves, room, reason):
    """It is held for as long as facts may be late; then it is counted, with its amount."""
    stage = open_rooms(rooms, **shelves)
    order(stage, room)
    stage.wait(29)
    attribution = stage.shard.figures.tables.attribution
    assert ({}, 1) == (why(stage), attribution.waiting)

    stage.wait(3)
    assert ({}, {reason: 1}, 0) == (paid(stage, rooms), why(stage), attribution.waiting)
    assert {"CNY": 900} == dict(attribution.unattributed_minor)
    assert [1, 0] == [attribution.lately(stage.now + more) for more in (0, LATELY_S)]


def test_a_shop_that_no_room_names_is_asked_for_in_rooms_of_no_shop():
    stage = Stage()
    for room in "ab":
        stage.tell("session", room=room, phase="start")
    stage.tell("shelf", room="b", sku="x", on=True)
    for sku in "xy":
        order(stage, "shop:66", sku)
    stage.wait(32)

    assert ({"b": 900}, {"shop not known": 1}) == (paid(stage, "ab"), why(stage))


def test_an_order_may_name_its_session():
    """Two rooms of the shop are live, and nobody told of shelves."""
    stage = open_rooms("ab")
    order(stage, session="b1")
    order(stage, session="c1")  # of another shop
    stage.wait(33)

    assert ({"b": 900}, {"several sessions": 1}) == (paid(stage, "ab"), why(stage))


def test_an_order_is_of_the_session_it_was_made_in():
    """
    a is live 0 … 60, and its orders trickle in for two minutes; b goes live at 100
    """
    stage = open_rooms("a")
    stage.wait(59)
    stage.tell("session", room="a", phase="end")
    stage.wait(40)
    order(stage)
    stage.tell("session", room="b", phase="start")
    stage.wait(1)
    order(stage)  # in the time of both
    stage.wait(AFTERGLOW_S - 20)
    order(stage)
    stage.wait(32)

    assert {"a": 900, "b": 900} == paid(stage, "ab")
    assert {"several sessions": 1} == why(stage)


def test_a_product_that_was_taken_off_the_shelf_after_the_order_was_on_it():
    """
    x: on a's shelf 0 … 20, then on b's
    """
    stage = open_rooms("ab", a="x")
    stage.wait(19)
    stage.tell("shelf", room="a", sku="x", on=False)
    stage.tell("shelf", room="b", sku="x", on=True)
    stage.wait(5)
    order(stage, late_s=10)
    order(stage)
    stage.wait(1)

    assert {"a": 900, "b": 900} == paid(stage, "ab")


def test_a_room_that_is_known_a_little_later_gets_its_orders_in_their_own_second():
    stage = open_rooms("ab")
    order(stage)
    stage.wait(20)
    stage.tell("shelf", room="b", sku="x", on=True, late_s=21)
    stage.wait(1)

    assert {"b": 900} == paid(stage, "ab")
    assert (0, 1) == (stage.figure("paid_10s", "b"), stage.figure("paid_1m", "b"))


@pytest.mark.parametrize("kind", ["pin", "stock", "price"])
def test_where_no_shelf_is_told_what_is_shown_in_a_room_is_on_it(kind):
    """An order alone shows nothing: the next one of the product is not drawn to it."""
    stage = open_rooms("ab")
    order(stage, "a")
    order(stage)
    stage.tell(
        kind,
        room="b",
        sku="x",
        **{"stock": {"value": 5}, "price": {"amount_minor": 5}}.get(kind, {}),
    )
    stage.wait(2)

    assert {"a": 900, "b": 900} == paid(stage, "ab")


def test_what_becomes_of_an_order_goes_where_the_order_is_known():
    """
    Made in a by its own feed; cancelled or paid back by that of the shop, or in any order.
    """
    stage = open_rooms("ab", a="xy", b="xy")
    for kind, room, name in (
        ("order_refunded", "shop:44", "p"), ("order_paid", "a", "p"),
        ("order_created", "b", "q"), ("order_cancelled", "shop:44", "q"),
        ("order_cancelled", "shop:44", "r"),
    ):  # fmt: skip
        stage.tell(kind, room=room, sku="x", order=name, amount_minor=500)
    stage.wait(33)

    assert (1, 500, 1) == (
        stage.figure("refunds_session", "a"), stage.figure("refunded_session", "a"),
        stage.figure("cancelled_session", "b"),
    )  # fmt: skip
    assert {"order not known": 1} == why(stage)


def test_orders_of_a_shop_are_no_sign_of_life_of_a_room():
    """
    The room's own feed is silent for a minute: it is stalled, whatever the shop sells.
    """
    stage = open_rooms("a")
    for _ in range(120):
        stage.comment("在", room="a", times=4)
        stage.wait(1)
    for _ in range(60):
        order(stage)
        stage.wait(1)

    assert 61 == stage.figure("feed_age_s", "a")
    assert stage.shard.rooms(stage.now)[0].stalled


def test_a_shop_is_no_room_and_has_orders_alone():
    stage = open_rooms("a")
    stage.comment("在", room="shop:44")
    stage.tell("viewers", room="anchor:李敏", online=5)
    order(stage, "shop:44")
    stage.wait(1)

    tables = stage.shard.figures.tables
    assert (["a"], 2, 0) == (
        tables.rooms.names, tables.rejected["a shop has orders alone"], tables.rooms.turned_away,
    )  # fmt: skip


def test_what_the_config_and_the_broadcast_say_anew_counts_from_now_on():
    """
    b becomes a room of shop 66, and 张三 takes over in a
    """
    stage = open_rooms("ab")
    order(stage, "shop:66")
    order(stage, "anchor:张三")
    stage.wait(3)
    stage.shard.figures.tables.introduce(PROFILES | {"b": Profile(room="b", shop="66")})
    stage.tell("session", room="a", phase="resume", anchor="张三")
    stage.wait(3)

    assert ({"a": 900, "b": 900}, {}) == (paid(stage, "ab"), why(stage))


def test_who_is_of_which_shop_is_looked_up_once():
    """Until a room or a product is new; the orders themselves change nothing."""
    stage = Stage()
    stage.tell("shelf", room="a", sku="x", on=True)
    for name in "xyx":
        order(stage, "shop:66", name)
    stage.wait(1)
    attribution = stage.shard.figures.tables.attribution
    seen = attribution._index, attribution._shelves
    order(stage, "shop:66")
    stage.wait(1)
    assert seen == (attribution._index, attribution._shelves)
    assert seen[1] is attribution._shelves

    stage.tell("shelf", room="b", sku="y", on=True, late_s=5)
    stage.wait(2)
    assert {"a": 2700, "b": 900} == paid(stage, "ab")


def test_few_wait_and_of_more_the_oldest_is_given_up():
    stage = open_rooms("ab")
    events = [
        fact("order_paid", 1, room="shop:44", order=f"o{number}", id=f"f{number}")
        for number in range(HELD + 7)
    ]
    stage.shard.receive([Batch(source="shop", events=events, received_at=stage.now)], stage.now)

    attribution = stage.shard.figures.tables.attribution
    assert (HELD, {"several sessions": 7}) == (attribution.waiting, why(stage))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_order_they_come_in_each_order_is_where_the_rule_says(seed):
    """
    Forty orders of two shops, each created, paid and some paid back, up to 20 s late; a third
    of them told by their room. Against the rule by hand.
    """
    dice = random.Random(seed)
    told, expected = [], dict.fromkeys("abc", 0)
    for number in range(40):
        room = dice.choice("abc")
        sku = {"a": "x", "b": "y", "c": "z"}[room]
        name = room if dice.random() < 0.3 else f"shop:{PROFILES[room].shop}"
        fields = {"room": name, "sku": sku, "order": f"o{number}", "amount_minor": 100 + number}
        at = 5 + dice.randrange(20)
        kinds = ["order_created", "order_paid", "order_refunded"][: dice.randrange(2, 4)]
        for step, kind in enumerate(kinds):
            told.append(fact(kind, at + step, id=f"{number}-{step}", **fields))
        expected[room] += 0 if len(kinds) == 3 else 100 + number
    stage = open_rooms(a="x", b="y", c="z")
    late = [(one.at + dice.random() * 20, one) for one in told]
    for _ in range(100):
        stage.wait(1)
        due = [one for when, one in late if stage.now - 1 < when <= stage.now]
        stage.receive(*due, source="shop")

    assert {} == why(stage)
    assert expected == {room: stage.figure("net_session", room) for room in "abc"}
    assert stage.now > START
