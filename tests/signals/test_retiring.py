"""A room that is over gives its row back, and nothing of it shines through."""

from __future__ import annotations

import random
from typing import Any, get_args

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from monitor.events import KINDS, Event
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.rules.columns import ProductColumns, RoomColumns
from monitor.shard import Shard
from monitor.signals.metrics import CATALOGUE
from monitor.signals.retiring import AT_ONCE, EVERY_S, Retiring
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings
from tests.stage import START, Stage, fact

SETTINGS = Settings(forget_ended_s=700.0, forget_silent_s=900.0)
MOOD = Mood()
RULES = """
rules:
  - {id: busy, kind: threshold, when: comments_1m > 1, for: 1s, severity: warning}
  - {id: low, kind: threshold, scope: product, when: stock < 50, severity: warning}
  - {id: soon, kind: forecast, scope: product, value: stock, when: eta_s < 500, severity: notice}
  - {id: fewer, kind: forecast, value: online, when: eta_s < 500, severity: notice}
  - {id: silent, kind: stale, after: 10s, expected: 1, severity: data_lost}
  - id: timing
    kind: sequence
    steps: [{name: hook, max: 2s}, {name: push, max: 5s}, {name: benefit, max: 5s}]
    severity: notice
"""
WORDS = ("s1", "s2", "s3", "好看", "假货退钱", "怎么下单", "没声音,卡死了", "老粉买了三次都说好啊")


def value(dice: random.Random, kind: inspect.Type) -> Any:
    """Something of a field's type, from few values, so that facts are about the same things."""
    match kind:
        case inspect.UnionType(types=types):
            return value(dice, dice.choice(types))
        case inspect.LiteralType(values=values):
            return dice.choice(values)
        case inspect.IntType():
            return dice.choice((0, 1, 2, 7, 60))
        case inspect.FloatType():
            return dice.random()
        case inspect.BoolType():
            return dice.random() < 0.2
        case inspect.StrType(max_length=3):
            return "CNY"
        case inspect.StrType():
            return dice.choice(WORDS)
        case inspect.NoneType():
            return None
    raise AssertionError(f"a fact has a field of another type: {kind}")


FIELDS = {
    kind: [field for field in inspect.type_info(kind).fields if field.name not in ("room", "at")]
    for kind in KINDS.values()
}


def made_up(dice: random.Random, now: float, rooms: tuple[str, ...]) -> Event:
    """Any fact, about any room, a little late."""
    kind = dice.choice(list(KINDS.values()))
    fields = {field.name: value(dice, field.type) for field in FIELDS[kind]}
    fields |= {"id": None, "session": None, "at_from": "platform"}
    return kind(room=dice.choice(rooms), at=now - dice.random() * 3, **fields)


def play(shards: list[Shard], dice: random.Random, begin: float, rooms: tuple[str, ...]) -> list:
    """The same facts into each shard; what each tells of them."""
    told: list[list[Any]] = [[] for _ in shards]
    for second in range(12):
        now = begin + second
        facts = [made_up(dice, now, rooms) for _ in range(25)]
        for shard, lines in zip(shards, told, strict=True):
            shard.receive([Batch(source="a", events=list(facts), received_at=now)], now)
            lines.extend(sorted(shard.tick(now + 0.5), key=lambda change: change.key))
    return told


def seen(shard: Shard, now: float, rooms: tuple[str, ...]) -> dict[str, Any]:
    """Everything that can be read of rooms, by name, whatever their rows are."""
    tables = shard.figures.tables
    columns = RoomColumns(tables, now)
    shelf = ProductColumns(columns)
    found: dict[str, Any] = {}
    for room in rooms:
        row = dict.get(tables.rooms.row_of, room)
        if row is None:
            continue
        detail = shard.detail(room, now)
        comments = [msgspec.structs.replace(said, number=0) for said in detail.comments]
        found[room] = msgspec.to_builtins(msgspec.structs.replace(detail, comments=comments))
        for name, column in CATALOGUE.items():
            if column.scope == "room":
                found[f"{room} {name}"] = float(columns[name][row])
                continue
            for sku, product in tables.products.by_room[row].items():
                found[f"{room} {sku} {name}"] = float(shelf[name][product])
    found["wall"] = [msgspec.to_builtins(view) for view in shard.rooms(now) if view.room in rooms]
    found["alerts"] = sorted(map(repr, shard.alerts()))
    return found


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_room_in_a_used_row_is_like_one_in_a_fresh_shard(seed):
    """
    Whatever the facts: those of the first rooms leave nothing but their rows.
    """
    dice = random.Random(seed)
    used, fresh = (Shard(rules.parse(RULES), None, SETTINGS, MOOD) for _ in range(2))
    before, after = ("a1", "a2", "a3", "a4"), ("b1", "b2", "b3")
    play([used], dice, START, before)
    later = START + 1000.0
    for shard in (used, fresh):
        shard.tick(later)
        shard.tick(later + EVERY_S)

    told = play([used, fresh], dice, later + 2 * EVERY_S, after)
    now = later + 2 * EVERY_S + 12.0

    assert 3 == used.figures.tables.rooms.known
    assert len(used.figures.tables.rooms) <= 4
    assert told[1] == told[0]
    np.testing.assert_equal(seen(used, now, after), seen(fresh, now, after))


