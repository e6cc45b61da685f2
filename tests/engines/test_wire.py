"""What the daemon and its workers tell each other."""

from __future__ import annotations

from monitor.engines import wire
from tests.engines.evening import PROFILES
from tests.stage import Stage, fact

RULES = "rules:\n  - {id: busy, kind: threshold, when: comments_10s >= 3}\n"


def test_a_message_arrives_as_it_was_sent_behind_its_length():
    order = wire.Place([fact("order_paid", 0.0, room="shop:x", value=None)], ["a"], 5.0)
    sent = wire.framed(order)

    assert len(sent) - wire.HEAD == int.from_bytes(sent[: wire.HEAD], "big")
    assert order == wire.order(sent[wire.HEAD :])


def test_what_pages_show_arrives_whole():
    """Changes, alerts, a wall and a room's page."""
    stage = Stage(RULES, profiles=PROFILES)
    stage.tell("comment", room="r0", times=3)
    stage.tell("stock", room="r0", value=3)
    stage.wait(1)
    detail = stage.shard.detail("r0", stage.now)
    news = wire.News(
        stage.shard.alerts(), ["gone"], {}, {"rejected": {"late": 1}}, {}, {"odd": "Traceback"}
    )
    views = stage.shard.rooms(stage.now)
    reply = wire.Ticked([], [(0, stage.changes)], [], [], ("a",), views, {"r0": detail}, news)

    assert reply == wire.reply(wire.framed(reply)[wire.HEAD :])
    assert wire.Seen(None) == wire.reply(wire.framed(wire.Seen(None))[wire.HEAD :])
