"""Plays one test to rules, on a virtual clock.

A tick is 250 ms, and a fact at 10 s is seen by the tick at 10 s. A change that is not
expected fails the test, and so does one a tick late. `pending` is compared where it is
expected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from monitor import durations
from monitor.alerts.alert import Change
from monitor.courts.cases import Case, Expected, Figure, Script
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules.columns import RoomColumns
from monitor.rules.compile import RuleSet
from monitor.shard import TICK_S, Shard
from monitor.signals.rooms import Floats
from monitor.signals.tables import Tables

Watching = Callable[[Shard, list[Change]], None]


class GivenColumns(RoomColumns):
    """Columns of which a test gives some."""

    figured = False

    def __init__(self, tables: Tables, now: float, figures: Iterable[Figure], elapsed_s: float):
        super().__init__(tables, now)
        self._given: dict[str, list[Figure]] = {}
        self._elapsed_s = elapsed_s
        for figure in figures:
            self._given.setdefault(figure.name, []).append(figure)

    def read(self, name: str) -> Floats:
        column = super().read(name)
        if name not in self._given:
            return column
        column = column.copy()
        tables = self.look.tables
        for figure in self._given[name]:
            row = tables.rooms.row_of.get(figure.room)
            if row is not None and figure.sku is not None:
                row = tables.products.by_room[row].get(figure.sku)
            if row is not None:
                column[row] = figure.at(self._elapsed_s)
        return column


def play(
    case: Case, script: Script, rules: RuleSet, mood: Mood, watch: Watching | None = None
) -> list[Change]:
    """Every change of an alert; `watch` sees the shard after each tick.

    Raises MonitorError where a rule threw.
    """

    def columns(tables: Tables, now: float) -> RoomColumns:
        return GivenColumns(tables, now, script.figures, now - script.start)

    profiles = {profile.room: profile for profile in case.rooms}
    shard = Shard(rules, profiles, mood=mood, columns=columns)
    changes: list[Change] = []
    now, place, facts = script.start, 0, script.facts
    while now <= script.end:
        due = place
        while due < len(facts) and facts[due].at <= now:
            due += 1
        if due > place:
            shard.receive([Batch(source="test", events=facts[place:due], received_at=now)], now)
            place = due
        if now > script.start:
            told = shard.tick(now)
            changes += told
            if watch is not None:
                watch(shard, told)
        now += TICK_S
    rules.check()
    return changes


def judge(
    told: Collection[Change], wanted: Iterable[tuple[float, Expected]], start: float
) -> tuple[list[tuple[Expected, str]], list[str]]:
    """What is missing, and beside it what there is instead; and what nobody expected."""
    wanted = list(wanted)
    kinds = {"fired", "resolved", *(each.change for _, each in wanted)}
    left = [change for change in told if change.change in kinds]
    missing: list[tuple[Expected, str]] = []
    for at, each in wanted:
        match = next((change for change in left if each.fits(change, at)), None)
        if match is None:
            missing.append((each, _near(left, each, start)))
        else:
            left.remove(match)
    return missing, [spell(change, start) for change in left]


def passes(
    told: Collection[Change], wanted: Iterable[tuple[float, Expected]], start: float
) -> bool:
    """Whether all came as it was expected, and nothing else."""
    return judge(told, wanted, start) == ([], [])


def _near(told: Iterable[Change], wanted: Expected, start: float) -> str:
    alike = [c for c in told if c.rule == wanted.rule and c.change == wanted.change]
    return f" (there is {spell(alike[0], start)})" if alike else ""


def spell(change: Change, start: float) -> str:
    """A change in a line, as tests write its time."""
    values = ", ".join(f"{name}={value}" for name, value in change.values.items())
    where = f" {change.sku}" if change.sku else ""
    at = durations.spell(change.at - start)
    return f"{at} {change.rule}{where} {change.change} ({values})"
