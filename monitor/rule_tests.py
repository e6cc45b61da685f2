"""Rules tested like code: what is played to a rule file, and what it must say, to the tick.

    tests:
      - name: complaints fire once they last, and resolve once they are over
        play:
          - {at: 0s, type: comment, text: 我要退货, times: 4}
        until: 5m
        expect:
          - {at: 30s250ms, rule: angry_comments, change: fired}

A played item is a fact; `times` sends it so often at once, `every` and `for` again and
again, `step` adds to its value each time. Room, users, orders and ids are made up where
they are not given: every item comes from another viewer. Time is virtual: a tick is
250 ms, and a fact at 10 s is seen by the tick at 10 s. A change that is not expected
fails the test, and so does one a tick late. `pending` is compared where it is expected.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct, field

from monitor import durations, yamlfile
from monitor.alerts.alert import Change
from monitor.documents import Loaded
from monitor.errors import RuleError
from monitor.events import KINDS, Event, Fact
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.shard import TICK_S, Shard

START = 1_795_370_000.0
ROOM = "room"


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change that must come."""

    at: str
    rule: str
    change: str
    room: str = ROOM
    sku: str | None = None
    values: dict[str, Any] = {}


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One test."""

    name: str
    play: tuple[dict[str, Any], ...]
    until: str
    expect: tuple[Expected, ...]


class CaseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What x_test.yaml holds."""

    tests: tuple[Case, ...]


class Verdict(Struct, kw_only=True):
    """What became of one test: `wrong` is empty when it passed."""

    file: str
    name: str
    wrong: list[str] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)


def run(folder: pathlib.Path, mood: Mood) -> list[Verdict]:
    """Run every test of a folder of rules (or of one rule file).

    A rule file without tests, and a rule that fires in none of them, fails. Raises
    RuleError with every mistake in the files themselves.
    """
    verdicts: list[Verdict] = []
    mistakes: list[str] = []
    for path in rules.files(folder):
        try:
            verdicts += _file(path, path.with_name(f"{path.stem}_test.yaml"), mood)
        except RuleError as error:
            mistakes += error.mistakes
    if mistakes:
        raise RuleError(*mistakes)
    return verdicts


def _file(path: pathlib.Path, beside: pathlib.Path, mood: Mood) -> list[Verdict]:
    ruleset = rules.load(path)
    if not beside.exists():
        return [Verdict(file=str(path), name="has tests", wrong=[f"write them into {beside.name}"])]
    loaded = yamlfile.load(beside, CaseFile, str(beside))
    verdicts = [
        _judge(beside, index, case, loaded, Shard(rules.load(path), mood=mood))
        for index, case in enumerate(loaded.value.tests)
    ]
    fired = set[str]().union(*(verdict.fired for verdict in verdicts))
    idle = [rule.id for rule in ruleset.rules if rule.id not in fired]
    if idle:
        wrong = [f"{rule} fires in no test: play what makes it fire" for rule in idle]
        verdicts.append(Verdict(file=str(beside), name="every rule fires", wrong=wrong))
    return verdicts


def _judge(
    path: pathlib.Path, index: int, case: Case, loaded: Loaded[CaseFile], shard: Shard
) -> Verdict:
    try:
        told = _play(case, shard)
        wanted = [(START + durations.parse(each.at), each) for each in case.expect]
    except (ValueError, msgspec.ValidationError) as error:
        raise RuleError(loaded.mistake(("tests", index, "play"), str(error))) from None
    verdict = Verdict(file=str(path), name=case.name)
    verdict.fired = {change.rule for change in told if change.change == "fired"}
    kinds = {"fired", "resolved", *(each.change for each in case.expect)}
    left = [change for change in told if change.change in kinds]
    for at, each in wanted:
        match = next((change for change in left if _fits(change, at, each)), None)
        if match is None:
            verdict.wrong.append(f"missing: {each.at} {each.rule} {each.change}{_near(left, each)}")
        else:
            left.remove(match)
    verdict.wrong += [f"unexpected: {_spell(change)}" for change in left]
    return verdict


def _fits(change: Change, at: float, wanted: Expected) -> bool:
    return (
        change.at == at
        and change.rule == wanted.rule
        and change.change == wanted.change
        and change.room == wanted.room
        and (wanted.sku is None or change.sku == wanted.sku)
        and all(change.values.get(name) == value for name, value in wanted.values.items())
    )


def _near(told: list[Change], wanted: Expected) -> str:
    alike = [c for c in told if c.rule == wanted.rule and c.change == wanted.change]
    return f" (there is {_spell(alike[0])})" if alike else ""


def _spell(change: Change) -> str:
    values = ", ".join(f"{name}={value}" for name, value in change.values.items())
    where = f" {change.sku}" if change.sku else ""
    at = durations.spell(change.at - START)
    return f"{at} {change.rule}{where} {change.change} ({values})"


def _play(case: Case, shard: Shard) -> list[Change]:
    facts = sorted(_facts(case), key=lambda fact: fact.at)
    end = START + durations.parse(case.until)
    changes: list[Change] = []
    now, place = START, 0
    while now <= end:
        due = place
        while due < len(facts) and facts[due].at <= now:
            due += 1
        if due > place:
            shard.receive([Batch(source="test", events=facts[place:due], received_at=now)], now)
            place = due
        if now > START:
            changes += shard.tick(now)
        now += TICK_S
    return changes


def _facts(case: Case) -> Iterator[Event]:
    count = 0
    for item in case.play:
        fields = dict(item)
        at = durations.parse(str(fields.pop("at")))
        every = durations.parse(str(fields.pop("every", "1s")))
        span = durations.parse(str(fields.pop("for", "0s")))
        times, step = int(fields.pop("times", 1)), int(fields.pop("step", 0))
        kind = KINDS.get(str(fields.get("type")))
        if kind is None:
            raise ValueError(f"unknown fact `{fields.get('type')}` — one of {', '.join(KINDS)}")
        for again in range(max(1, round(span / every))):
            for _ in range(times):
                count += 1
                yield _fact(kind, fields, START + at + again * every, count, again * step)


def _fact(kind: type[Fact], fields: dict[str, Any], at: float, count: int, add: int) -> Event:
    made_up = {"room": ROOM, "id": f"f{count}", "user": f"u{count}", "order": f"o{count}"}
    whole = {
        name: value for name, value in made_up.items() if name in kind.__struct_fields__
    } | fields
    if add:
        whole["value"] = whole.get("value", 0) + add
    unknown = set(fields) - {"type", *kind.__struct_fields__}
    if unknown:
        raise ValueError(f"`{fields['type']}` has no field `{min(unknown)}`")
    return msgspec.convert({**whole, "at": at}, kind)  # type: ignore[return-value]
