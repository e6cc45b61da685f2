"""From frames to what people were told: seeded rooms through the real daemon and real channels.

    t      0          3          6          9 …
    r1     ··x····xxx···········x·······       x  a comment; three within ten seconds fire
    r2     ·xx·x·······················

What must be told is worked out from a plain list of who commented when. Some facts come
late, some come twice, some frames are nonsense, and config and rules are read anew on the
way. A failure names its seed: it is the test's parameter.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from monitor.clock import ManualClock
from tests.daemon.ground import Ground, Running, running
from tests.receiver import Receiver, receiving
from tests.services import until

CHANNELS = """\
default = ["hook"]

[notices]
digest_over = 100
wait_s = 0.5

[[channels]]
kind = "webhook"
name = "hook"
url = "{hook}/hook"
allow_hosts = ["127.0.0.1"]
per_minute = 6000.0

[[channels]]
kind = "slack"
name = "slack"
to = "C1"
token = "xoxb-of-the-journey"
base_url = "{slack}/"

[[channels]]
kind = "wecom_bot"
name = "wecom"
key = "key-of-the-journey"
base_url = "{wecom}/send"

[[routes]]
name = "first rooms"
rooms = ["r0", "r1"]
channels = ["hook", "slack", "wecom"]
"""
ROOMS = [f"r{number}" for number in range(12)]
STEP_S = 0.25
STEPS = 160  # forty seconds
SPAN_S, ENOUGH = 10, 3


class Truth:
    """What should be told, from lists: the third comment of a room in ten whole seconds fires."""

    def __init__(self) -> None:
        self.comments: dict[str, dict[str, float]] = {room: {} for room in ROOMS}  # id → at
        self.firing: set[str] = set()
        self.caused: dict[tuple[str, str], float] = {}  # (alert as told, change) → cause
        self.episodes = dict.fromkeys(ROOMS, 0)

    def look(self, now: float) -> None:
        for room, comments in self.comments.items():
            count = sum(at >= int(now) + 1 - SPAN_S for at in comments.values())
            if count >= ENOUGH and room not in self.firing:
                self.firing.add(room)
                self.episodes[room] += 1
                self.caused[room, f"{self.episodes[room]}|fired"] = now
            elif count < ENOUGH and room in self.firing:
                self.firing.discard(room)
                self.caused[room, f"{self.episodes[room]}|resolved"] = now


class Ear:
    """Notes on the daemon's clock when something reaches the receiver."""

    def __init__(self, receiver: Receiver, clock: ManualClock) -> None:
        self.at: list[float] = []
        self.receiver = receiver
        self._clock = clock

    def listen(self) -> None:
        self.at += [self._clock.now()] * (len(self.receiver.requests) - len(self.at))


async def send(stage: Running, tool: Any, facts: list[dict[str, Any]], dice: random.Random) -> None:
    """In one of the forms; until the core has it."""
    taken = stage.daemon.engine.figures()["events"]
    form = dice.choice(["array", "lines", "single"])
    if form == "array":
        await tool.send_json(facts)
    elif form == "lines":
        await tool.send_str("\n".join(msgspec.json.encode(fact).decode() for fact in facts))
    else:
        for fact in facts:
            await tool.send_json(fact)
    await until(lambda: stage.daemon.engine.figures()["events"] >= taken + len(facts))


async def played(folder: Path, seed: int) -> dict[str, Any]:
    """One journey: what was told by whom and when, and what should have been."""
    dice = random.Random(seed)
    clock = ManualClock()
    truth = Truth()
    async with receiving() as hook, receiving() as slack, receiving() as wecom:
        slack.always.json = {"ok": True, "ts": "1.2", "channel": "C1"}
        wecom.always.json = {"errcode": 0, "errmsg": "ok"}
        ground = Ground(folder)
        ground.write(
            channels=CHANNELS.format(hook=hook.url, slack=slack.url, wecom=wecom.url),
        )
        ears = [Ear(receiver, clock) for receiver in (hook, slack, wecom)]
        async with (
            running(ground, clock) as stage,
            stage.session.ws_connect(f"{stage.daemon.url}/ingest") as tool,
        ):
            sent: list[dict[str, Any]] = []
            for step in range(STEPS):
                facts = dice.sample(sent, 2) if len(sent) > 20 and dice.random() < 0.2 else []
                if step == STEPS // 2:
                    assert await stage.daemon.reload(ground.load)
                if dice.random() < 0.1:
                    await tool.send_bytes(dice.choice([b"", b"{", b"\xff", b'{"type":"dance"}']))
                for room in dice.sample(ROOMS, 2):
                    for _ in range(dice.choice([0, 0, 0, 1, 3])):
                        fact = stage.comment(room, at=clock.now() - dice.choice([0.0, 0.1, 3.0]))
                        facts.append(fact)
                        truth.comments[room][fact["id"]] = fact["at"]
                if facts:
                    await send(stage, tool, facts, dice)
                    sent += facts
                await stage.move(STEP_S)
                truth.look(clock.now())
                await until(lambda: all(w.idle.is_set() for w in workers(stage)))
                for ear in ears:
                    ear.listen()
            figures = stage.daemon.engine.figures()
            health = stage.daemon.delivery.stats()
    return {
        "truth": truth,
        "hook": [
            (request.json["id"], request.json["alert"]["at"], at)
            for request, at in zip(hook.requests, ears[0].at, strict=True)
        ],
        "slack": len(slack.requests),
        "wecom": len(wecom.requests),
        "sent": len(sent),
        "events": figures["events"],
        "changes": stage.changes,
        "stats": health,
    }


def workers(stage: Running) -> list[Any]:
    return list(stage.daemon.delivery._workers.values())


@pytest.mark.parametrize("seed", [1, 7, 2026])
async def test_what_happened_is_told_once_and_within_a_second(tmp_path: Path, seed: int) -> None:
    """Forty seconds of twelve rooms: nothing lost, nothing repeated, nothing made up."""
    journey = await played(tmp_path, seed)
    truth = journey["truth"]
    expected = sorted(f"busy|{room}|{change}" for room, change in truth.caused)
    told = [notice.rpartition("|")[0] for notice, _, _ in journey["hook"]]
    late = {
        notice: at - truth.caused[key]
        for notice, _, at in journey["hook"]
        for _, room, episode, change, _ in (notice.split("|"),)
        if (key := (room, f"{episode}|{change}")) in truth.caused
    }

    assert journey["sent"] == journey["events"]
    assert len(expected) > 10
    assert expected == sorted(told)
    assert len(told) == len(set(told))
    assert max(late.values()) <= 1.0
    assert min(late.values()) >= 0.0


async def test_every_kind_of_channel_tells_it(tmp_path: Path) -> None:
    """Slack and the group bot hear of the first rooms what the webhook hears of all."""
    journey = await played(tmp_path, 42)
    first = [notice for notice, _, _ in journey["hook"] if notice.split("|")[1] in ("r0", "r1")]
    stats = journey["stats"]

    assert len(first) >= 2
    assert len(first) <= journey["slack"]
    assert {"hook": 0, "slack": 0, "wecom": 0} == {
        name: each.dead + each.expired + each.shed + each.broken for name, each in stats.items()
    }
    told = {name: each.sent + each.superseded for name, each in stats.items()}
    waiting = {name: sum(each.depth.values()) for name, each in stats.items()}
    assert len(first) == told["slack"] + waiting["slack"] == told["wecom"] + waiting["wecom"]
