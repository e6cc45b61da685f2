"""Live updates over real WebSockets; time moves by hand, so every frame is on purpose."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from monitor.clock import ManualClock
from monitor.console.access import Access
from monitor.console.feed import SILENT_S, TURN_S
from monitor.console.scope import EVERYTHING
from monitor.signals.views import RoomView
from tests.console.acted import PEOPLE, TOKENS, House, house


class Page:
    """A page's end of the WebSocket."""

    def __init__(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket_

    async def frame(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame, or the next of a kind."""
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=5)
            if kind is None or frame["type"] == kind:
                return frame

    async def closed(self) -> int | None:
        """The code it was closed with."""
        while True:
            message = await self.socket.receive(timeout=5)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                return self.socket.close_code


@asynccontextmanager
async def page(it: House, role: str = "operator", *, sub: bool = True) -> AsyncIterator[Page]:
    """A connected page that has had its hello, and its snapshot unless told otherwise."""
    headers = {"Authorization": f"Bearer {TOKENS[role]}"}
    async with (
        aiohttp.ClientSession(it.origin, headers=headers) as session,
        session.ws_connect("/ws") as ws,
    ):
        one = Page(ws)
        if sub:
            await one.frame("hello")
            await ws.send_json({"type": "sub", "view": "wall"})
            await one.frame("snap")
        yield one


async def until(condition: Any) -> None:
    """Let the loop run until it is so."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for is inside the server
            await asyncio.sleep(0)


async def test_hello_then_the_whole_wall_then_what_changes():
    """
    One figure moves between two looks.
    """
    async with (
        house(RoomView(room="a", name="青禾", online=5)) as it,
        page(it, sub=False) as one,
    ):
        hello = await one.frame()
        await one.socket.send_json({"type": "sub", "view": "wall"})
        snap = await one.frame()
        it.desk.move("a", online=6)
        it.feed.turn()
        delta = await one.frame()

    assert ("hello", "李敏", "operator", False, 1_795_370_000.0) == tuple(
        hello[name] for name in ("type", "name", "role", "open", "server_time")
    )
    assert {"screens": 200, "message_bytes": 4096, "messages_per_s": 10.0} == hello["limits"]
    assert ("snap", ["青禾"]) == (snap["type"], [room["name"] for room in snap["rooms"]])
    assert ("delta", snap["seq"], {"a": {"online": 6}}) == (
        delta["type"],
        delta["base"],
        delta["rooms"],
    )


async def test_an_alert_is_told_without_waiting_for_the_next_look():
    """
    Nobody calls `turn`.
    """
    async with house(RoomView(room="a")) as it, page(it) as one:
        it.desk.fire("a", "stock", summary="快售罄")
        frame = await one.frame()

    assert ("evt", "快售罄", "fired") == (
        frame["type"],
        frame["alerts"][0]["summary"],
        frame["log"][0]["change"],
    )


async def test_an_acknowledgement_is_told_to_everybody():
    """
    Also to who gave it: that is its echo.
    """
    async with house(RoomView(room="a")) as it, page(it) as one, page(it, "viewer") as other:
        it.desk.fire("a", "stock")
        await it.desk.acknowledge("stock|a", 1, "李敏")
        for screen in (one, other):
            await screen.frame()

            assert ["李敏"] == [alert["acked_by"] for alert in (await screen.frame())["alerts"]]


async def test_a_beat_each_second_tells_the_time_and_the_seq():
    """
    So a page can see that it missed a frame, and that nothing happens.
    """
    clock = ManualClock()
    async with house(RoomView(room="a"), clock=clock) as it, page(it) as one:
        beats = []
        for _ in range(2):
            for _ in range(2):
                clock.advance(TURN_S)
                it.feed.turn()
            beats.append(await one.frame())

    assert [("hb", 1_795_370_001.0, 1), ("hb", 1_795_370_002.0, 1)] == [
        (beat["type"], beat["server_time"], beat["seq"]) for beat in beats
    ]


async def test_who_missed_a_frame_asks_and_gets_everything():
    """
    The answer is a snapshot with the newest seq, also where nothing happened since.
    """
    async with house(RoomView(room="a", online=1)) as it, page(it) as one:
        it.desk.move("a", online=2)
        it.feed.turn()
        missed = await one.frame()
        await one.socket.send_json({"type": "resync"})
        snap = await one.frame()

    assert ("snap", missed["seq"], 2) == (snap["type"], snap["seq"], snap["rooms"][0]["online"])


async def test_a_burst_beyond_the_ring_is_one_snapshot_with_every_alert_in_it():
    """
    A hundred alerts fire before the sender has its turn: nothing is lost, nothing piles up.
    """
    async with house(*(RoomView(room=str(n)) for n in range(100))) as it, page(it) as one:
        for n in range(100):
            it.desk.fire(str(n), "stock")
        snap = await one.frame()

        assert ("snap", 100) == (snap["type"], len(snap["alerts"]))


async def test_a_snapshot_tells_what_happened_before_the_start():
    """
    The log goes on from the store's.
    """
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.get_running_loop().create_future()

    async with house(RoomView(room="a")) as it:
        it.desk.feed = None
        it.desk.fire("a", "stock")
        it.feed._wait = wait
        running = asyncio.create_task(it.feed.run())
        await until(lambda: waits)
        async with page(it, sub=False) as one:
            await one.socket.send_json({"type": "sub", "view": "wall"})
            snap = await one.frame("snap")
        running.cancel()

    assert [TURN_S] == waits
    assert ["fired"] == [line["change"] for line in snap["log"]]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"type":"sub"}', '{"type":"sub","view":"x"}', '{"type":"x"}', "[" * 4_000],
)
async def test_a_message_that_is_none_closes_with_4400(text: str):
    """
    Nothing else of the daemon notices.
    """
    async with house() as it, page(it) as one:
        await one.socket.send_str(text)

        assert 4400 == await one.closed()
        assert 1 == it.feed.counts["bad_messages"]


