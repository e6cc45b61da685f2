"""A test of rules as people write it, and the facts and figures it plays.

    tests:
      - name: complaints fire once they last, and resolve once they are over
        play:
          - {at: 0s, type: comment, text: 我要退货, times: 4}
          - {at: 0s, type: stock, sku: s1, series: 200-2x70}
        series:
          - {figure: online, values: 300x360}
        until: 5m
        expect:
          - {at: 30s250ms, rule: angry_comments, change: fired}

A played item is a fact; `times` sends it so often at once, `every` and `for` again and
again, `step` adds to its value each time. Its `series` is a number each time (`every` 1s):
the fact's `value`, or the field that `of` names, or, where it has neither, how many come;
where nothing is said or known, none does. Room, users, orders and ids are made up where
they are not given: every item comes from another viewer.

`series` of the test itself gives figures of the catalogue to the rules as they are, without
any fact; the last number stands. `rooms` says what the config would of a room, `starts`
when it is (20:00 and later is the best time).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Struct

from monitor import durations
from monitor.alerts.alert import Change
from monitor.courts import series
from monitor.events import KINDS, Event, Fact, Mark, Shelf
from monitor.shapes import suggest
from monitor.signals.metrics import FIGURES
from monitor.signals.rooms import Floats, Profile

START = 1_795_370_000.0
ROOM = "room"
LONGEST_S = 86_400.0
MOST_FACTS = 200_000  # of one test
SHORTEST_S = 0.001  # of `every`

Aware = Annotated[datetime, Meta(tz=True)]


class ImpossibleError(ValueError):
    """A field of a test that can not be: its path within the test, and what is wrong."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change that must come; what is left out is as it comes, the room that of the test."""

    at: str
    rule: str
    change: str
    room: str | None = None
    sku: str | None = None
    segment: str | None = None
    platform: str | None = None
    severity: str | None = None
    values: dict[str, Any] = {}

    def fits(self, change: Change, at: float) -> bool:
        """Whether this is the change, and comes in time."""
        return (
            change.at == at
            and change.rule == self.rule
            and change.change == self.change
            and change.room in ((ROOM, "") if self.room is None else (self.room,))
            and self.sku in (None, change.sku)
            and self.segment in (None, change.segment)
            and self.platform in (None, change.platform)
            and self.severity in (None, change.severity)
            and all(change.values.get(name) == value for name, value in self.values.items())
        )


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure of a room or of a product, as rules are to read it."""

    figure: str
    values: str | float  # a number alone stands all the time
    every: str = "1s"
    room: str = ROOM
    sku: str | None = None


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One test."""

    name: str
    until: str
    expect: tuple[Expected, ...]
    play: tuple[dict[str, Any], ...] = ()
    series: tuple[Given, ...] = ()
    rooms: tuple[Profile, ...] = ()
    starts: Aware | None = None


