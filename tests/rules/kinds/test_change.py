"""change: a fact of state happened."""

from __future__ import annotations

from monitor.rules import compile as rules
from tests.stage import Stage, fact

WARNED = """\
rules:
  - id: warned
    kind: change
    fact: session
    where: phase == "warning"
    summary: "{{ room_name }}:平台警告 {{ reason }}"
"""
PRICE = """\
rules:
  - {id: cheap, kind: change, fact: price, scope: product, params: {floor: 900},
     where: amount_minor < floor, keep: 5s, summary: "{{ product }} {{ amount_minor | money }}"}
"""


def test_a_fact_is_told_in_the_tick_that_sees_it_and_is_over_a_minute_later():
    stage = Stage(WARNED)
    stage.tell("session", phase="start")
    stage.wait(1)
    stage.tell("session", phase="warning", reason="夸大宣传")
    stage.wait(70)

    assert [(1.25, "warned", "fired"), (61.25, "warned", "resolved")] == stage.told
    change = next(change for change in stage.changes if change.change == "fired")
    assert "room:平台警告 夸大宣传" == change.summary
    assert ("warning", "夸大宣传") == (change.values["phase"], change.values["reason"])


def test_a_further_one_makes_it_last_longer_and_is_not_told_again():
    stage = Stage(WARNED)
    for _ in range(3):
        stage.tell("session", phase="warning")
        stage.wait(30)
    stage.wait(60)

    assert [(0.25, "warned", "fired"), (120.25, "warned", "resolved")] == stage.told


def test_it_is_told_of_the_product_that_the_fact_names():
    stage = Stage(PRICE)
    for sku, amount in (("s1", 1000), ("s2", 800)):
        stage.tell("shelf", sku=sku, on=True, title=f"{sku}裙")
        stage.tell("price", sku=sku, amount_minor=amount)
    stage.wait(10)

    assert [("cheap|room|s2", "s2裙 8.00")] == [
        (change.key, change.summary) for change in stage.changes if change.change == "fired"
    ]
    assert (5.25, "cheap", "resolved") == stage.told[-1]


def test_every_fact_counts_where_nothing_is_asked_of_it():
    stage = Stage("rules: [{id: pinned, kind: change, fact: pin}]")
    stage.tell("pin", room="a")
    stage.tell("pin", room="b")
    stage.tell("unpin", room="c")
    stage.wait(1)

    assert ["pinned|a", "pinned|b"] == [c.key for c in stage.changes if c.change == "fired"]


def test_what_the_config_says_did_not_happen():
    stage = Stage("rules: [{id: listed, kind: change, fact: shelf}]")
    stage.tell("comment")
    stage.wait(1)
    stage.receive(fact("shelf", 1, sku="s1", on=True), source="config")
    stage.wait(1)

    assert [] == stage.told


def test_what_a_new_rule_wants_is_seen_from_the_reload_on():
    stage = Stage()
    stage.tell("session", phase="warning")
    stage.shard.reload(rules.parse(WARNED), stage.now)
    stage.wait(1)
    assert [] == stage.told

    stage.tell("session", phase="warning")
    stage.wait(1)
    assert [(1.25, "warned", "fired")] == stage.told


def test_a_row_of_another_room_knows_nothing_of_the_fact():
    stage = Stage(WARNED)
    stage.tell("session", phase="warning", reason="旧")
    stage.wait(1)
    asker = stage.shard.rules.rules[0].asker
    asker.forget([0])

    assert {None} == set(asker.values(stage.shard.scopes.room, 0).values())
