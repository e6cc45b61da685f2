"""A broker and a Redis that are down at the start, and a log reader that stalls."""

from __future__ import annotations

import fcntl
import os
import re
import signal
from pathlib import Path

import aiohttp
import aiomqtt
import msgspec
import pytest
from redis.asyncio import Redis

from monitor.clock import SystemClock
from tests.daemon.ground import Ground, running
from tests.faults.process import comments, process
from tests.services import free_port, mosquitto, redis_server, until

pytestmark = [pytest.mark.faults, pytest.mark.services]

SOURCES = """\
[[sources]]
kind = "mqtt"
name = "broker"
format = "native"
broker = "mqtt://127.0.0.1:{mqtt}"
topic = "rooms"
retry_most_s = 0.6

[[sources]]
kind = "redis_stream"
name = "stream"
format = "native"
url = "redis://127.0.0.1:{redis}/0"
stream = "live"
block_ms = 200
retry_most_s = 0.6
"""


async def test_it_starts_without_its_broker_and_its_redis_and_recovers(tmp_path: Path) -> None:
    """Ready and degraded, then well; what they bring is told. Nobody touched the daemon."""
    ground = Ground(tmp_path)
    for name in ("mqtt", "redis"):
        (tmp_path / name).mkdir()
    clock = SystemClock()
    with mosquitto(tmp_path / "mqtt") as broker, redis_server(tmp_path / "redis") as redis:
        ground.write(sources=SOURCES.format(mqtt=broker.port, redis=redis.port))
        async with running(ground, clock) as stage:
            await until(lambda: len(stage.daemon.health.degraded()) == 2)
            away = await stage.get("/readyz")
            await broker.start()
            await redis.start()
            await until(lambda: not stage.daemon.health.degraded(), 20)
            back = await stage.get("/readyz")
            async with (
                aiomqtt.Client("127.0.0.1", broker.port) as client,
                Redis(host="127.0.0.1", port=redis.port) as writer,
            ):
                now = clock.now()
                await client.publish("rooms", msgspec.json.encode(comments("m", 3, now)), qos=1)
                await writer.xadd("live", {"data": msgspec.json.encode(comments("s", 3, now))})
            await until(lambda: len(stage.changes) == 2)

    assert away["ready"]
    assert ["source broker: degraded", "source stream: degraded"] == [
        " ".join(words.split()[:3]) for words in away["degraded"]
    ]
    assert {"ready": True, "waiting_for": [], "degraded": []} == back
    assert {"busy|m fired", "busy|s fired"} == set(stage.changes)


async def test_a_log_reader_that_stalls_blocks_nothing(tmp_path: Path) -> None:
    """Nobody reads its standard error: ticks go on, lines are shed, and it ends well."""
    ground = Ground(tmp_path)
    port = free_port()
    ground.write(listen=f"127.0.0.1:{port}")
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    try:
        async with process(ground, errors=writer) as daemon, aiohttp.ClientSession() as session:
            daemon.url = f"http://127.0.0.1:{port}"

            async def up() -> bool:
                try:
                    return bool((await daemon.get("/readyz", session))["ready"])
                except aiohttp.ClientError:
                    return False

            while not await up():
                pass
            now = SystemClock().now()
            for block in range(10):
                facts = [
                    fact
                    for room in range(block * 60, block * 60 + 60)
                    for fact in comments(f"r{room}", 3, now)
                ]
                async with session.post(f"{daemon.url}/ingest", json=facts) as answer:
                    assert answer.status == 202

            async def alerts() -> float | None:
                return await daemon.metric('roomwatch_alerts{severity="critical"}', session)

            while await alerts() != 600:
                pass
            alive = await daemon.get("/healthz", session)
            ticks = await daemon.metric("roomwatch_ticks_total", session)
            while await daemon.metric("roomwatch_ticks_total", session) < ticks + 4:
                pass
            daemon.signal(signal.SIGTERM)
            status = await daemon.ended(15)
    finally:
        os.close(writer)
        seen = os.read(reader, 1 << 20)
        os.close(reader)

    assert {"alive": True, "stuck": []} == alive
    assert 0 == status
    assert len(seen) <= 4096
    assert re.match(rb'\{"url":|\{"', seen)
