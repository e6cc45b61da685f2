"""The rooms of a shard as screens show them."""

from __future__ import annotations

from monitor.signals import wall
from monitor.signals.rooms import Profile
from monitor.signals.script import Script
from tests.stage import Stage


def test_a_room_that_was_just_heard_of_shows_what_is_known():
    stage = Stage()
    stage.comment("在")
    stage.wait(1)

    room = stage.shard.rooms(stage.now)[0]
    assert ("room", "room", True, 1.0, 1.0, 1, None, None, "", []) == (
        room.room, room.name, room.live, room.live_s, room.feed_age_s, room.comments_1m,
        room.online, room.gmv_minor, room.segment, room.products,
    )  # fmt: skip


def test_a_room_shows_what_the_config_and_the_facts_say():
    profile = Profile(room="room", name="红房", platform="douyin", anchor="小红", goal_minor=50_000)
    stage = Stage(profiles={"room": profile})
    stage.tell("session", phase="start", session="s-1", tier="腰部")
    stage.tell("viewers", online=100, total=200, lower_bound=True)
    stage.tell("segment", segment="push")
    stage.tell("order_paid", amount_minor=9900)
    stage.wait(10)

    room = stage.shard.rooms(stage.now)[0]
    assert ("红房", "douyin", "小红", "腰部", "s-1", 100, True, 9900, 50_000, 0.005) == (
        room.name, room.platform, room.anchor, room.tier, room.session, room.online,
        room.online_lower_bound, room.gmv_minor, room.goal_minor, room.conversion,
    )  # fmt: skip
    assert ("push", 10.0, 180.0) == (room.segment, room.segment_s, room.segment_limit_s)


def test_a_limit_is_the_rooms_own_where_it_has_one():
    """
    Of the content module, while the desk names it; else of the room; else of the trade.
    """
    script = Script({("", "push"): 240.0, ("工厂溯源", "push"): 600.0})
    stage = Stage(profiles={"room": Profile(room="room", script=script)})
    shown = []
    for segment, fields in (
        ("hook", {"module": "工厂溯源"}),
        ("push", {}),
        ("hook", {}),
        ("push", {}),
    ):
        stage.tell("segment", segment=segment, **fields)
        stage.wait(1)
        room = stage.shard.rooms(stage.now)[0]
        shown.append((room.module, room.segment_limit_s, room.segment_confidence))

    assert [
        ("工厂溯源", 15.0, 1.0),
        ("工厂溯源", 600.0, 1.0),
        ("", 15.0, 1.0),
        ("", 240.0, 1.0),
    ] == shown


def test_a_product_stands_on_the_shelf_of_its_room():
    stage = Stage()
    for room, sku, value in (("a", "s1", 9), ("b", "s1", 5), ("a", "s2", 0)):
        stage.comment("在", room=room)
        stage.tell("stock", room=room, sku=sku, value=value)
    stage.tell("shelf", room="a", sku="s1", on=False, title="红裙", price=19900)
    stage.tell("pin", room="a", sku="s2")
    stage.wait(1)

    shelves = {
        view.room: [
            (one.sku, one.title, one.stock, one.on_shelf, one.pinned, one.price_minor)
            for one in view.products
        ]
        for view in stage.shard.rooms(stage.now)
    }
    assert {
        "a": [("s1", "红裙", 9, False, False, 19900), ("s2", "", 0, True, True, None)],
        "b": [("s1", "", 5, True, False, None)],
    } == shelves


def test_what_was_online_five_minutes_ago_stands_beside():
    stage = Stage()
    stage.tell("viewers", online=100)
    stage.wait(60)
    for _ in range(5):
        stage.tell("viewers", online=160)
        stage.wait(60)

    room = stage.shard.rooms(stage.now)[0]
    assert (160, 100) == (room.online, room.online_before)


def test_a_stalled_room_says_so_and_shows_no_gauge():
    stage = Stage()
    for _ in range(120):
        stage.tell("viewers", online=100, times=3)
        stage.wait(1)
    stage.wait(30)

    room = stage.shard.rooms(stage.now)[0]
    assert (True, None, 31.0) == (room.stalled, room.online, round(room.feed_age_s or 0))


def test_no_rooms_are_an_empty_wall():
    stage = Stage()

    assert [] == stage.shard.rooms(stage.now)


def test_amounts_of_the_last_minute_and_clicks_per_card_stand_beside():
    """
    More clicks than cards is no share: then the cards are told by halves.
    """
    stage = Stage(profiles={"room": Profile(room="room", timezone="Asia/Tokyo")})
    stage.tell("order_paid", amount_minor=9900, sku="s1")
    stage.wait(70)
    stage.tell("order_paid", amount_minor=100, sku="s1")
    for sku, cards, clicks in (("s1", 8, 2), ("s2", 1, 2), ("s3", 0, 2)):
        for _ in range(cards):
            stage.tell("product_shown", sku=sku)
        for _ in range(clicks):
            stage.tell("product_clicked", sku=sku)
    stage.wait(1)

    [room] = stage.shard.rooms(stage.now)
    assert (10_000, 100, "Asia/Tokyo") == (room.gmv_minor, room.gmv_1m_minor, room.timezone)
    assert {"s1": 0.25, "s2": None, "s3": None} == {
        one.sku: one.click_rate for one in room.products
    }


def test_what_is_only_a_bound_is_marked():
    """
    arrivals at the cap of room a: fewer of those who came in bought
    """
    stage = Stage()
    for room in "ab":
        stage.tell("enter", room=room, value=120, capped=room == "a")
        stage.tell("order_paid", room=room)
    stage.wait(1)
    rooms = wall.rooms(stage.shard.figures.tables, stage.now)

    assert [{"conversion": "≤"}, {}] == [room.bounds for room in rooms]
