"""Parameters: what the config overrides for some rooms and some hours."""

from __future__ import annotations

import msgspec
import pytest

from monitor.errors import RuleError
from monitor.rules import compile as rules
from monitor.rules.parameters import Override, Overrides, amount
from monitor.signals.rooms import Profile
from tests.stage import START, Stage

RULE = """\
rules:
  - id: low
    kind: threshold
    params: {floor: 3, patience: 30s}
    when: comments_1m < floor
    summary: "{{ comments_1m | int }} of {{ floor | int }} in {{ patience | secs }}"
"""
# 2026-11-22 17:53:20 UTC is 01:53:20 in Shanghai
PROFILES = {
    "head": Profile(room="head", tier="head"),
    "tail": Profile(room="tail", tier="tail", platform="douyin"),
    "abroad": Profile(room="abroad", timezone="Europe/London"),
}


def staged(*overrides: Override) -> Stage:
    stage = Stage(profiles=PROFILES)
    told = Overrides(overrides, "Asia/Shanghai")
    stage.shard.reload(rules.parse(RULE, overrides=told), stage.now)
    return stage


def floors(*overrides: Override) -> dict[str, float]:
    """The floor of each room, as its alert knows it."""
    stage = staged(*overrides)
    for room in PROFILES:
        stage.tell("comment", room=room)
    stage.wait(0.25)
    return {room: float(stage.shard.column("room", "floor@low", stage.now)[row])
            for row, room in enumerate(PROFILES)}  # fmt: skip


def other(value: float = 9.0, **fields) -> Override:
    return Override(rule="low", values={"floor": value}, **fields)


@pytest.mark.parametrize(
    ("override", "found"),
    [
        (other(), [9, 9, 9]),
        (other(rooms=("head",)), [9, 3, 3]),
        (other(tiers=("tail", "waist")), [3, 9, 3]),
        (other(platforms=("douyin",)), [3, 9, 3]),
        (other(tiers=("head",), platforms=("douyin",)), [3, 3, 3]),
        (other(hours="01:00-02:00"), [9, 9, 3]),
        (other(hours="23:00-02:00"), [9, 9, 3]),
        (other(hours="17:00-18:00"), [3, 3, 9]),
        (other(hours="01:53-01:54"), [9, 9, 3]),
        (other(hours="01:00-01:53"), [3, 3, 3]),
        (other(hours="00:00-24:00"), [9, 9, 9]),
    ],
)
def test_all_that_is_written_must_match(override, found):
    assert dict(zip(PROFILES, found, strict=True)) == floors(override)


def test_the_last_that_matches_is_right():
    assert {"head": 5, "tail": 9, "abroad": 9} == floors(other(9), other(5, rooms=("head",)))


def test_a_rule_asks_with_the_number_of_each_room_and_says_it():
    stage = staged(other(1, rooms=("head",)))
    for room in PROFILES:
        stage.tell("comment", room=room)
    stage.wait(0.25)

    assert {"tail": "1 of 3 in 30s", "abroad": "1 of 3 in 30s"} == {
        change.room: change.summary for change in stage.changes if change.change == "fired"
    }
    assert {"comments_1m": 1.0, "floor": 3.0, "patience": 30.0} == stage.changes[-1].values


def test_a_parameter_that_is_the_same_everywhere_is_a_plain_number():
    rule = rules.parse(RULE).rules[0]

    assert ("comments_1m",) == rule.asker.used


def test_hours_begin_and_end_at_the_minute():
    """01:53:20 in Shanghai: at 01:54 the evening's number is over."""
    stage = staged(other(hours="00:00-01:54"))
    stage.tell("comment", room="head")
    stage.wait(0.25)
    before = stage.shard.column("room", "floor@low", stage.now).tolist()
    after = stage.shard.column("room", "floor@low", START + 40).tolist()

    assert ([9.0], [3.0]) == (before, after)


def test_a_room_that_says_its_tier_later_has_its_number():
    stage = staged(other(tiers=("head",)))
    stage.tell("comment", room="new")
    stage.wait(0.25)
    assert [3.0] == stage.shard.column("room", "floor@low", stage.now).tolist()

    stage.tell("session", room="new", phase="start", tier="head")
    assert [9.0] == stage.shard.column("room", "floor@low", stage.now).tolist()


def test_each_scope_has_the_number_of_its_rows():
    """What is written for rooms or tiers is for them alone."""
    stage = staged(other(5, platforms=("douyin",)), other(9, rooms=("tail",)))
    for room in PROFILES:
        stage.tell("stock", room=room, value=1)
    stage.wait(0.25)
    found = {
        scope: stage.shard.column(scope, "floor@low", stage.now).tolist()
        for scope in ("product", "segment", "platform", "all")
    }

    assert {
        "product": [3, 3, 9, 3],  # row 0 is no product
        "segment": [3] * 4 + [9] * 4 + [3] * 4,
        "platform": [3, 5],  # row 0 is no platform
        "all": [3],
    } == found


@pytest.mark.parametrize(
    ("rule", "override", "mistake"),
    [
        ("low", {"flor": 1},
         "params.0.values: `low` has no parameter `flor` — did you mean `floor`?"),
        ("loww", {"floor": 1}, "params.0.rule: unknown rule `loww` — did you mean `low`?"),
        ("low", {"floor": "much"},
         "params.0.values: `floor`: `much` is not a duration — write for example `30s` or `1h30m`,"
         " or a number"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_config_is_told_with_its_place(rule, override, mistake):
    told = Overrides(
        [Override(rule=rule, values=override)],
        mistake=lambda path, what: f"{'.'.join(map(str, path))}: {what}",
    )

    with pytest.raises(RuleError) as refused:
        rules.parse(RULE, overrides=told)

    assert [mistake] == list(refused.value.mistakes)


@pytest.mark.parametrize("hours", ["20-23", "25:00-26:00", "20:00 - 23:00", "20:00-24:30", "x"])
def test_hours_that_are_none_are_refused(hours):
    with pytest.raises(msgspec.ValidationError, match="write for example `20:00-23:00`"):
        msgspec.convert({"rule": "a", "values": {}, "hours": hours}, Override)


def test_a_span_is_seconds():
    assert (30.0, 0.25, 5.0) == (amount("30s"), amount(0.25), amount(5))


def test_an_edit_in_the_config_is_an_edit_of_the_question():
    first, same, another = (
        rules.parse(RULE, overrides=Overrides([other(value)])).rules[0] for value in (1, 1, 2)
    )

    assert same.same_question(first)
    assert not another.same_question(first)
