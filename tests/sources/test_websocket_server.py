"""What only the WebSocket door does: many peers, shedding, a bound on both."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.services import until
from tests.sources.peers import CLOCK, Caller, Reading


@pytest.fixture
async def caller(tmp_path):
    async with Caller.make(tmp_path) as made:
        yield made


async def meet(caller, **changes):
    source = caller.settings(**changes).source(CLOCK)
    await caller.meet(source)
    return source


def join(caller, **options):
    return connect(caller.site.websocket, proxy=None, **options)


async def test_text_and_binary_frames_are_taken_alike(caller):
    """Also text that is not UTF-8: the decoder counts it, the connection lives."""
    source = await meet(caller)
    async with Reading(source) as reading, join(caller, compression=None) as one:
        await one.send("几号链接")
        await one.send(b"\xff\xfe")
        await one.send(b"\xff\xfe", text=True)
        await one.send("after")
        await until(lambda: len(reading.frames) == 4)

    assert ["几号链接".encode(), b"\xff\xfe", b"\xff\xfe", b"after"] == reading.data


async def test_a_peer_that_offers_deflate_gets_none(caller):
    """So 249 kB can not become 256 MB."""
    source = await meet(caller)
    async with Reading(source), join(caller, compression="deflate") as one:
        assert [] == one.protocol.extensions


async def test_a_very_large_message_is_counted_and_the_connection_lives(caller):
    """A million keys are eight megabytes; one byte more than the decoder takes is kept."""
    source = await meet(caller)
    async with Reading(source) as reading, join(caller) as one:
        await one.send(b"x" * 12_000_000)
        await one.send(b"after")
        await until(lambda: len(reading.frames) == 2)

    assert [256 * 1024 + 1, 5] == [len(data) for data in reading.data]


async def test_beyond_the_largest_one_peer_is_cut_off_and_the_others_live(caller):
    """With the code that says why."""
    source = await meet(caller, max_message_bytes=2048)
    async with Reading(source) as reading, join(caller) as one, join(caller) as other:
        await one.send(b"x" * 5000)
        with pytest.raises(ConnectionClosed) as closed:
            await one.recv()
        await other.send(b"after")
        await until(lambda: reading.frames)

    assert 1009 == closed.value.rcvd.code
    assert [b"after"] == reading.data


async def test_when_the_queue_is_full_the_newest_is_shed_and_counted(caller):
    """By frames and by bytes; what waits stays in order."""
    source = await meet(caller, max_frames=3, max_bytes=1024)
    async with Reading(source) as reading, join(caller) as one:
        reading.hold()
        await one.send(b"0")
        await until(lambda: reading.frames)
        for number in range(1, 6):
            await one.send(b"%d" % number)
        await until(lambda: source.health.dropped == 2)
        reading.read_on.set()
        await until(lambda: len(reading.frames) == 4)

    assert [b"0", b"1", b"2", b"3"] == reading.data


async def test_no_more_peers_than_said_are_let_in(caller):
    """The next one hears 503 and is counted; a place that becomes free is given again."""
    source = await meet(caller, max_peers=1)
    async with Reading(source):
        async with join(caller):
            with pytest.raises(InvalidStatus) as refused:
                await join(caller)
        await until(lambda: source.health.state == "degraded")
        async with join(caller):
            state = source.health.state

    assert (503, 1, "connected") == (
        refused.value.response.status_code,
        source.health.refused,
        state,
    )


async def test_its_health_tells_when_the_last_tool_has_left(caller):
    """A door nobody stands at is not trouble before the first one came."""
    source = await meet(caller)
    async with Reading(source):
        before = source.health.state
        async with join(caller), join(caller):
            await until(lambda: source.health.detail == "2 connected")
        await until(lambda: source.health.state == "degraded")

        assert ("starting", "no tool is connected") == (before, source.health.detail)


async def test_stopping_sends_the_peers_away(caller):
    """With a goodbye, so that they come again later; nobody is let in meanwhile."""
    source = await meet(caller)
    reading = Reading(source)
    await asyncio.sleep(0)
    async with join(caller) as one:
        await reading.stop()
        with pytest.raises(ConnectionClosed) as closed:
            await one.recv()
        with pytest.raises(InvalidStatus):
            await join(caller)

    assert 1001 == closed.value.rcvd.code


async def test_a_peer_that_stops_answering_is_cut(caller):
    """After one and a half heartbeats: a half-open connection is not a feed."""
    source = await meet(caller, heartbeat_s=0.1)
    async with Reading(source):
        _, writer = await asyncio.open_connection("127.0.0.1", caller.site.port)
        writer.write(
            b"GET /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await until(lambda: source.health.state == "connected")
        await until(lambda: source.health.state == "degraded", 3)
        writer.close()
