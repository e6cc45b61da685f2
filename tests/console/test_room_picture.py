"""What the page of one room is sent."""

from __future__ import annotations

from typing import Any

import msgspec

from monitor.clock import ManualClock
from monitor.console.room_picture import RoomPicture
from monitor.signals.views import ProductView, RoomView
from tests.console.acted import ActedDesk


def desk(*rooms: RoomView) -> ActedDesk:
    return ActedDesk(ManualClock(), rooms or (RoomView(room="a", online=5),))


def look(picture: RoomPicture, it: ActedDesk) -> bool:
    view = it.views.get(picture.room)
    return picture.refresh(view, it.detail(picture.room), it.alerts(), it.now())


def frames(picture: RoomPicture, since: int) -> list[dict[str, Any]]:
    return [msgspec.json.decode(frame) for frame in picture.since(since) or []]


def whole(picture: RoomPicture) -> dict[str, Any]:
    return msgspec.json.decode(picture.snapshot(0.0))


def test_only_what_changed_is_sent_again():
    """
    Fields of the tile, parts of the rest.
    """
    it, picture = desk(), RoomPicture("a", masked=False)
    look(picture, it)

    assert not look(picture, it)

    it.move("a", online=6, products=[ProductView(sku="1", stock=3)])
    look(picture, it)
    [frame] = frames(picture, 1)

    assert {"online": 6} == frame["tile"]
    assert ["1"] == [product["sku"] for product in frame["products"]]
    assert {"heads", "tile", "products"} == set(frame) - {"type", "seq", "base", "server_time"}


def test_comments_are_sent_once_and_the_whole_holds_the_last_ones():
    """
    By their numbers.
    """
    it, picture = desk(), RoomPicture("a", masked=False)
    it.say("a", "一")
    look(picture, it)
    it.say("a", "二\u202e", negative=True, topic="quality")
    look(picture, it)
    [_, frame] = frames(picture, 0)

    assert [("二", True, "quality", "momo")] == [
        (said["text"], said["negative"], said["topic"], said["user"]) for said in frame["comments"]
    ]
    assert ["一", "二"] == [said["text"] for said in whole(picture)["comments"]]


def test_who_may_only_look_sees_masked_names():
    """
    It is a picture of its own.
    """
    it, picture = desk(), RoomPicture("a", masked=True)
    it.say("a", "一", user="张三丰")
    look(picture, it)

    assert "张**" == whole(picture)["comments"][0]["user"]


def test_alerts_and_log_are_those_of_the_room():
    """
    The past first; what happens elsewhere is no frame here.
    """
    it = desk(RoomView(room="a"), RoomView(room="b"))
    it.fire("b", "stock")
    it.fire("a", "hook")
    picture = RoomPicture("a", masked=False, past=it.changes)
    look(picture, it)

    assert ["hook|a"] == [alert["key"] for alert in whole(picture)["alerts"]]
    assert ["hook"] == [line["rule"] for line in whole(picture)["log"]]
    assert not picture.tell(it.changes[:1], it.alerts(), 0.0)

    it.resolve("hook|a")
    assert picture.tell(it.changes[-1:], it.alerts(), 0.0)
    assert ["resolved"] == [line["change"] for line in frames(picture, 1)[0]["log"]]
    assert [] == frames(picture, 1)[0]["alerts"]


def test_a_room_that_is_not_known_says_so():
    """
    And is shown as soon as it is heard of.
    """
    it, picture = desk(), RoomPicture("x", masked=False)
    look(picture, it)

    assert not whole(picture)["known"]

    it.views["x"] = RoomView(room="x")
    look(picture, it)

    assert whole(picture)["known"]


def test_products_are_sorted_by_when_they_are_sold_out():
    """
    What is off the shelf comes last; one without an end after those with one.
    """
    products = [
        ProductView(sku="late", sellout_s=900.0),
        ProductView(sku="never"),
        ProductView(sku="off", on_shelf=False, sellout_s=1.0),
        ProductView(sku="soon", sellout_s=60.4),
    ]
    it, picture = desk(RoomView(room="a", products=products)), RoomPicture("a", masked=False)
    look(picture, it)

    assert ["soon", "late", "never", "off"] == [one["sku"] for one in whole(picture)["products"]]


def test_texts_of_moments_are_made_harmless():
    """
    A note may hold what hides or turns text around.
    """
    it, picture = desk(), RoomPicture("a", masked=False)
    it.mark("a", "换\u202e场景", "李敏")
    look(picture, it)

    assert "换场景" == whole(picture)["moments"][0]["about"]
