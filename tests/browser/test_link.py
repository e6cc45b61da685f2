"""The live link where it is under strain: slow and stuck screens, dropped sockets, other sites."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from monitor.clock import SystemClock, steady
from monitor.console.access import Access
from tests.browser.test_wall import Complaints, closed_house, open_house, room, screens
from tests.console.acted import PEOPLE, TOKENS, House, house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def stuck(it: House) -> socket.socket:
    """A screen that asks for the wall and never reads."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", it.port))
    await loop.sock_sendall(
        raw,
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nOrigin: {it.origin}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode(),
    )
    text = b'{"type":"sub","view":"wall"}'
    await loop.sock_sendall(raw, bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    return raw


async def online(page: Page, number: int) -> None:
    await expect(page.locator(".tile[data-room=a] .online b")).to_have_text(f"{number:,}")


async def test_a_stuck_screen_is_cut_and_the_others_see_nothing_of_it(chromium: Browser):
    """
    A page beside it shows every figure in its turn, all the time (how soon: bench console).
    """
    async with open_house(room("a", online=1)) as it, screens(chromium, it, None) as [page]:
        raw = await stuck(it)
        try:
            began = steady()
            number = 1
            while it.feed.counts["cut"] == 0 and steady() - began < 20.0:
                number += 1
                it.desk.move("a", online=number)
                await online(page, number)
        finally:
            raw.close()

        assert (1, 1) == (it.feed.counts["cut"], it.feed.screens)


async def test_a_page_that_was_busy_shows_what_is_so_now(chromium: Browser):
    """
    Two seconds without a breath, in which figures move and an alert fires: nothing is lost, and
    what is old is not shown first.
    """
    async with open_house(room("a", online=1)) as it, screens(chromium, it, None) as [page]:
        busy = asyncio.create_task(
            page.evaluate("() => { const end = Date.now() + 2000; while (Date.now() < end); }")
        )
        for number in range(2, 40):
            it.desk.move("a", online=number)
            if number == 20:
                it.desk.fire("a", "stock", summary="快售罄")
            await asyncio.sleep(0.05)
        await busy
        await online(page, 39)
        await expect(page.locator("#alerts li .summary")).to_have_text("快售罄")
        assert 0 == it.feed.counts["cut"]


async def test_a_dropped_socket_comes_back_with_what_happened_meanwhile(chromium: Browser):
    """
    Cut in the middle: no reload, no key; the alert that fired in between is there.
    """
    async with open_house(room("a", online=1)) as it, screens(chromium, it, None) as [page]:
        await page.evaluate("window.sameP = true")
        (screen,) = it.feed.all_screens()
        screen.cut("the test pulls the plug")
        it.desk.move("a", online=7)
        it.desk.fire("a", "stock", summary="快售罄")
        await expect(page.locator("#alerts li .summary")).to_have_text("快售罄")
        await online(page, 7)
        await expect(page.locator("#link")).to_have_class("chip fresh")
        await expect(page.locator("#lost-banner")).to_be_hidden()
        assert await page.evaluate("window.sameP")
        assert (2, 1) == (it.feed.counts["connected"], it.feed.counts["cut"])


async def test_a_page_of_another_site_reads_nothing_and_changes_nothing(chromium: Browser):
    """
    From another origin on the same machine, in the browser that holds the operator's cookie: no
    socket, no answer that it could read, no acknowledgement.
    """
    complaints = Complaints()  # the browser tells what it refuses
    async with (
        closed_house(room("a")) as it,
        house(access=Access(open_mode=True)) as other,
        screens(chromium, it, TOKENS["operator"], complaints=complaints) as [page],
    ):
        it.desk.fire("a", "stock")
        await page.route("**/evil", lambda route: route.fulfill(body="<title>evil</title>"))
        await page.goto(f"{other.origin}/evil")
        before = it.feed.counts["connected"]
        told = await page.evaluate(
            """async (origin) => {
              const socket = new WebSocket(origin.replace("http", "ws") + "/ws");
              const closed = new Promise((done) => {
                socket.onclose = () => done("closed");
                socket.onmessage = () => done("a frame");
              });
              const ask = (path, given) =>
                fetch(origin + path, { credentials: "include", ...given })
                  .then((answer) => `read ${answer.status}`, () => "refused");
              const post = { method: "POST" };
              const headers = { "Content-Type": "application/json" };
              const body = JSON.stringify({ key: "stock|a", episode: 1 });
              return [
                await closed,
                await ask("/api/alerts"),
                await ask("/api/alerts/ack", { ...post, body, headers }),
                await ask("/api/alerts/ack", { ...post, body, mode: "no-cors" }).then(() => "sent"),
              ];
            }""",
            it.origin,
        )

        assert ["closed", "refused", "refused", "sent"] == told
        assert before == it.feed.counts["connected"]
        assert it.desk.open["stock|a"].acked_at is None
        assert urlsplit(page.url).netloc != urlsplit(it.origin).netloc


async def test_two_operators_press_at_once_and_one_of_them_has_it(chromium: Browser):
    """
    The same alert, in the same moment: both see the same name, and it is on record once.
    """
    async with (
        closed_house(room("a")) as it,
        screens(chromium, it, TOKENS["operator"], TOKENS["admin"]) as [limin, root],
    ):
        it.desk.fire("a", "stock", summary="快售罄")
        both = asyncio.Barrier(2)
        acknowledge = it.desk.acknowledge

        async def together(key: str, episode: int, by: str) -> object:
            await both.wait()
            return await acknowledge(key, episode, by)

        it.desk.acknowledge = together  # type: ignore[assignment]
        for page in (limin, root):
            await expect(page.locator("#alerts .ack")).to_be_visible()
        await asyncio.gather(limin.click("#alerts .ack"), root.click("#alerts .ack"))
        for page in (limin, root):
            await expect(page.locator("#alerts li")).to_have_class("p1 acked")
        names = [await page.locator("#alerts .by").text_content() for page in (limin, root)]

        assert names[0] == names[1]
        assert names[0] in {f"{person.name} 已确认" for person in PEOPLE}
        assert 1 == len([change for change in it.desk.changes if change.change == "acked"])


async def test_clocks_are_corrected_to_the_servers(chromium: Browser):
    """
    A machine that is an hour off shows the server's time, and counts down by it.
    """

    class HourAhead(SystemClock):
        def now(self) -> float:
            return super().now() + 3600.0

    async with (
        house(
            room("a", segment="push", segment_s=60.0, segment_limit_s=180.0),
            access=Access(open_mode=True), clock=HourAhead(), running=True,
        ) as it,
        screens(chromium, it, None) as [page],
    ):  # fmt: skip
        await expect(page.locator("#clock")).not_to_have_text("--:--:--")
        shown = await page.locator("#clock").text_content()
        there = await page.evaluate(
            """(at) => [-1, 0, 1].map((off) => new Date(1000 * (at + off))
              .toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai" }))""",
            it.desk.now(),
        )
        assert shown in there
        await expect(page.locator(".phase span")).to_contain_text("推 02:0")


async def test_what_nobody_has_acknowledged_is_heard(chromium: Browser):
    """
    Three pulses for the first priority, one for the second, none for the others, none for what
    somebody has, and none where sound is off.
    """
    async with (
        closed_house(room("a")) as it,
        screens(chromium, it, TOKENS["operator"]) as [page],
    ):
        await page.evaluate(
            """() => {
              window.tones = 0;
              const start = OscillatorNode.prototype.start;
              OscillatorNode.prototype.start = function (...when) {
                window.tones += 1;
                return start.apply(this, when);
              };
            }"""
        )
        # whoever logged in has pressed a key; the first click gives leave where that was not enough
        await page.click("#legend")
        await expect(page.locator("#sound")).to_have_text("声音 开")

        async def tones(rule: str, severity: str) -> int:
            before = await page.evaluate("window.tones")
            it.desk.fire("a", rule, severity=severity, summary=rule)
            await expect(page.locator(f"#alerts li[data-key='{rule}|a']")).to_be_visible()
            return int(await page.evaluate("window.tones")) - int(before)

        assert [0, 1, 3] == [
            await tones("calm", "notice"),
            await tones("hook", "warning"),
            await tones("stock", "critical"),
        ]
        for key in ("stock|a", "hook|a"):
            await page.click(f"#alerts li[data-key='{key}'] .ack")
            await expect(page.locator(f"#alerts li[data-key='{key}']")).to_contain_class("acked")
        assert 0 == await page.evaluate("document.querySelectorAll('#alerts .p1.unacked').length")
        await page.click("#sound")
        await expect(page.locator("#sound")).to_have_text("声音 开")  # a test tone first
        await page.click("#sound")
        await expect(page.locator("#sound")).to_have_text("声音 关")
        assert 0 == await tones("again", "critical")