class Excuse(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mutant that no test can tell from its rule, and why that is so."""

    mutant: str
    why: str


class CaseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What x_test.yaml holds."""

    tests: tuple[Case, ...]
    equivalent: tuple[Excuse, ...] = ()


class Figure(Struct, frozen=True):
    """A figure that is given: a number each `every_s` from `start` on; NaN is unknown."""

    name: str
    room: str
    sku: str | None
    numbers: Floats
    every_s: float

    def at(self, elapsed_s: float) -> float:
        return float(self.numbers[min(int(elapsed_s / self.every_s), len(self.numbers) - 1)])


class Script(Struct, frozen=True):
    """A test, read: everything in epoch seconds."""

    start: float
    end: float
    facts: list[Event]  # in the order of their time
    figures: tuple[Figure, ...]
    wanted: list[tuple[float, Expected]]


def read(case: Case) -> Script:
    """Raises ImpossibleError."""
    start = START if case.starts is None else float(int(case.starts.timestamp()))
    lasts_s = _seconds(case.until, "until")
    if lasts_s > LONGEST_S:
        raise ImpossibleError(f"`{case.until}` is too long — write `1d` or less", "until")
    given = tuple(_figure(index, each) for index, each in enumerate(case.series))
    facts = [*_there(given, start), *_facts(case, start, lasts_s)]
    return Script(
        start=start,
        end=start + lasts_s,
        facts=sorted(facts, key=lambda fact: fact.at),
        figures=given,
        wanted=[
            (start + _seconds(each.at, "expect", index, "at"), each)
            for index, each in enumerate(case.expect)
        ],
    )


def _seconds(text: Any, *path: str | int) -> float:
    try:
        return durations.parse(str(text))
    except ValueError as error:
        raise ImpossibleError(str(error), *path) from None


def _numbers(text: Any, *path: str | int) -> list[float | None]:
    try:
        return series.parse(str(text))
    except ValueError as error:
        raise ImpossibleError(str(error), *path) from None


def _figure(index: int, given: Given) -> Figure:
    at = ("series", index)
    entry = FIGURES.get(given.figure)
    if entry is None:
        raise ImpossibleError(
            f"unknown figure `{given.figure}` — {suggest(given.figure, FIGURES)}", *at, "figure"
        )
    if (entry.scope == "product") != (given.sku is not None):
        remedy = "write its `sku`" if given.sku is None else "leave `sku` out"
        raise ImpossibleError(f"`{given.figure}` is one of a {entry.scope} — {remedy}", *at)
    every_s = _seconds(given.every, *at, "every")
    if every_s < SHORTEST_S:
        raise ImpossibleError("a step without length — write for example `1s`", *at, "every")
    numbers = series.standing(_numbers(given.values, *at, "values"))
    return Figure(given.figure, given.room, given.sku, np.array(numbers), every_s)


def _there(given: tuple[Figure, ...], start: float) -> Iterator[Event]:
    """What makes the rooms and products of given figures known, and says nothing else."""
    for room, sku in dict.fromkeys((each.room, each.sku) for each in given):
        if sku is None:
            yield Mark(room=room, at=start, text="test", by="test")
        else:
            yield Shelf(room=room, at=start, sku=sku, on=True)


def _facts(case: Case, start: float, lasts_s: float) -> Iterator[Event]:
    count = 0
    for index, item in enumerate(case.play):
        fields = dict(item)
        played = count
        try:
            for after_s, changed in _again(fields):
                if count == played and after_s > lasts_s:
                    raise ImpossibleError("comes after the end — write a later `until`", "at")
                count += 1
                if count > MOST_FACTS:
                    raise ImpossibleError(f"more than {MOST_FACTS} facts — play fewer")
                yield _fact(changed, start + after_s, count)
        except ImpossibleError as error:
            raise ImpossibleError(str(error), "play", index, *error.path) from None
        except (ValueError, TypeError, msgspec.ValidationError) as error:
            raise ImpossibleError(str(error), "play", index) from None


def _again(fields: dict[str, Any]) -> Iterator[tuple[float, dict[str, Any]]]:
    """When an item comes, and as what."""
    kind = KINDS.get(str(fields.get("type")))
    if kind is None:
        raise ImpossibleError(
            f"unknown fact `{fields.get('type')}` — one of {', '.join(KINDS)}", "type"
        )
    at = _seconds(fields.pop("at", ""), "at")
    every = _seconds(fields.pop("every", "1s"), "every")
    if every < SHORTEST_S:
        raise ImpossibleError("a step without length — write for example `1s`", "every")
    span = _seconds(fields.pop("for", "0s"), "for")
    times, step = int(fields.pop("times", 1)), int(fields.pop("step", 0))
    if "series" in fields:
        numbers = _numbers(fields.pop("series"), "series")
        of = fields.pop("of", "value" if "value" in kind.__struct_fields__ else None)
        for again, number in enumerate(numbers):
            if number is not None and number == number:  # noqa: PLR0124  NaN: it is stale
                said = {} if of is None else {of: int(number)}
                for _ in range(int(number) if of is None else times):
                    yield at + again * every, fields | said
        return
    for again in range(max(1, round(span / every))):
        said = {"value": fields.get("value", 0) + again * step} if again * step else {}
        for _ in range(times):
            yield at + again * every, fields | said


def _fact(fields: dict[str, Any], at: float, count: int) -> Event:
    kind: type[Fact] = KINDS[fields["type"]]
    unknown = set(fields) - {"type", *kind.__struct_fields__}
    if unknown:
        raise ImpossibleError(f"`{fields['type']}` has no field `{min(unknown)}`", min(unknown))
    made_up = {"room": ROOM, "id": f"f{count}", "user": f"u{count}", "order": f"o{count}"}
    whole = {
        name: value for name, value in made_up.items() if name in kind.__struct_fields__
    } | fields
    return msgspec.convert({**whole, "at": at}, kind)  # type: ignore[return-value]