def gone_after(stage: Stage, seconds: float) -> tuple[str, ...]:
    stage.now += seconds
    stage.shard.tick(stage.now)
    return stage.shard.gone


def test_a_room_that_has_ended_is_given_up_sooner_than_a_silent_one():
    stage = Stage(RULES, settings=SETTINGS)
    stage.tell("comment", room="over")
    stage.tell("comment", room="silent")
    stage.tell("session", room="over", phase="end")
    stage.wait(1)

    assert () == gone_after(stage, 690.0)
    assert ("over",) == gone_after(stage, 20.0)
    assert ("silent",) == gone_after(stage, 200.0)
    assert [] == list(stage.shard.rooms(stage.now))


def test_a_room_of_the_config_keeps_its_row():
    """People expect it in its place, however long it is silent."""
    stage = Stage(RULES, settings=SETTINGS, profiles={"ours": Profile(room="ours")})
    stage.tell("comment", room="ours")
    stage.wait(1)

    assert () == gone_after(stage, 10_000.0)


def test_a_room_of_which_only_repetitions_were_heard_is_given_up_too():
    stage = Stage(RULES, settings=SETTINGS)
    for room in ("a", "b"):
        stage.receive(fact("comment", 0.0, room=room, id="same"))
    stage.wait(1)
    stage.tell("comment", room="a")
    stage.wait(1)

    assert ("b",) == gone_after(stage, 898.5)


def test_open_alerts_of_a_room_that_is_given_up_are_resolved_and_say_why():
    stage = Stage(RULES, settings=SETTINGS)
    for second in range(40):
        stage.tell("comment", times=3, text=str(second))
        stage.tell("stock", value=9)
        stage.wait(1)
    stage.wait(20)
    opened = {alert.rule for alert in stage.shard.alerts()}

    stage.now += 1000.0
    changes = stage.shard.tick(stage.now)

    reasons = {(change.rule, change.reason) for change in changes if change.change == "resolved"}

    assert {"low", "silent"} <= opened
    assert {(rule, "the room is heard of no more") for rule in ("low", "silent")} <= reasons
    assert [] == stage.shard.alerts()


def test_many_rooms_that_end_together_make_no_tick_long():
    """
    So many a tick, until all are given up; then it is not looked at for a while.
    """
    stage = Stage("rules: []", settings=SETTINGS)
    for number in range(2 * AT_ONCE + 1):
        stage.tell("comment", room=f"r{number}")
    stage.wait(1)

    gone = [len(gone_after(stage, 1000.0))]
    gone += [len(gone_after(stage, 0.25)) for _ in range(3)]

    assert [AT_ONCE, AT_ONCE, 1, 0] == gone


def test_a_shorter_time_than_the_longest_window_is_not_believed():
    """What is still in a window would be the next room's."""
    retiring = Retiring(Settings(forget_ended_s=1.0, forget_silent_s=1.0))
    stage = Stage("rules: []")
    stage.tell("comment")
    stage.wait(1)

    assert [] == retiring.over(stage.shard.figures.tables, stage.now + 500.0)
    assert [0] == retiring.over(stage.shard.figures.tables, stage.now + 600.0)


def test_a_decoder_looks_at_the_name_of_a_room_that_is_gone_anew():
    """Names are remembered for as long as their rooms."""
    decoder = Decoder(source="a", format="native")
    data = msgspec.json.encode(fact("comment", 0.0, room="r1"))
    decoder.receive([Frame(data=data, received_at=START)], START)

    decoder.forget(("r1", "unknown"))
    batches = decoder.receive([Frame(data=data, received_at=START)], START)

    assert ["r1"] == [event.room for event in batches[0].events]


@pytest.mark.parametrize("kind", get_args(Event))
def test_every_fact_can_be_made_up(kind):
    """So that a new one is in the test above by itself."""
    dice = random.Random(1)
    fields = {field.name: value(dice, field.type) for field in FIELDS[kind]}

    assert isinstance(kind(room="a", at=START, **fields), kind)
