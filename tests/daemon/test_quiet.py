"""Mutes that people asked for at the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from monitor.alerts.mutes import Mute
from monitor.clock import ManualClock
from tests.daemon.ground import Ground, Running, running

MUTE = '[[mutes]]\nname = "rehearsal"\nrooms = ["else"]\nrules = ["*"]\n'
BUSY_IN_R = Mute(name="", rooms=("r",), rules=("busy",), reason="彩排", by="李敏")
LOG = 'default = ["log"]\n[[channels]]\nkind = "log"\nname = "log"\nlanguage = "en"\n'


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    made = Ground(tmp_path)
    made.write(channels=MUTE)
    return made


def standing(stage: Running) -> list[str]:
    return [mute.name for mute in stage.daemon._quiet.standing()]


async def whys(stage: Running) -> dict[str, str]:
    """Rule → why nobody is told of its open alert."""
    return {each["rule"]: each["quiet"] for each in (await stage.get("/api/alerts"))["alerts"]}


async def test_a_mute_outlives_a_reload_and_a_restart_until_it_ends(ground: Ground) -> None:
    """Beside those of the config."""
    clock = ManualClock()
    async with running(ground, clock) as stage:
        mute = stage.daemon._quiet.add(BUSY_IN_R, 600.0)
        await stage.daemon.reload(ground.load)
        reloaded = standing(stage)
    async with running(ground, clock) as stage:
        restarted = standing(stage)
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.25)
        (alert,) = (await stage.get("/api/alerts"))["alerts"]
    clock.advance(600)
    async with running(ground, clock) as stage:
        over = standing(stage)
        stage.daemon._quiet.put_back()

    assert mute.until is not None
    assert ("busy in r", ManualClock().now() + 600) == (mute.name, mute.until.timestamp())
    assert {"rehearsal", "busy in r"} == set(reloaded) == set(restarted)
    assert "muted: 彩排 (李敏)" == alert["quiet"]
    assert ["rehearsal"] == over


async def test_a_mute_that_was_ended_does_not_come_back(ground: Ground) -> None:
    """Not after a restart; and one that is not there can not be ended."""
    async with running(ground) as stage:
        quiet = stage.daemon._quiet
        quiet.add(BUSY_IN_R, 600.0)
        ended = [quiet.remove("busy in r", "李敏") for _ in range(2)]
    async with running(ground) as stage:
        left = standing(stage)

    assert [True, False] == [each is not None for each in ended]
    assert ["rehearsal"] == left


async def test_an_alert_that_fired_aloud_is_quiet_once_it_is_muted(ground: Ground) -> None:
    """On the screen: who was told stays told."""
    async with running(ground) as stage:
        await stage.post(*[stage.comment() for _ in range(3)])
        await stage.move(0.25)
        quiet = stage.daemon._quiet
        (loud,) = (await stage.get("/api/alerts"))["alerts"]
        quiet.add(replace(BUSY_IN_R, rules=("*",)), 60.0)
        (muted,) = (await stage.get("/api/alerts"))["alerts"]

    assert ["", "muted: 彩排 (李敏)"] == [loud["quiet"], muted["quiet"]]


async def test_a_mute_for_a_session_ends_with_it_and_not_with_a_restart(ground: Ground) -> None:
    """Then what fires still is told, and the mute is forgotten."""
    clock = ManualClock()
    async with running(ground, clock) as stage:
        await stage.post(stage.comment(session="s1"))
        await stage.move(0.25)
        stage.daemon._quiet.add(replace(BUSY_IN_R, session=True), 43_200.0)
        await stage.move(2)
    async with running(ground, clock) as stage:
        await stage.move(2)
        stage.daemon._quiet.look()
        unheard = standing(stage)
        await stage.post(stage.comment(session="s1"))
        await stage.move(2)
        going_on = standing(stage)
        await stage.post({"type": "session", "room": "r", "at": clock.now(), "phase": "end"})
        await stage.move(2)
        with capture_logs() as lines:
            stage.daemon._quiet.look()
        over = standing(stage)
    async with running(ground, clock) as stage:
        after = standing(stage)

    assert "busy in r" in unheard
    assert "busy in r" in going_on
    assert ["rehearsal"] == over == after
    assert [("mute ended", "busy in r", "the broadcast ended", 0)] == [
        (line["event"], line["mute"], line["why"], line["firing"]) for line in lines
    ]


async def test_quiet_is_in_the_log_with_its_reason(ground: Ground) -> None:
    async with running(ground) as stage:
        stage.daemon._quiet.add(BUSY_IN_R, 600.0)
        await stage.post(*[stage.comment() for _ in range(3)])
        with capture_logs() as lines:
            await stage.move(0.25)
            stage.daemon._quiet.look()

    assert [("busy", "r", "muted: 彩排 (李敏)")] == [
        (line["rule"], line["room"], line["why"])
        for line in lines
        if line["event"] == "alert quiet"
    ]


async def test_a_mute_announces_itself_and_what_fires_when_it_ends(ground: Ground) -> None:
    """On the channels that its room's alerts go to; a restart in between tells nothing twice."""
    ground.write(channels=LOG)
    clock = ManualClock()

    with capture_logs() as lines:
        async with running(ground, clock) as stage:
            stage.daemon._quiet.add(BUSY_IN_R, 30.0)
            await stage.move(2)
            await stage.post(*[stage.comment() for _ in range(3)])
            await stage.move(2)
        async with running(ground, clock) as stage:
            for _ in range(14):  # it stays busy
                await stage.post(*[stage.comment() for _ in range(3)])
                await stage.move(2)

    told = [line for line in lines if line["event"] == "notice"]
    assert ["muted", "fired", "unmuted"] == [line["change"] for line in told]
    assert "▼ P3 · r · mute over, still firing by 李敏: busy · r: busy|r" in told[2]["text"]


async def test_a_stalled_feed_silences_what_depends_on_it_over_a_restart(ground: Ground) -> None:
    """The cause is known before the room is heard of again: nobody is told of the effect."""
    ground.write(
        rules="""\
rules:
  - {id: lost, kind: threshold, when: comments_10s >= 1, keep: 1h, severity: data_lost}
  - {id: drop, kind: threshold, when: comments_10s >= 2, keep: 1h, inhibited_by: [lost]}
""",
        channels=LOG,
    )
    clock = ManualClock()
    with capture_logs() as lines:
        async with running(ground, clock) as stage:
            await stage.post(stage.comment(), stage.comment())
            await stage.move(4)
            before = await whys(stage)
        async with running(ground, clock) as stage:
            await stage.move(4)
            await stage.post(stage.comment())
            await stage.move(4)
            after = await whys(stage)

    assert {"lost": "", "drop": "explained by lost"} == before == after
    assert ["lost"] == [line["rule"] for line in lines if line["event"] == "notice"]
