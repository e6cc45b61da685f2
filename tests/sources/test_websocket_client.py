"""What only the WebSocket client does: hello, statuses, silence, poison, tokens."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.server import serve

from monitor.errors import ConfigError
from tests.services import free_port, until
from tests.sources.peers import CLOCK, Reading, Tool


@pytest.fixture
async def tool(tmp_path):
    async with Tool.make(tmp_path) as made:
        await made.start()
        yield made


async def test_it_says_hello_after_each_connect(tool):
    """DouyinBarrageGrab sends nothing before it is asked to."""
    source = tool.settings(hello='{"Cmd":1,"Data":true}').source(CLOCK)
    async with Reading(source):
        await until(lambda: len(tool.heard) == 1)
        await tool.stop()
        await until(lambda: source.health.state == "degraded")
        await tool.start()
        await until(lambda: len(tool.heard) == 2)

    assert ['{"Cmd":1,"Data":true}'] * 2 == tool.heard


async def test_it_sends_its_token_and_no_compression_is_offered(tool):
    """A bomb can not be sent to who does not inflate."""
    async with Reading(tool.settings(token="a-long-token").source(CLOCK)):
        await until(lambda: tool.headers)

    assert "Bearer a-long-token" == tool.headers[0]["Authorization"]
    assert "Sec-WebSocket-Extensions" not in tool.headers[0]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (401, "refused"),
        (403, "refused"),
        (404, "degraded"),
        (429, "degraded"),
        (500, "degraded"),
        (302, "degraded"),
    ],
)
async def test_every_status_is_tried_again(status, state):
    """Unauthorised ones slowly; a redirect is not followed: it would carry the token away."""
    asked = []

    def answer(connection, request):
        asked.append(request.path)
        response = connection.respond(status, "no\n")
        response.headers["Location"] = "/elsewhere"
        return response

    port = free_port()
    tool = Tool()
    tool.port = port
    async with serve(lambda connection: None, "127.0.0.1", port, process_request=answer):
        source = tool.settings().source(CLOCK)
        async with Reading(source):
            await until(lambda: len(asked) >= 3)
            told = source.health.state, source.health.detail

    assert (state, f"answered with HTTP {status}") == told
    assert {"/live"} == set(asked)


async def test_something_that_is_no_websocket_is_tried_again():
    """Whatever it answers."""

    async def babble(reader, writer):
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    tool = Tool()
    tool.port = server.sockets[0].getsockname()[1]
    source = tool.settings().source(CLOCK)
    async with Reading(source):
        await until(lambda: source.health.state == "degraded")
        server.close()

    assert 0 == source.health.connects


async def test_a_tool_that_stops_answering_is_noticed(tool):
    """No pong within the ping's time, and a second to close."""
    accepted = asyncio.Event()

    async def mute(reader, writer):
        """Take the handshake by the book, then never read again."""
        request = await reader.readuntil(b"\r\n\r\n")
        key = next(
            line.split(b": ")[1]
            for line in request.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key")
        )
        from websockets.utils import accept_key

        answer = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_key(key.decode())}\r\n\r\n"
        )
        writer.write(answer.encode())
        accepted.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    tool.port, live = server.sockets[0].getsockname()[1], tool.port
    source = tool.settings(ping_s=0.1).source(CLOCK)
    tool.port = live
    async with Reading(source):
        await accepted.wait()
        await until(lambda: source.health.state == "connected")
        await until(lambda: source.health.state == "degraded", 3)
        server.close()


async def test_a_message_beyond_the_largest_costs_the_connection_only(tool):
    """It is connected again, and what comes after is read."""
    source = tool.settings(max_message_bytes=2048).source(CLOCK)
    async with Reading(source) as reading:
        await until(lambda: source.health.state == "connected")
        await tool.send([b"x" * 5000])
        await until(lambda: source.health.connects == 2)
        await tool.send([b"after"])
        await until(lambda: reading.frames)

    assert [b"after"] == reading.data


@pytest.mark.parametrize("url", ["http://a", "ws://", "a:1"])
def test_an_address_that_is_none_is_a_mistake_in_the_config(url):
    """It is told before anything starts."""
    with pytest.raises(ConfigError, match=r"door\.url: not a WebSocket address"):
        Tool().settings(url=url).source(CLOCK)
