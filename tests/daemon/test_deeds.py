"""What rules do by themselves, in a running daemon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.clock import ManualClock
from tests.daemon.ground import BUSY, Ground, Running, running
from tests.receiver import Reply, receiving
from tests.services import until

ACTS = BUSY + "    act: [take_down]\n"
CHANNELS = """\
[[channels]]
kind = "cloudevents"
name = "goods"
url = "{url}/in"
allow_hosts = ["127.0.0.1"]
[[actions]]
name = "take_down"
channel = "goods"
live = {live}
"""


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


async def busy(stage: Running) -> None:
    await stage.post(*[stage.comment() for _ in range(3)])
    await stage.move(0.5)


async def deeds(stage: Running) -> list[tuple[str, str, str]]:
    """(who, did, about) of all that is on record, oldest first."""
    stage.daemon._deeds.look()
    await until(lambda: stage.daemon._store.counts()["waiting"] == 0)
    found: list[dict[str, Any]] = (await stage.get("/api/deeds"))["deeds"]
    return [(each["by"], each["did"], each["about"]) for each in reversed(found)]


async def acts(stage: Running) -> list[tuple[str, str]]:
    (alert,) = (await stage.get("/api/alerts"))["alerts"]
    return [(each["action"], each["state"]) for each in alert["acts"]]


async def test_a_dry_run_is_on_record_and_sends_nothing(ground: Ground) -> None:
    """Nor after a restart, where the alert is open still."""
    clock = ManualClock()
    async with receiving() as receiver:
        ground.write(rules=ACTS, channels=CHANNELS.format(url=receiver.url, live="false"))
        async with running(ground, clock) as stage:
            await busy(stage)
            shown = await acts(stage)
            first = await deeds(stage)
        async with running(ground, clock) as stage:
            await busy(stage)
            again = await acts(stage)
            second = await deeds(stage)

    assert [] == receiver.requests
    assert [("take_down", "dry run")] == shown == again
    assert [("rule busy", "acted", "take_down for busy|r|1: dry run")] == first == second


async def test_a_live_action_is_sent_once_and_its_fate_is_on_record(ground: Ground) -> None:
    """A restart repeats nothing."""
    clock = ManualClock()
    async with receiving() as receiver:
        receiver.always = Reply(204)
        ground.write(rules=ACTS, channels=CHANNELS.format(url=receiver.url, live="true"))
        async with running(ground, clock) as stage:
            await busy(stage)
            await until(lambda: len(receiver.requests) == 1)
            await stage.move(0.5)
            shown = await acts(stage)
            first = await deeds(stage)
            figures = await stage.metrics()
        async with running(ground, clock) as stage:
            await busy(stage)
            again = await acts(stage)

    states = {
        state: figures[f'roomwatch_actions_total{{state="{state}"}}'] for state in ("asked", "sent")
    }
    assert {"asked": 1.0, "sent": 1.0} == states
    [sent] = receiver.requests
    assert "roomwatch.command.take_down.v1" == sent.json["type"]
    assert [("take_down", "sent")] == shown == again
    assert [
        ("rule busy", "acted", "take_down for busy|r|1: asked"),
        ("rule busy", "acted", "take_down for busy|r|1: sent"),
    ] == first


async def test_what_was_not_taken_before_the_end_is_sent_after_the_restart(ground: Ground) -> None:
    """It is a notice like any other, within its time; a refusal is on record with its reason."""
    clock = ManualClock()
    async with receiving() as receiver:
        receiver.script = [Reply(503)] * 2
        receiver.always = Reply(400)
        ground.write(rules=ACTS, channels=CHANNELS.format(url=receiver.url, live="true"))
        async with running(ground, clock) as stage:
            await busy(stage)
            await until(lambda: bool(receiver.requests))
        async with running(ground, clock) as stage:
            for _ in range(40):
                await stage.move(0.5)
                if (await acts(stage)) == [("take_down", "dead")]:
                    break
            record = await deeds(stage)

    assert ("rule busy", "acted", "take_down for busy|r|1: dead: HTTP 400") == record[-1]
    assert 1 == len({request.headers["Idempotency-Key"] for request in receiver.requests})


async def test_a_reload_may_turn_a_dry_run_into_a_live_one(ground: Ground) -> None:
    """For the episodes that come; what was done is done."""
    async with receiving() as receiver:
        receiver.always = Reply(204)
        ground.write(rules=ACTS, channels=CHANNELS.format(url=receiver.url, live="false"))
        async with running(ground) as stage:
            await busy(stage)
            ground.write(rules=ACTS, channels=CHANNELS.format(url=receiver.url, live="true"))
            assert await stage.daemon.reload(ground.load)
            await stage.move(12)
            dry = len(receiver.requests)
            await busy(stage)
            await until(lambda: len(receiver.requests) == 1)

    assert 0 == dry
    assert "busy|r" == receiver.requests[0].json["subject"]
