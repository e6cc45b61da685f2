"""Rooms shared by workers: whoever watches them does not see that they are."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.alerts.routes import RoomTag
from monitor.engines.crew import LOOKED_S, Crew
from monitor.engines.embedded import Embedded
from monitor.engines.footing import Footing
from monitor.engines.owners import owner
from monitor.engines.wire import News
from monitor.errors import WorkerError
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.shard import Shard
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings
from tests.engines.evening import footing, plain, played
from tests.stage import START, fact

CORE = Settings(lateness_s=5.0)
PLAIN = Settings(mood=False)
HERE, THERE = "r1", "r4"  # rooms of two workers
RULES = """\
rules:
  - {id: busy, kind: threshold, when: comments_10s >= 3, summary: "{{ room_name }}"}
  - {id: wide, kind: threshold, scope: platform, when: rooms_live > 1}
"""


@asynccontextmanager
async def crew(on: Footing, workers: int, core: Settings = CORE) -> AsyncIterator[Crew]:
    """Workers that run until the end of the block."""
    made = Crew(on, core, workers)
    try:
        await made.open(lambda: None)
        yield made
    finally:
        await made.aclose()


def laid(text: str = RULES, **profiles: str) -> Footing:
    named = {room: Profile(room=room, name=name) for room, name in profiles.items()}
    return Footing(rules=rules.parse(text), profiles=named)


def batch(*rooms: str, at: float = 0.0, times: int = 3) -> Batch:
    """Comments of different people in some rooms."""
    facts = [
        fact("comment", at, room=room, user=f"u{number}", platform="dy")
        for room in rooms
        for number in range(times)
    ]
    return Batch(source="s", events=facts, received_at=START + at)


@pytest.mark.parametrize(("workers", "seed", "scanned"), [(2, 7, False), (3, 8, True)])
async def test_people_are_told_the_same_whoever_holds_the_rooms(
    tmp_path: Path, workers: int, seed: int, scanned: bool
) -> None:
    """Every change of a made-up evening, in the same tick, with the same figures."""
    on, seconds = footing(tmp_path), 30
    alone = Embedded(Shard(on.rules, on.profiles, CORE, Mood()))
    expected = await played(alone, seed, seconds, scanned=scanned)
    async with crew(footing(tmp_path), workers) as several:
        actual = await played(several, seed, seconds, scanned=scanned)
    fired = {each.rule for changes in expected for each in changes if each.change == "fired"}

    for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
        assert plain(one) == plain(other), f"seed {seed}, tick {number}"
    assert sorted(map(str, alone.alerts())) == sorted(map(str, several.alerts()))
    assert alone.figures(0.0) == several.figures(0.0)
    assert {"crowd", "much", "rate", "crowds", "long", "amid", "amids", "after", "end"} <= fired


async def test_a_room_is_shown_wherever_it_is() -> None:
    """On the wall from the next tick on, on its page as long as that is open, and at once."""
    async with crew(laid(r1="一号"), 2, PLAIN) as several:
        several.receive(batch(HERE, THERE), START)
        several.receive(Batch(source="s", events=[], received_at=START, heard=("r5",)), START)
        closed = several.detail(HERE, START)
        await several.tick(START + 0.25)
        wall = {view.room: view.comments_1m for view in several.rooms(START + 0.25)}
        page = several.detail(HERE, START + 0.25)
        several.receive(batch(HERE, at=0.3, times=1), START + 0.3)
        await several.tick(START + 0.5)
        later = several.detail(HERE, START + 0.5)
        await several.tick(START + 0.75)
        await several.tick(START + 1.0)
        same = several.detail(HERE, START + 1.0)
        await several.tick(START + 1.25)
        await several.tick(START + 1.25 + LOOKED_S)
        left = several.detail(HERE, START + 1.25 + LOOKED_S)
        at_once = await several.look(THERE, START + 6)
        nowhere = await several.look("never heard of", START + 6)

    assert 2 == len({owner(room, 2) for room in (HERE, THERE)})
    assert {HERE: 3, THERE: 3, "r5": 0} == {room: n or 0 for room, n in wall.items()}
    assert (None, None, None) == (closed, left, nowhere)
    assert page is not None
    assert later is not None
    assert same is not None
    assert [3, 4, 4] == [each.heads["comments_1m"] for each in (page, later, same)]
    assert at_once is not None
    assert RoomTag("一号", "dy", live=True) == several.describe(HERE)
    assert RoomTag("another") == several.describe("another")


async def test_rules_are_explained_where_they_are_asked() -> None:
    """Those of rooms by the worker of the room, those of platforms here."""
    async with crew(laid(), 2, PLAIN) as several:
        several.receive(batch(HERE, THERE), START)
        await several.tick(START + 0.25)
        room = await several.explain("busy", THERE, None)
        platform = await several.explain("wide", "dy", None)
        unknown = await several.explain("bisy", THERE, None)

    assert ["firing", "firing"] == [getattr(each, "state", each) for each in (room, platform)]
    assert "unknown rule `bisy` — did you mean `busy`?" == unknown


async def test_an_alert_is_acknowledged_where_it_is() -> None:
    """The first one wins; what nobody knows of nobody acknowledges."""
    async with crew(laid(), 2, PLAIN) as several:
        several.receive(batch(HERE, THERE), START)
        await several.tick(START + 0.25)
        told = [
            await several.acknowledge(key, 1, by, START + 1)
            for key in (f"busy|{THERE}", "wide||dy", "busy|x")
            for by in ("李敏", "王芳")
        ]
        acked = {alert.key: alert.acked_by for alert in several.alerts() if alert.acked_by}

    assert [True, False, True, False, False, False] == [first for _, first in told]
    assert ["李敏"] * 4 == [change.by for change, _ in told if change]
    assert {f"busy|{THERE}": "李敏", "wide||dy": "李敏"} == acked


async def test_a_reload_is_in_force_in_all_of_them_at_once() -> None:
    """Ticks go on while it is compiled. Windows stay; so do alerts of rules that stay."""
    anew = laid(RULES.replace(">= 3", ">= 2").replace("wide", "broad"), r4="二号")
    async with crew(laid(), 2, PLAIN) as several:
        several.receive(batch(HERE), START)
        several.receive(batch(THERE, times=2), START)
        before = await several.tick(START + 0.25)
        await several.prepare(anew)
        changes = await several.reload(anew, START + 0.3)
        after = await several.tick(START + 0.5)
        tag = several.describe(THERE)

    assert [f"busy|{HERE}", "wide||dy"] == [change.key for change in before]
    assert [("wide||dy", "the rule was removed")] == [(each.key, each.reason) for each in changes]
    assert [(f"busy|{THERE}", "二号"), ("broad||dy", "broad")] == [
        (change.key, change.summary) for change in after
    ]
    assert "二号" == tag.name


async def test_what_was_open_is_open_after_a_crash() -> None:
    """With its episode, in whatever worker its room is now."""
    async with crew(laid(), 2, PLAIN) as before:
        before.receive(batch(HERE, THERE), START)
        await before.tick(START + 0.25)
        open_alerts = before.alerts()
    async with crew(laid(), 3, PLAIN) as after:
        after.restore(open_alerts, {alert.key: 5 for alert in open_alerts}, None)
        restored = {alert.key for alert in after.alerts()}
        after.receive(batch(HERE, at=60, times=1), START + 60)
        await after.tick(START + 60.25)
        resolved = await after.tick(START + 361)
        after.receive(batch(HERE, at=361), START + 361)
        again = await after.tick(START + 361.25)

    assert {f"busy|{HERE}", f"busy|{THERE}", "wide||dy"} == restored
    assert (f"busy|{HERE}", "resolved") in [(each.key, each.change) for each in resolved]
    assert [(f"busy|{HERE}", 6)] == [(each.key, each.episode) for each in again]


async def test_rooms_are_counted_and_given_up_together() -> None:
    """There are as many as the config allows, whoever holds them."""
    core = Settings(mood=False, max_rooms=2, forget_silent_s=600.0)
    async with crew(laid(), 2, core) as several:
        several.expect("r5", START, START + 60)
        several.receive(batch(HERE, THERE, "r6"), START)
        several.expect("r8", START, START + 60)
        await several.tick(START + 0.25)
        full = several.figures(START)
        gone: list[str] = []
        for step in range(1, 20):
            await several.tick(START + 100.0 * step)
            gone += several.gone
        several.receive(batch("r6", at=1900.0), START + 1900)
        await several.tick(START + 1900.25)
        figures = several.figures(START)

    assert (2, 6) == (full["rooms"], full["rooms_turned_away"])
    assert {HERE, "r5"} == set(gone)
    assert 1 == figures["rooms"]


async def test_a_worker_that_has_ended_ends_the_host() -> None:
    """The next tick, and the next fact for it."""
    async with crew(laid(), 2, PLAIN) as several:
        pid = several._lines[owner(HERE, 2)].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerError):
            await several.tick(START + 0.25)
        with pytest.raises(WorkerError):
            several.receive(batch(HERE), START)


async def test_a_summary_that_fails_is_told_wherever_it_did() -> None:
    """The page of health reads it of the rules in force."""
    text = RULES.replace("{{ room_name }}", "{{ room_name | int | pct | zh | secs % 0 }}")
    on = laid(text)
    async with crew(on, 2, PLAIN) as several:
        several.receive(batch(HERE, THERE), START)
        await several.tick(START + 0.25)

    assert 2 == on.rules.by_id["busy"].summary.failures


async def test_a_rule_that_a_worker_switched_off_is_told_of_the_rules_in_force() -> None:
    on = laid()
    async with crew(on, 2, PLAIN) as several:
        before = several.broken
        several._hear(several._lately[1], News([], [], {}, {}, {}, {"busy": "T\nError: ours"}))

    assert ({}, {"busy": "T\nError: ours"}) == (before, several.broken)
    assert "Error: ours" == on.rules.by_id["busy"].faults.what
