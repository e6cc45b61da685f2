"""Attribution over several shards: each tells of its own rooms, one decides."""

from __future__ import annotations

from monitor.frames import Batch
from monitor.signals.placing import Claimed, Gathering, Told, merged
from monitor.signals.rooms import Profile
from tests.stage import START, Stage, fact

PROFILES = {room: Profile(room=room, shop="44") for room in "ab"}


def told_stage(room: str, *skus: str) -> Stage:
    """A shard with one room, which knows of orders of shops what it is told."""
    stage = Stage(profiles=PROFILES)
    tables = stage.shard.figures.tables
    tables.attribution = Told(tables.rooms, tables.products, tables.orders, lateness_s=30.0)
    stage.tell("session", room=room, phase="start", session=f"{room}1")
    for sku in skus:
        stage.tell("shelf", room=room, sku=sku, on=True)
    stage.wait(1)
    return stage


def gathering_stage() -> tuple[Stage, Gathering]:
    """A shard without rooms."""
    stage = Stage(profiles=PROFILES)
    tables = stage.shard.figures.tables
    found = Gathering(tables.rooms, tables.products, tables.orders, lateness_s=30.0)
    found.asked = []
    tables.attribution = found
    return stage, found


def test_each_shard_claims_for_its_own_rooms():
    one, other = told_stage("a", "x"), told_stage("b")
    order = fact("order_paid", 1.0, room="shop:44", sku="x")
    claims = [stage.shard.figures.tables.attribution.claimed([order])[0] for stage in (one, other)]

    assert [
        Claimed(owned=True, live=["a"], listed=["a"]),
        Claimed(owned=True, live=["b"]),
    ] == claims
    assert Claimed(owned=True, live=["a", "b"], listed=["a"]) == merged(claims)


def test_where_one_has_rooms_of_the_shop_the_others_have_no_say():
    owner, other = Claimed(owned=True, live=["a"]), Claimed(listed=["c"], live=["c"])

    assert owner == merged([other, owner])
    assert Claimed(listed=["c", "d"]) == merged([Claimed(listed=["c"]), Claimed(listed=["d"])])


def test_orders_wait_to_be_asked_for_and_what_is_decided_counts_at_once():
    """Paid back in the same tick: it goes where the order just went."""
    stage, gathering = gathering_stage()
    paid = fact("order_paid", 0.0, room="shop:44", order="o1", sku="x")
    back = fact("order_refunded", 0.0, room="shop:44", order="o1", sku="x")
    other = fact("order_paid", 0.0, room="shop:9", order="o2", sku="x")
    stage.receive(paid, other, back)
    asked = [event for event, _ in gathering.asked]
    claims = [Claimed(owned=True, live=["a"]) if e.room == "shop:44" else Claimed() for e in asked]
    placed = gathering.settle(claims)

    assert {paid, other, back} == set(asked)
    assert {(paid, "a"), (back, "a")} == set(placed)
    assert (1, []) == (gathering.waiting, gathering.asked)


def test_an_order_without_a_room_is_asked_for_again_and_given_up_in_the_end():
    stage, gathering = gathering_stage()
    stage.receive(fact("order_paid", 0.0, room="shop:9", order="o2", sku="x", amount_minor=5))
    times = 0
    for _ in range(40):
        stage.now += 1.0
        stage.shard.figures.tick(stage.now)
        times += len(gathering.asked)
        gathering.settle([Claimed()] * len(gathering.asked))

    assert 15 <= times <= 17  # every two seconds, for as long as facts may be late
    assert {"shop not known": 1} == dict(gathering.unattributed)
    assert {"CNY": 5} == dict(gathering.unattributed_minor)


def test_an_order_counts_in_the_room_it_is_told_with():
    stage = told_stage("a", "x")
    order = fact("order_paid", 1.0, room="shop:44", sku="x", amount_minor=900)
    attribution = stage.shard.figures.tables.attribution
    attribution.room_by_id = {id(order): "a"}
    stage.shard.receive([Batch(source="s", events=[order], received_at=START + 1)], stage.now)
    stage.wait(0.25)

    assert 900 == stage.figure("gmv_session", "a")