async def test_binary_closes_with_4400_and_more_than_4_kb_with_1009():
    """
    Pages send a few words of text.
    """
    async with house() as it:
        async with page(it) as one:
            await one.socket.send_bytes(b'{"type":"resync"}')
            assert 4400 == await one.closed()
        async with page(it) as one:
            await one.socket.send_str(" " * 5_000)
            assert 1009 == await one.closed()


async def test_more_than_ten_messages_a_second_close_with_4429():
    """
    The bucket holds ten; the clock stands still, so nothing is filled up.
    """
    async with house() as it, page(it) as one:
        for _ in range(10):  # the eleventh, after sub
            await one.socket.send_json({"type": "resync"})

        assert 4429 == await one.closed()


async def test_another_origin_and_a_wrong_token_get_no_socket():
    """
    The handshake itself is refused.
    """
    async with house() as it, aiohttp.ClientSession(it.origin) as session:
        for status, headers in [
            (401, {}),
            (401, {"Authorization": "Bearer wrong"}),
            (
                403,
                {
                    "Authorization": f"Bearer {TOKENS['admin']}",
                    "Origin": "http://evil.example",
                },
            ),
        ]:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect("/ws", headers=headers)
            assert status == refused.value.status


async def test_a_cookie_without_our_origin_gets_no_socket():
    """
    A page of another site sends the cookie, where a browser lets it, but not our Origin.
    """
    async with house() as it:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(it.origin, cookie_jar=jar) as session:
            ours = {"Origin": it.origin}
            await session.post("/api/login", json={"token": TOKENS["viewer"]}, headers=ours)
            async with session.ws_connect("/ws", headers=ours) as ws:
                assert "hello" == (await ws.receive_json())["type"]
            for headers in ({}, {"Origin": "null"}, {"Origin": it.origin + "0"}):
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    await session.ws_connect("/ws", headers=headers)
                assert 403 == refused.value.status


async def test_screens_are_limited():
    """
    One more is told so with 503; a place is free again as soon as one leaves.
    """
    async with house() as it:
        it.feed._most = 1
        async with page(it):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                async with page(it):
                    pass
        await until(lambda: not it.feed.screens)
        async with page(it):
            assert 1 == it.feed.screens
    assert 1 == it.feed.counts["turned_away"]


async def test_who_logs_out_or_loses_the_token_is_sent_away_with_4401():
    """
    At the latest with the next beat.
    """
    clock = ManualClock()
    async with house(clock=clock) as it, page(it) as one, page(it, "admin") as root:
        it.access.replace([PEOPLE[2]], [])
        clock.advance(1.0)
        it.feed.turn()

        assert 4401 == await one.closed()
        assert "hb" == (await root.frame())["type"]


async def test_stopping_sends_every_screen_away_with_1001():
    """
    And takes no new one.
    """
    async with house() as it, page(it) as one:
        await it.feed.aclose()

        assert 1001 == await one.closed()
        assert "stopping" == it.feed.why_full()


async def stuck(it: House) -> socket.socket:
    """A client that subscribes and never reads again."""
    raw = socket.create_connection(("127.0.0.1", it.port))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(
        raw,
        (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Authorization: Bearer {TOKENS['viewer']}\r\n\r\n"
        ).encode(),
    )
    answer = await loop.sock_recv(raw, 12)
    assert b"HTTP/1.1 101" == answer
    message = b'{"type":"sub","view":"wall"}'
    await loop.sock_sendall(raw, bytes([0x81, 0x80 | len(message), 0, 0, 0, 0]) + message)
    return raw


