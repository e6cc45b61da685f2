"""Who may see and do what, in a real browser: sessions, displays, pages of other sites."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from monitor.clock import SystemClock
from monitor.console.access import Access
from monitor.console.person import Person
from monitor.console.scope import Scope
from tests.browser.test_wall import Complaints, closed_house, room, screens
from tests.console.acted import PEOPLE, TOKENS, house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_an_admin_ends_a_session_whose_page_goes_back_to_the_login(chromium: Browser):
    """
    Reached from the name in the header; who did it is on record.
    """
    complaints = Complaints()
    async with closed_house(room("a")) as it:
        tokens = (TOKENS["admin"], TOKENS["operator"])
        async with screens(chromium, it, *tokens, complaints=complaints) as [root, limin]:
            assert await limin.locator("#who").get_attribute("href") is None
            await root.click("#who")
            rows = root.locator("#sessions li")
            await expect(rows).to_have_count(2)
            mine = rows.filter(has_text="root")
            await expect(mine).to_contain_text("管理员 · 127.0.0.1")
            await expect(mine).to_contain_text("就是这里")
            await rows.filter(has_text="李敏").locator("button").click()
            await expect(rows).to_have_count(1)
            await expect(limin.locator("#token")).to_be_visible()
            assert [("root", "revoked", "李敏")] == [
                (deed.by, deed.did, deed.about) for deed in it.desk.done
            ]
            await root.goto(f"{it.origin}/alerts")
            await root.locator("#tabs .button").last.click()
            await expect(root.locator("#delivery")).to_contain_text("结束会话")
    assert [] == [line for line in complaints if "401" not in line]


async def test_an_operator_is_told_that_sessions_are_for_admins(chromium: Browser):
    """
    The page holds nothing the door would not tell.
    """
    complaints = Complaints()
    async with closed_house(room("a")) as it:
        tokens = (TOKENS["operator"],)
        async with screens(chromium, it, *tokens, complaints=complaints) as [page]:
            await page.goto(f"{it.origin}/sessions")
            await expect(page.locator("#failed")).to_have_text("只有管理员可以看和结束会话")
            await expect(page.locator("#sessions li")).to_have_count(0)
    assert [] == [line for line in complaints if "403" not in line]


async def test_a_display_in_the_hall_shows_its_rooms_and_no_amounts(chromium: Browser):
    """
    What is masked is unknown to the page itself; a room that is not its own does not exist.
    """
    hall = Person("hall", "viewer", "token-of-the-hall", Scope(rooms=("a",), gmv=False))
    rooms = [room(name, gmv_minor=5_000_000, gmv_1m_minor=7_000) for name in "ab"]
    access = Access([*PEOPLE, hall])
    async with house(*rooms, access=access, clock=SystemClock(), running=True) as it:
        it.desk.say("a", "几号链接", "花花")
        it.desk.fire("b", "stock", summary="快售罄")
        context = await chromium.new_context(locale="zh-CN")
        page = await context.new_page()
        received: list[str] = []
        page.on(
            "websocket",
            lambda ws: ws.on("framereceived", lambda frame: received.append(str(frame))),
        )
        await page.goto(f"{it.origin}/d/token-of-the-hall")
        await expect(page.locator(".tile .name")).to_have_text("房间 a")
        await expect(page.locator(".tile .gmv b")).to_have_text("—")
        await expect(page.locator("#gmv")).to_have_text("—")
        await expect(page.locator("#alerts li")).to_have_count(0)
        await page.goto(f"{it.origin}/rooms/a")
        await expect(page.locator("#comments b")).to_have_text("花**")
        await expect(page.locator(".card b").nth(1)).to_have_text("—")
        await page.goto(f"{it.origin}/rooms/b")
        await expect(page.locator("#name")).to_have_text("没有这间房:b")
        await context.close()

        assert received
        for secret in ("5000000", "7000", "快售罄", "花花"):
            assert not any(secret in frame for frame in received), secret


async def test_a_page_of_another_site_reads_and_changes_nothing(chromium: Browser):
    """
    Though its visitor is logged in here: the cookie stays at home, and the Origin is not ours.
    """
    complaints = Complaints()
    async with closed_house(room("a")) as it:
        it.desk.fire("a", "stock")
        tokens = (TOKENS["operator"],)
        async with screens(chromium, it, *tokens, complaints=complaints) as [page]:
            evil = await page.context.new_page()
            await page.context.route(
                "http://elsewhere.example/",
                lambda route: route.fulfill(body="<p>hello</p>", content_type="text/html"),
            )
            await evil.goto("http://elsewhere.example/")
            told = await evil.evaluate(
                """async (ours) => {
                    const tried = [];
                    for (const mode of ["cors", "no-cors"]) {
                        const body = JSON.stringify({ key: "stock|a", episode: 1 });
                        const type = mode === "cors" ? "application/json" : "text/plain";
                        await fetch(`${ours}/api/alerts/ack`, {
                            method: "POST", mode, credentials: "include", body,
                            headers: { "Content-Type": type },
                        }).then((answer) => tried.push(answer.status), () => tried.push("refused"));
                    }
                    await fetch(`${ours}/api/rooms`, { credentials: "include" })
                        .then((answer) => tried.push(answer.status), () => tried.push("refused"));
                    tried.push(await new Promise((done) => {
                        const socket = new WebSocket(`${ours.replace("http", "ws")}/ws`);
                        socket.onopen = () => done("open");
                        socket.onerror = () => done("refused");
                    }));
                    return tried;
                }""",
                it.origin,
            )

        assert it.desk.open["stock|a"].acked_at is None
        assert [] == it.desk.done
        assert "open" not in told
        assert 200 not in told
