"""composite: what several other rules say together, in one scope and across scopes."""

from __future__ import annotations

import pytest

from tests.stage import Stage

LOUD = "  - {id: loud, kind: threshold, when: comments_10s >= 3, for: 2s}\n"
OUT = "  - {id: out, kind: threshold, scope: product, when: stock == 0}\n"


def staged(when: str, more: str = "", scope: str = "room") -> Stage:
    text = f"  - {{id: both, kind: composite, scope: {scope}, when: '{when}'{more}}}\n"
    return Stage(f"rules:\n{text}{LOUD}{OUT}")


def told(stage: Stage) -> list[tuple[float, str]]:
    return [(at, change) for at, rule, change in stage.told if rule == "both"]


def test_it_fires_in_the_tick_in_which_the_others_say_so():
    """
    0 three comments ── 2.25 loud ── 3 sold out: both ── 5 back in stock
    """
    stage = staged("firing(loud) and firing(out)")
    stage.comment("好看", times=3)
    stage.wait(3)
    stage.tell("stock", value=0)
    stage.wait(2)
    stage.tell("stock", value=9)
    stage.wait(1)

    assert [(3.25, "fired"), (5.25, "resolved")] == told(stage)


def test_what_is_pending_is_not_firing():
    stage = staged("pending(loud) and not firing(loud)")
    stage.comment("好看", times=3)
    stage.wait(3)

    assert [(0.25, "fired"), (2.25, "resolved")] == told(stage)


def test_seconds_are_those_since_it_fired():
    """Loud at 2.25; more than 3 s later, in the next tick."""
    stage = staged("firing_s(loud) > 3")
    stage.comment("好看", times=3)
    stage.wait(6)

    assert [(5.5, "fired")] == told(stage)


def test_an_acknowledgement_counts_from_the_next_tick():
    stage = staged("firing(loud) and not acked(loud)")
    stage.comment("好看", times=3)
    stage.wait(3)
    stage.shard.acknowledge("loud|room", 1, "李敏", stage.now)
    stage.wait(0.5)

    assert [(2.25, "fired"), (3.25, "resolved")] == told(stage)


def test_products_of_a_room_are_counted():
    stage = staged("firing(out) >= 2")
    for sku in ("s1", "s2"):
        stage.wait(1)
        stage.tell("stock", sku=sku, value=0)
        stage.tell("stock", room="another", sku=sku, value=len(sku))
    stage.wait(1)

    assert [(2.25, "fired")] == told(stage)


@pytest.mark.parametrize(
    ("scope", "keys"),
    [("all", ["both||"]), ("platform", ["both||douyin"])],
)
def test_rooms_are_counted(scope, keys):
    """Two on one platform, one on another; then one of the two ends."""
    stage = staged("firing(loud) >= 2", scope=scope)
    for room, platform in (("a", "douyin"), ("b", "taobao"), ("c", "douyin")):
        stage.comment("好看", room=room, platform=platform, times=3 if room != "b" else 1)
    stage.wait(3)
    fired = [change for change in stage.changes if change.rule == "both"]
    stage.tell("session", room="a", phase="end")
    stage.wait(1)

    assert [("fired", key) for key in keys] == [(c.change, c.key) for c in fired[-1:]]
    assert "resolved" == stage.changes[-1].change


def test_every_product_sees_its_room():
    stage = staged("firing(loud)", scope="product")
    stage.comment("好看", times=3)
    for room, sku in (("room", "s1"), ("room", "s2"), ("quiet", "s1")):
        stage.tell("stock", room=room, sku=sku, value=5)
    stage.wait(3)

    assert ["both|room|s1", "both|room|s2"] == [
        change.key for change in stage.changes if change.rule == "both"
    ]


def test_its_values_are_what_the_others_said():
    stage = staged("firing(loud) and firing_s(loud) >= 1")
    stage.comment("好看", times=3)
    stage.wait(4)

    assert {"firing(loud)": 1.0, "firing_s(loud)": 1.0} == stage.changes[-1].values
