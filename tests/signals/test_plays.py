"""What the desk plays, as people read it."""

from __future__ import annotations

from msgspec import to_builtins

from tests.stage import START, Stage


def test_coupons_count_and_the_sent_ones_are_moments():
    stage = Stage()
    stage.tell("coupon", coupon="c", phase="sent")
    stage.wait(1)
    stage.tell("coupon", coupon="c", phase="taken", times=8)
    stage.tell("coupon", coupon="c", phase="used", times=2)
    stage.wait(1)

    assert (1, 8, 2, 0.25) == tuple(
        stage.figure(name)
        for name in (
            "coupons_sent_5m", "coupons_taken_5m", "coupons_used_session", "coupon_used_rate_5m",
        )
    )  # fmt: skip
    moments = stage.shard.figures.tables.timeline.moments(0)
    assert [("coupon", "c", START)] == [(one.what, one.about, one.at) for one in moments]


def test_the_plays_of_a_room_stand_in_a_list_the_newest_first():
    stage = Stage()
    stage.tell("coupon", coupon="满减", phase="taken")
    stage.wait(10)
    stage.tell("lucky_bag", bag="b", phase="open", seconds=5, entrants=7)
    stage.wait(10)
    stage.tell("price", sku="s1", amount_minor=100)
    stage.tell("flash_sale", sku="s1", phase="start", price=50, stock=9)
    stage.wait(10)
    stage.tell("lucky_bag", bag="b", phase="draw")
    stage.wait(5)
    detail = stage.shard.detail("room", stage.now)

    assert detail is not None
    assert [
        {
            "kind": "flash_sale", "name": "s1", "at": START + 20, "ended_at": None,
            "figures": {
                "flash_sale_s": 15.0, "flash_left": 9.0, "flash_sold_out_s": 0.0,
                "flash_over_s": 0.0, "flash_price_unrestored_s": 0.0,
            },
        },
        {
            "kind": "lucky_bag", "name": "b", "at": START + 10, "ended_at": START + 30,
            "figures": {
                "entrants": 7.0, "late_s": 0.0, "online_drop": None, "comments_drop": None,
            },
        },
        {
            "kind": "coupon", "name": "满减", "at": START, "ended_at": None,
            "figures": {"sent": 0, "taken": 1, "used": 0, "used_rate": 0.0},
        },
    ] == to_builtins(detail.plays)  # fmt: skip
