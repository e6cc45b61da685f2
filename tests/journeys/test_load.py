"""A hundred thousand facts through one WebSocket of the real daemon, as fast as it takes them."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import msgspec
import pytest

from monitor.clock import SystemClock
from tests.daemon.ground import BUSY, Ground, running
from tests.services import until

EVENTS, BATCH, ROOMS, TICKS = 100_000, 500, 200, 6


def frame(first: int, now: float) -> bytes:
    return msgspec.json.encode(
        [
            {
                "type": "comment",
                "room": f"r{number % ROOMS}",
                "id": f"c{number}",
                "at": now,
                "user": f"u{number % 5000}",
                "text": "几号链接",
            }
            for number in range(first, first + BATCH)
        ]
    )


@pytest.mark.faults
async def test_under_load_nothing_is_lost_and_ticks_keep_their_pace(tmp_path: Path) -> None:
    """Six ticks of it: each room fires once, and the pages answer meanwhile."""
    ground = Ground(tmp_path)
    ground.write(channels='default = ["log"]\n[[channels]]\nkind = "log"\nname = "log"\n')
    clock = SystemClock()
    async with (
        running(ground, clock) as stage,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stage.daemon.url}/ingest") as tool,
    ):
        engine = stage.daemon.engine
        first = 0
        while first < EVENTS or engine.ticks < TICKS:  # for a second and a half at least
            await tool.send_bytes(frame(first, clock.now()))
            if first % 20_000 == 0:
                async with session.get(f"{stage.daemon.url}/healthz") as answer:
                    assert answer.status == 200
            first += BATCH
        await until(lambda: engine.figures()["events"] >= first, 30)
        await until(lambda: len(stage.changes) >= ROOMS, 10)
        figures = engine.figures()
        rooms = engine.rooms()
        shown = await stage.metrics()

    assert EVENTS <= first == figures["events"]
    assert 0 == figures["faults"]
    assert 0.0 == shown['roomwatch_source_dropped_total{source="tools"}']
    assert ROOMS == len(rooms)
    assert {f"busy|r{number} fired" for number in range(ROOMS)} == set(stage.changes)
    assert ROOMS == len(stage.changes)
    assert figures["tick_late_worst_s"] < 2.0, figures


async def test_without_comments_enough_nobody_is_told(tmp_path: Path) -> None:
    """The rule of the load asks for three: the same facts, two a room."""
    ground = Ground(tmp_path)
    ground.write(rules=BUSY)
    async with running(ground) as stage:
        await stage.post(*[stage.comment(f"r{number % 10}") for number in range(20)])
        await stage.move(1)

    assert [] == stage.told