async def test_who_does_not_read_holds_little_and_is_cut_by_the_deadline():
    """
    Sixty rooms change again and again; the stuck screen never holds more than 256 kB in this
    process, is cut by the deadline of one send, and the one beside it misses nothing.
    """
    rooms = [RoomView(room=str(n), name="房" * 60, online=0) for n in range(60)]
    async with house(*rooms) as it, page(it) as healthy:
        it.feed._send_s = 0.2
        raw = await stuck(it)
        await until(lambda: it.feed.screens == 2)
        screens = it.feed._screens
        slow = next(screen for screen in screens if screen.caller.role == "viewer")
        await until(lambda: slow.seq is not None)
        held = 0
        for turn in range(2_000):
            for room in rooms:
                it.desk.move(room.room, online=turn, name=f"{turn}" + "房" * 55)
            it.feed.turn()
            await healthy.frame("delta")
            transport = slow._transport
            assert transport is not None
            held = max(held, transport.get_write_buffer_size())
            if slow.was_cut:
                break
        await until(lambda: it.feed.screens == 1)
        raw.close()

    assert slow.was_cut
    assert 0 < held <= 256 * 1024
    assert 1 == it.feed.counts["cut"]


async def test_who_answers_no_ping_is_cut_within_five_seconds():
    """
    Its few frames would fit the kernel's buffers for hours; the clock moves, nothing comes from it.
    """
    clock = ManualClock()
    async with house(RoomView(room="a"), clock=clock) as it:
        raw = await stuck(it)
        await until(lambda: it.feed.screens == 1)
        passed = 0.0
        while it.feed.screens and passed < 10:
            clock.advance(TURN_S)
            passed += TURN_S
            it.feed.turn()
            for _ in range(20):
                await asyncio.sleep(0)
        raw.close()

    assert SILENT_S < passed <= 5.0
    assert 1 == it.feed.counts["cut"]


async def test_who_answers_pings_stays():
    """
    Any WebSocket library answers by itself while the page is quiet.
    """
    clock = ManualClock()
    async with house(RoomView(room="a"), clock=clock) as it, page(it) as one:
        for _ in range(20):
            clock.advance(1.0)
            it.feed.turn()
            assert "hb" == (await one.frame())["type"]
            before = next(iter(it.feed._screens)).heard_at
            reading = asyncio.create_task(one.socket.receive())
            await until(lambda: next(iter(it.feed._screens)).heard_at == clock.now())
            assert before < clock.now()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

        assert 0 == it.feed.counts["cut"]


async def test_without_a_screen_nobody_looks():
    """
    The desk is not even asked.
    """
    async with house(access=Access(PEOPLE)) as it:
        it.desk.rooms = None  # type: ignore[assignment, method-assign]
        it.feed.turn()


async def test_a_screen_may_show_one_room_and_is_sent_what_changes_there():
    """
    A picture of its own, forgotten when nobody looks at it any more.
    """
    async with house(RoomView(room="a", online=1), RoomView(room="b")) as it:
        headers = {"Authorization": f"Bearer {TOKENS['operator']}"}
        async with (
            aiohttp.ClientSession(it.origin, headers=headers) as session,
            session.ws_connect("/ws") as socket,
        ):
            assert "hello" == (await socket.receive_json())["type"]
            await socket.send_json({"type": "sub", "view": "room", "room": "a"})
            snap = await socket.receive_json()
            it.desk.say("a", "几号链接")
            it.desk.move("b", online=9)
            it.feed.turn()
            delta = await socket.receive_json()
            it.desk.fire("a", "stock")
            told = await socket.receive_json()

            assert ("snap", True, 1) == (snap["type"], snap["known"], snap["tile"]["online"])
            assert ["几号链接"] == [said["text"] for said in delta["comments"]]
            assert "tile" not in delta
            assert ["stock|a"] == [alert["key"] for alert in told["alerts"]]

            await socket.send_json({"type": "sub", "view": "wall"})
            assert 2 == len((await socket.receive_json())["rooms"])
            before = it.feed._boards.room("a", EVERYTHING)
            it.feed._look(it.clock.now())
            assert before is not it.feed._boards.room("a", EVERYTHING)


async def test_when_everything_is_another_every_screen_is_sent_the_whole():
    """
    A replay that jumps: the wall and a room alike, with what had happened until then.
    """
    async with house(RoomView(room="a", online=1)) as it, page(it) as wall, page(it) as room:
        await room.socket.send_json({"type": "sub", "view": "room", "room": "a"})
        await room.frame("snap")
        it.desk.fire("a", "stock")
        await wall.frame("evt")
        it.desk.open.clear()
        it.desk.move("a", online=7)
        it.feed.anew([])
        whole, one = await wall.frame("snap"), await room.frame("snap")

    assert (7, [], []) == (whole["rooms"][0]["online"], whole["alerts"], whole["log"])
    assert (7, [], []) == (one["tile"]["online"], one["alerts"], one["log"])
