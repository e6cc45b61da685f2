"""The oracle by hand: what it says of a few facts that anybody can count."""

from __future__ import annotations

import json
import math

from monitor.bench.oracle import Oracle

AT = 1_000_000.0


def told(oracle: Oracle, *facts: dict[str, object], now: float = AT) -> None:
    items = [{"room": "a", "id": f"{now}-{n}", "at": now, **fact} for n, fact in enumerate(facts)]
    oracle.receive(json.dumps(items).encode(), now)


def comment(user: str, **more: object) -> dict[str, object]:
    return {"type": "comment", "user": user, "text": "好看", **more}


def test_a_window_holds_its_seconds_and_a_person_counts_once():
    """
    Three comments by two people at 0 s; at 9 s the 10 s window still holds them, at 10 s not.
    """
    oracle = Oracle([])
    told(oracle, comment("u1"), comment("u1"), comment("u2"))
    room = oracle.rooms["a"]

    assert (3, 2) == (room.figure("comments_10s", AT + 9), room.figure("commenters_10s", AT + 9))
    assert (0, 0) == (room.figure("comments_10s", AT + 10), room.figure("commenters_10s", AT + 10))
    assert 3 == room.figure("comments_session", AT + 10)
    assert math.isnan(room.figure("likes_10s", AT))


def test_an_id_counts_once_and_an_order_takes_its_goods_once():
    oracle = Oracle([])
    order = {"order": "o1", "sku": "s1", "quantity": 2, "amount_minor": 500, "user": "u1"}
    told(oracle, {"type": "stock", "sku": "s1", "value": 10}, comment("u1", id="x"))
    told(oracle, comment("u1", id="x"), {"type": "order_created", **order}, now=AT + 1)
    told(oracle, {"type": "order_paid", **order}, now=AT + 2)
    room = oracle.rooms["a"]

    assert 8 == room.products["s1"].figure("stock", AT + 2)
    assert (1, 1, 500) == tuple(
        room.figure(f"{name}_1m", AT + 2) for name in ("comments", "paid", "gmv")
    )


def test_a_rule_waits_fires_and_resolves():
    """
    More than one comment in 10 s, for 1 s; over at 10 s, and 2 s later it is resolved.
    """
    rule = {"id": "busy", "when": "comments_10s > 1", "for": "1s", "keep": "2s"}
    oracle = Oracle([rule])
    told(oracle, comment("u1"), comment("u2"))
    moved = [change for step in range(60) for change in oracle.tick(AT + step / 4, 0.25)]

    assert [
        (AT, "busy|a", "pending"),
        (AT + 1, "busy|a", "fired"),
        (AT + 11.75, "busy|a", "resolved"),
    ] == moved


def test_what_is_unknown_neither_fires_nor_resolves():
    oracle = Oracle([{"id": "liked", "when": "likes_10s == 0 or comments_10s > 5"}])
    told(oracle, comment("u1"))

    assert [] == oracle.tick(AT, 0.25)
    told(oracle, {"type": "like", "user": "u1", "value": 1}, now=AT + 1)
    assert [(AT + 12, "liked|a", "fired")] == oracle.tick(AT + 12, 0.25)
