"""How a room looks to a screen: what we do not know is None, and travels as JSON."""

from __future__ import annotations

import msgspec

from monitor.signals.views import ProductView, RoomView


def test_of_a_room_nothing_is_known_but_its_name():
    view = msgspec.structs.asdict(RoomView(room="r"))
    known = {name: value for name, value in view.items() if value is not None}

    assert {
        "room": "r", "name": "", "platform": "", "anchor": "", "tier": "", "stalled": False,
        "online_lower_bound": False, "bounds": {}, "currency": "CNY", "timezone": "", "segment": "",
        "module": "", "products": [], "online_past": [],
    } == known  # fmt: skip


def test_a_view_travels_as_json():
    view = RoomView(room="r", products=[ProductView(sku="s1", stock=3)], online_band=(1, 9))

    assert view == msgspec.json.decode(msgspec.json.encode(view), type=RoomView)


def test_two_rooms_do_not_share_a_shelf():
    one, other = RoomView(room="a"), RoomView(room="b")
    one.products.append(ProductView(sku="s1"))

    assert [] == other.products
