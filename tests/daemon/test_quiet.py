"""Mutes that people asked for at the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.clock import ManualClock
from tests.daemon.ground import Ground, Running, running

MUTE = '[[mutes]]\nname = "rehearsal"\nrooms = ["else"]\nrules = ["*"]\n'


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    made = Ground(tmp_path)
    made.write(channels=MUTE)
    return made


def standing(stage: Running) -> list[str]:
    return [mute.name for mute in stage.daemon._quiet.standing()]


async def test_a_mute_outlives_a_reload_and_a_restart_until_it_ends(ground: Ground) -> None:
    """Beside those of the config."""
    clock = ManualClock()
    async with running(ground, clock) as stage:
        mute = stage.daemon._quiet.add("r", "busy", 600.0, "彩排", "李敏")
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
        quiet.add("r", "busy", 600.0, "彩排", "李敏")
        ended = [quiet.remove("busy in r"), quiet.remove("busy in r")]
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
        quiet.add("r", "*", 60.0, "彩排", "李敏")
        (muted,) = (await stage.get("/api/alerts"))["alerts"]

    assert ["", "muted: 彩排 (李敏)"] == [loud["quiet"], muted["quiet"]]
