"""An input is acknowledged once the tick that applied it is committed, and not before."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiomqtt
import msgspec
import pytest
from redis.asyncio import Redis

from tests.daemon.ground import Ground, running
from tests.faults.process import comments
from tests.faults.test_peers_away import SOURCES
from tests.services import mosquitto, redis_server, until

pytestmark = [pytest.mark.faults, pytest.mark.services]

MQTT, REDIS = SOURCES.split("\n\n")


async def test_redis_keeps_what_is_not_committed(tmp_path: Path) -> None:
    """XPENDING is three until the tick, and nothing after it."""
    ground = Ground(tmp_path)
    with redis_server(tmp_path) as redis:
        await redis.start()
        ground.write(sources=REDIS.format(redis=redis.port))
        async with (
            running(ground) as stage,
            Redis(host="127.0.0.1", port=redis.port) as client,
        ):

            async def pending() -> int:
                return (await client.xpending("live", "roomwatch"))["pending"]

            (intake,) = stage.daemon.engine.intakes
            await until(lambda: intake.source.health.state == "connected")
            for fact in comments("r", 3, stage.clock.now()):
                await client.xadd("live", {"data": msgspec.json.encode(fact)})
            await until(lambda: stage.daemon.engine.figures()["events"] == 3)
            before = await pending()
            await stage.move(0.25)
            async with asyncio.timeout(5):
                while await pending():
                    pass
            told = stage.changes

    assert 3 == before
    assert ["busy|r fired"] == told


async def test_a_broker_sends_again_what_is_not_committed(tmp_path: Path) -> None:
    """It is restarted before the tick: three frames come twice, and count once."""
    ground = Ground(tmp_path)
    with mosquitto(tmp_path) as broker:
        await broker.start()
        ground.write(sources=MQTT.format(mqtt=broker.port))
        async with running(ground) as stage:
            (intake,) = stage.daemon.engine.intakes
            health = intake.source.health
            await until(lambda: health.state == "connected")
            clock = stage.clock

            async def publish(*facts: dict[str, object]) -> None:
                async with aiomqtt.Client("127.0.0.1", broker.port) as client:
                    for fact in facts:
                        await client.publish("rooms", msgspec.json.encode(fact), qos=1)

            async def restart() -> None:
                connects = health.connects
                broker.stop()
                await broker.start()
                await until(lambda: health.connects > connects, 20)

            await publish(*comments("r", 3, clock.now()))
            await until(lambda: health.frames == 3)
            await restart()
            await until(lambda: health.frames == 6)
            await until(lambda: stage.daemon.engine.figures()["events"] == 6)
            before = len(intake.source._unacknowledged)
            await stage.move(0.25)
            await until(lambda: not intake.source._unacknowledged)
            told = stage.changes

    assert 3 == before
    assert ["busy|r fired"] == told
