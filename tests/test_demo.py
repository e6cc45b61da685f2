"""The acted rooms say what they are there to say, to the shipped rules, and nothing else does."""

from __future__ import annotations

import pathlib

import msgspec
import pytest

from monitor import demo
from monitor.alerts.alert import Change
from monitor.events import Event
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.shard import TICK_S, Shard

START = 1_795_370_000.0
RULES = pathlib.Path(__file__).parent.parent / "rules"
STARS = {
    "dy-8801": "hook_timing",
    "tb-2203": "stock_out",
    "ks-5507": "sentiment_incident",
}


def play(rooms: list[str], seconds: float) -> list[Change]:
    shard = Shard(rules.load(RULES), mood=Mood())
    acted: list[Event] = [
        event
        for room in rooms
        for loop in range(2)
        for event in msgspec.convert(
            demo.facts(room, START + loop * demo.LOOP_S, loop), list[Event]
        )
    ]
    acted.sort(key=lambda event: event.at)
    changes: list[Change] = []
    place, now = 0, START
    while now < START + seconds:
        now += TICK_S
        due = place
        while due < len(acted) and acted[due].at <= now:
            due += 1
        shard.receive([Batch(source="demo", events=acted[place:due], received_at=now)], now)
        place = due
        changes += shard.tick(now)
    return changes


@pytest.fixture(scope="module")
def told() -> list[Change]:
    return play(list(demo.ROOMS), 200.0)


@pytest.mark.parametrize(("room", "rule"), STARS.items())
def test_each_actor_makes_its_alert_fire_within_a_minute_and_end_within_three(
    told: list[Change], room: str, rule: str
) -> None:
    """
    Fired once in its own room within 60 s, resolved within 180 s.
    """
    mine = [(change.change, change.room) for change in told if change.rule == rule]
    times = [change.at - START for change in told if change.rule == rule]

    assert ("fired", room) in mine
    assert ("resolved", room) in mine
    assert times[mine.index(("fired", room))] <= 60
    assert times[mine.index(("resolved", room))] <= 180
    assert {room} == {where for _, where in mine}


@pytest.mark.parametrize(("room", "rule"), STARS.items())
def test_without_its_actor_an_alert_stays_quiet(room: str, rule: str) -> None:
    """
    The other two rooms alone never make it fire.
    """
    others = [each for each in demo.ROOMS if each != room]

    assert [] == [change for change in play(others, 200.0) if change.rule == rule]


def test_nothing_else_is_told_but_what_belongs_to_it(told: list[Change]) -> None:
    """
    The stock runs low and comes back, thirty complaints are a crisis. A demo with noise in
    it teaches the wrong thing.
    """
    beside = {"stock_soon", "stock_back", "sentiment_crisis"}

    assert {*STARS.values(), *beside} >= {change.rule for change in told}


def test_a_second_loop_has_facts_of_its_own() -> None:
    """
    No id comes twice, or the core would take the second loop for a repetition.
    """
    ids = [fact["id"] for loop in range(2) for fact in demo.facts("dy-8801", START, loop)]

    assert len(ids) == len(set(ids))
