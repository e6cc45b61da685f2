"""The wall in a real browser, on the console's real doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from monitor.clock import SystemClock
from monitor.console.access import Access
from monitor.signals.views import ProductView, RoomView
from tests.browser.screenshots import acted_rooms, picture, take
from tests.console.acted import PEOPLE, TOKENS, House, house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


class Complaints(list[str]):
    """What a page says on its console, CSP violations included; nothing is what it should be."""

    def watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "verbose":  # Chromium's advice on password fields
            self.append(f"{message.type}: {message.text}")


@asynccontextmanager
async def screens(
    chromium: Browser, it: House, *tokens: str | None, complaints: Complaints | None = None
) -> AsyncIterator[list[Page]]:
    """A page for each token, each in a browser profile of its own, logged in and showing tiles."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []
    heard = Complaints()
    try:
        for token in tokens:
            context = await chromium.new_context(
                viewport={"width": 1920, "height": 1080},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            contexts.append(context)
            context.set_default_timeout(30_000)
            page = await context.new_page()
            (heard if complaints is None else complaints).watch(page)
            await page.goto(it.origin)
            if token is not None:
                await page.fill("#token", token)
                await page.click("button[type=submit]")
            await page.wait_for_selector("#stage:not(.waiting)")
            pages.append(page)
        yield pages
    finally:
        for context in contexts:
            await context.close()
    if complaints is None:
        assert [] == heard


def room(id: str = "a", **fields: object) -> RoomView:  # noqa: A002 - the room's own
    given = {"room": id, "name": f"房间 {id}", "platform": "douyin", "live": True, "online": 5}
    return RoomView(**(given | fields))  # type: ignore[arg-type]


def open_house(*rooms: RoomView) -> object:
    return house(*rooms, access=Access(open_mode=True), clock=SystemClock(), running=True)


def closed_house(*rooms: RoomView) -> object:
    return house(*rooms, access=Access(PEOPLE), clock=SystemClock(), running=True)


async def test_rooms_appear_with_their_figures_and_live_on(chromium: Browser):
    """
    Chinese style: 1.2万, shares in percent, what is unknown as —, never 0.
    """
    busy = room(
        online=12_340,
        online_before=10_000,
        gmv_minor=60_180_000,
        goal_minor=113_500_000,
        conversion=0.0312,
        segment="push",
        segment_s=74.0,
        segment_limit_s=180.0,
        products=[ProductView(sku="1", title="袜", sellout_s=382.0)],
    )
    async with open_house(busy) as it, screens(chromium, it, None) as [page]:
        tile = page.locator(".tile")

        await expect(tile.locator(".name")).to_have_text("房间 a")
        await expect(tile.locator(".platform")).to_have_text("抖")
        await expect(tile.locator(".online b")).to_have_text("1.2万")
        await expect(tile.locator(".online small")).to_have_text("▲ 23.4%")
        await expect(tile.locator(".gmv")).to_have_text("GMV 达53%60.2万")
        await expect(tile.locator(".conversion b")).to_have_text("3.1%")
        await expect(tile.locator(".interaction b")).to_have_text("—")
        await expect(tile.locator(".line")).to_have_text("最早售罄 6 分 22 秒")
        await expect(tile.locator(".phase span")).to_contain_text("推 01:4")
        await expect(page.locator("#live")).to_have_text("1 / 1")
        await expect(page.locator("#gmv")).to_have_text("¥60.2万")
        await expect(page.locator("#link")).to_contain_text("实时")
        await expect(page.locator("#open")).to_be_visible()

        it.desk.move("a", online=9_876, interaction_rate=0.05, segment="benefit", segment_s=0.0)
        await expect(tile.locator(".online b")).to_have_text("9,876", timeout=1_500)
        await expect(tile.locator(".interaction b")).to_have_text("5.0%")
        await expect(tile.locator(".phase span")).to_contain_text("福利")


async def test_the_countdown_goes_on_between_frames_and_past_its_end(chromium: Browser):
    """
    Time is the server's; what is over counts up with a plus.
    """
    view = room(segment="hook", segment_s=13.8, segment_limit_s=15.0)
    async with open_house(view) as it, screens(chromium, it, None) as [page]:
        it.desk.rooms = lambda: [  # as a shard tells it: a span that grows
            room(segment="hook", segment_s=13.8 + it.desk.now() - begun, segment_limit_s=15.0)
        ]
        begun = it.desk.now()

        await expect(page.locator(".phase span")).to_have_text("钩子 +00:00", timeout=4_000)
        await expect(page.locator(".phase .over")).to_be_visible()


async def test_an_alert_appears_within_a_second_and_the_ladder_shows_its_priority(
    chromium: Browser,
):
    """
    From firing to the screen; the figure at fault is marked, the title counts.
    """
    async with open_house(room("a"), room("b")) as it, screens(chromium, it, None) as [page]:
        began = it.clock.now()
        it.desk.fire("b", "viewers", summary="在线骤降", values={"online": 5.0}, role="场控")
        await page.wait_for_selector("#alerts li.p1.unacked")
        took = it.clock.now() - began

        assert took < 1.0
        tile = page.locator(".tile[data-room=b]")
        await expect(tile).to_have_class("tile p1 unacked")
        await expect(tile.locator(".line")).to_have_text("在线骤降")
        await expect(tile.locator(".online b")).to_have_class("fault")
        await expect(page.locator("#alerts .todo")).to_have_text("场控")
        await expect(page).to_have_title("(1) 直播中控")
        await expect(page.locator("#urgent")).to_contain_text("在线骤降")
        blinking = "node => getComputedStyle(node).animationName"
        assert "blink" == await tile.locator(".glyph").evaluate(blinking)

        await it.desk.acknowledge("viewers|b", 1, "李敏")
        it.desk.resolve("viewers|b")
        await expect(page.locator("#alerts li")).to_have_count(0)
        await expect(tile).to_have_class("tile")
        await expect(page.locator("#log li").first).to_contain_text("房间 b 恢复")


async def test_an_alert_that_was_over_before_anybody_looked_stays_in_the_list(chromium: Browser):
    """
    The tile is calm and there is no sound; it still counts, until somebody acknowledges it.
    """
    async with (
        closed_house(room("a")) as it,
        screens(chromium, it, TOKENS["operator"], TOKENS["viewer"]) as [page, wall],
    ):
        it.desk.fire("a", "stock", summary="快售罄")
        await expect(page.locator(".tile")).to_have_class("tile p1 unacked")
        it.desk.resolve("stock|a")
        await expect(page.locator(".tile")).to_have_class("tile")
        row = page.locator("#alerts li")
        await expect(row).to_have_class("p1 returned")
        await expect(row.locator("em")).to_have_text("已恢复 · 未看")
        await expect(row.locator(".mute")).to_be_hidden()
        await expect(page).to_have_title("(1) 直播中控")
        await expect(page.locator("#counts .p1 b")).to_have_text("0")
        await row.locator(".ack").click()
        for each in (page, wall):
            await expect(each.locator("#alerts li")).to_have_count(0)
            await expect(each).to_have_title("直播中控")
            await expect(each.locator("#log li").first).to_contain_text("李敏 确认")
        assert [("李敏", "acked", "stock|a")] == [
            (deed.by, deed.did, deed.about) for deed in it.desk.done
        ]


async def test_two_operators_acknowledge_by_click_and_by_key(chromium: Browser):
    """
    Grey at once, settled by the echo, and seen on the other one's screen.
    """
    async with (
        closed_house(room("a"), room("b")) as it,
        screens(chromium, it, TOKENS["operator"], TOKENS["admin"]) as [limin, root],
    ):
        it.desk.fire("a", "stock", summary="快售罄")
        it.desk.fire("b", "hook", severity="warning", summary="钩子太长")
        gate = asyncio.Event()
        acknowledge = it.desk.acknowledge

        async def slow(key: str, episode: int, by: str) -> object:
            await gate.wait()
            return await acknowledge(key, episode, by)

        it.desk.acknowledge = slow  # type: ignore[assignment]
        row = limin.locator("#alerts li[data-key='stock|a']")
        await row.locator("button.ack").click()
        await expect(row).to_have_class("p1 unacked sending")
        await expect(row.locator("button.ack")).to_have_text("确认中…")
        gate.set()
        await expect(row).to_have_class("p1 acked")
        theirs = root.locator("#alerts li[data-key='stock|a']")
        await expect(theirs.locator(".by")).to_have_text("李敏 已确认")
        await expect(root.locator(".tile[data-room=a]")).to_have_class("tile p1 acked")

        await root.keyboard.press("a")  # shows what it would acknowledge
        await expect(root.locator("#alerts li.selected")).to_have_attribute("data-key", "hook|b")
        await expect(root.locator(".tile.selected")).to_have_attribute("data-room", "b")
        await root.keyboard.press("a")
        await expect(limin.locator("#alerts li[data-key='hook|b'] .by")).to_have_text("root 已确认")
        await expect(limin).to_have_title("直播中控")


async def test_a_viewer_has_no_buttons_and_a_refusal_is_told(chromium: Browser):
    """
    Whose role was taken away meanwhile is told why nothing happened.
    """
    complaints = Complaints()
    async with closed_house(room("a")) as it:
        it.desk.fire("a", "stock")
        tokens = (TOKENS["viewer"], TOKENS["operator"])
        async with screens(chromium, it, *tokens, complaints=complaints) as [viewer, operator]:
            await expect(viewer.locator("#alerts li")).to_have_count(1)
            await expect(viewer.locator("#alerts button.ack")).to_be_hidden()
            await expect(viewer.locator("#who")).to_have_text("wall-1 · 只读")
            await viewer.keyboard.press("a")
            await viewer.keyboard.press("a")
            assert it.desk.open["stock|a"].acked_at is None

            await operator.route("**/api/alerts/ack", lambda route: route.fulfill(status=403))
            await operator.locator("#alerts button.ack").click()
            row = operator.locator("#alerts li")
            await expect(row.locator(".by")).to_have_text("确认失败:没有权限")
            await expect(row.locator("button.ack")).to_be_enabled()
    assert ["error"] == [line.split(":")[0] for line in complaints]  # the 403 itself


async def test_a_wrong_token_is_told_and_the_right_one_lets_in(chromium: Browser):
    """
    Logging out leads back to the login.
    """
    complaints = Complaints()
    async with closed_house(room("a")) as it:
        context = await chromium.new_context(locale="en-US")
        page = await context.new_page()
        complaints.watch(page)
        await page.goto(it.origin)
        await page.fill("#token", "guess")
        await page.keyboard.press("Enter")
        await expect(page.locator("#refused")).to_have_text("Wrong token")
        await page.fill("#token", TOKENS["operator"])
        await page.keyboard.press("Enter")
        await expect(page.locator(".tile .name")).to_have_text("房间 a")
        assert "" == await page.evaluate("document.cookie")

        await page.click("#logout")
        await page.wait_for_selector("#token")
        await context.close()
    # The wrong token, and the socket's page asking whether it still may.
    assert [] == [line for line in complaints if "401" not in line]


async def test_the_login_leads_back_to_the_page_that_asked_for_it(chromium: Browser):
    """
    And to none of another site.
    """
    async with closed_house(room("a")) as it:
        context = await chromium.new_context(locale="zh-CN")
        page = await context.new_page()
        await page.goto(f"{it.origin}/rooms/a")
        await page.fill("#token", TOKENS["operator"])
        await page.keyboard.press("Enter")
        await expect(page.locator("#name")).to_have_text("房间 a")
        for elsewhere in ("//example.com/", "https://example.com/", "/\\example.com/"):
            await page.goto(f"{it.origin}/login?to={elsewhere}")
            await expect(page).to_have_url(f"{it.origin}/")
        await context.close()


async def test_a_script_in_a_name_or_a_summary_stays_text(chromium: Browser):
    """
    And Trusted Types make a slip of ours throw instead of run.
    """
    evil = "<script>document.title='x'</script><img src=x onerror=alert(1)>\u202e"
    complaints = Complaints()
    async with open_house(room("a", name=evil)) as it:
        it.desk.fire("a", "stock", summary=evil, values={evil: evil}, role=evil)
        async with screens(chromium, it, None, complaints=complaints) as [page]:
            for place in (".tile .name", ".tile .line", "#alerts .title b", "#alerts .summary"):
                await expect(page.locator(place).first).to_contain_text("<script>document.title")
            await page.wait_for_selector("#log li, #alerts li")

            assert 0 == await page.locator("#stage script, #stage img").count()
            assert "(1) 直播中控" == await page.title()
            assert [] == complaints
            slip = "try { document.body.innerHTML = '<b>x</b>'; 'ran' } catch (e) { e.name }"
            assert "TypeError" == await page.evaluate(slip)


async def test_when_the_server_stops_the_page_says_so_and_recovers_by_itself(chromium: Browser):
    """
    What is shown is grey, the clock stands still, and new figures come without a reload.
    """
    complaints = Complaints()
    async with (
        open_house(room("a", online=1)) as it,
        screens(chromium, it, None, complaints=complaints) as [page],
    ):
        await page.evaluate("window.sameP = true")
        await it.stop()
        await expect(page.locator("#lost-banner")).to_be_visible()
        await expect(page.locator("#lost-what")).to_contain_text("连接中断")
        await expect(page.locator("#lost-next")).to_contain_text("次重连")
        await expect(page.locator("#stage")).to_have_class("offline")
        await expect(page.locator("#link")).to_have_class("chip down")

        it.desk.move("a", online=2)
        await it.start()
        await page.keyboard.press("r")
        await expect(page.locator("#lost-banner")).to_be_hidden()
        await expect(page.locator(".tile .online b")).to_have_text("2")
        assert await page.evaluate("window.sameP")
    assert [] == [line for line in complaints if "Failed" not in line and "failed" not in line]


async def test_a_missing_frame_is_asked_for_again(chromium: Browser):
    """
    The page's seq is behind; the next delta shows it, and the snapshot mends it.
    """
    rooms = (room("a", online=1), room("b", online=1))
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        screen = next(iter(it.feed._screens))
        it.desk.move("a", online=2)
        it.feed._look(it.clock.now())
        screen.seq = it.feed._boards.whole.seq  # as if it had been sent
        it.desk.move("b", online=2)

        await expect(page.locator(".tile[data-room=b] .online b")).to_have_text("2")
        await expect(page.locator(".tile[data-room=a] .online b")).to_have_text("2")
        assert 2 == it.feed.counts["snapshots"]


async def test_stale_and_not_live_are_unmistakable(chromium: Browser):
    """
    A stalled feed is dashed with its age; after a minute its figures are unknown.
    """
    rooms = [
        room("a", stalled=True, feed_age_s=47.0),
        room("b", stalled=True, feed_age_s=70.0),
        room("c", live=False, online=None, next_at=4_102_444_800.0),
        room("d", live=None, online=None),
    ]
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        [a, b, c, d] = [page.locator(f".tile[data-room={name}]") for name in "abcd"]

        await expect(a).to_have_class("tile stale")
        await expect(a.locator(".line")).to_have_text("◆ 数据中断 47 秒")
        await expect(a.locator(".online b")).to_have_text("5")
        await expect(b.locator(".online b")).to_have_text("—")
        await expect(c).to_have_class("tile not-live")
        await expect(c.locator(".off b")).to_have_text("未开播")
        await expect(c.locator(".off small")).to_have_text("下一场 01-01 08:00")
        await expect(c.locator(".online")).to_be_hidden()
        await expect(d.locator(".online b")).to_have_text("—")


async def test_keys_select_filter_and_help(chromium: Browser):
    """
    J and K move, F leaves only abnormal rooms, ? tells, and the language is a button.
    """
    async with open_house(*[room(str(n)) for n in range(15)]) as it:
        it.desk.fire("3", "stock", severity="notice", summary="三级")
        it.desk.fire("7", "stock", summary="一级")
        async with screens(chromium, it, None) as [page]:
            await expect(page.locator("#grid")).to_have_class("d24")
            for key, selected in [("j", "stock|7"), ("j", "stock|3"), ("k", "stock|7")]:
                await page.keyboard.press(key)
                await expect(page.locator("#alerts li.selected")).to_have_attribute(
                    "data-key", selected
                )
            await page.keyboard.press("f")
            await expect(page.locator(".tile")).to_have_count(2)
            await page.keyboard.press("f")
            await expect(page.locator(".tile")).to_have_count(15)
            await page.keyboard.press("?")
            await expect(page.locator("#help")).to_be_visible()
            await page.click("#help button")
            await expect(page.locator("#help")).to_be_hidden()
            await page.click("#language")
            await expect(page.locator("h1")).to_have_text("Control room · Wall")
            await expect(page.locator("#alerts button.ack").first).to_have_text("Ack A")


async def test_two_hundred_rooms_go_on_pages_and_an_alert_is_seen_from_any(chromium: Browser):
    """
    Sixty a page; the page's button wears the colour, and selecting the alert turns to it.
    """
    rooms = [room(str(n)) for n in range(200)]
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        await expect(page.locator("#grid")).to_have_class("d60")
        await expect(page.locator(".tile")).to_have_count(60)
        it.desk.fire("199", "stock")
        await expect(page.locator("#pages .button.p1")).to_have_text("4")
        await page.keyboard.press("j")
        await expect(page.locator(".tile.selected")).to_have_attribute("data-room", "199")
        await expect(page.locator(".tile")).to_have_count(20)


async def test_figures_are_written_in_the_style_of_the_language(chromium: Browser):
    """
    The page's own module, asked directly.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        version = it.feed._asset_version

        async def written(call: str) -> object:
            return await page.evaluate(
                f"import('/static/{version}/figures.js').then((figures) => {call})"
            )

        numbers = "[0, 9999, 10000, 123456, 31840000, 999499, 999500, 120000000, null, -23456]"
        assert [
            "0",
            "9,999",
            "1.0万",
            "12.3万",
            "3,184万",
            "99.9万",
            "100万",
            "1.2亿",
            "—",
            "-2.3万",
        ] == (await written(f"{numbers}.map(figures.count)"))
        assert ["¥123", "JP¥1.2万", "—"] == await written(
            "[figures.money(12345, 'CNY'), figures.money(12345, 'JPY'), figures.money(null, 'CNY')]"
        )
        assert ["47 秒", "6 分 22 秒", "12 分", "2 时 18 分", "> 6 时"] == await written(
            "[47, 382, 725, 8280, 21601].map(figures.span)"
        )
        assert ["00:00", "01:46", "1:01:01"] == await written(
            "[-5, 106.9, 3661].map(figures.minutes)"
        )
        await page.click("#language")
        assert ["9,999", "12.3k", "31.8M", "1.2B"] == await written(
            "[9999, 12345, 31840000, 1234567890].map(figures.count)"
        )


async def test_forty_rooms_fit_their_tiles(chromium: Browser):
    """
    Nothing a tile shows is wider than the tile, but names and reasons, which end in an ellipsis.
    """
    rooms = acted_rooms(40, 0.0)
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        await expect(page.locator(".tile")).to_have_count(40)
        out = await page.evaluate(
            """() => [...document.querySelectorAll(".tile:not(.not-live)")].flatMap((tile) => {
                const edge = tile.getBoundingClientRect();
                return [...tile.querySelectorAll("b, small, .phase span")].filter((node) => {
                    const box = node.getBoundingClientRect();
                    return box.width && (box.right > edge.right || box.bottom > edge.bottom);
                }).map((node) => `${tile.dataset.room}: ${node.textContent}`);
            })"""
        )

        assert [] == out


async def test_the_pictures_for_the_readme_are_taken(tmp_path: Path):
    """
    All are there and are pictures of something.
    """
    await take(tmp_path)

    names = ["wall.png", "room.png", "replay.png", "wall-disconnected.png", "alerts-phone.png"]
    sizes = [(tmp_path / name).stat().st_size for name in names]
    assert min(sizes[:-1]) > 50_000
    assert sizes[-1] > 15_000


async def test_a_picture_can_be_taken_of_any_page(chromium: Browser, tmp_path: Path):
    """
    The helper makes the folder.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        await picture(page, tmp_path / "new" / "wall.png")

    assert (tmp_path / "new" / "wall.png").exists()


async def test_a_tile_shows_ten_minutes_and_what_is_expected(chromium: Browser):
    """
    A chart of its own, drawn again where a reading came; without the library nothing is missing.
    """
    past = [100 + n % 7 for n in range(60)]
    view = room(online_past=past, online_band=(95, 110))
    async with open_house(view) as it, screens(chromium, it, None) as [page]:
        if await page.evaluate("document.documentElement.dataset.charts") == "no":
            await expect(page.locator(".tile .spark")).to_be_hidden()
            return
        await expect(page.locator(".tile .spark canvas")).to_have_count(1)
        it.desk.move("a", online_past=[*past[1:], 300])
        await expect(page.locator(".tile .spark canvas")).to_have_count(1)


async def test_a_wall_is_filtered_and_the_address_keeps_it(chromium: Browser):
    """
    By platform, tier and name; given a name, it is offered again; a reload shows the same wall.
    """
    rooms = [
        room("a", name="青禾", platform="douyin", tier="head"),
        room("b", name="云屿", platform="taobao", tier="head"),
        room("c", name="青山", platform="taobao", tier="tail"),
    ]
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        await page.select_option("#filter-platform", "taobao")
        await expect(page.locator(".tile")).to_have_count(2)
        await page.keyboard.press("Escape")
        await page.fill("#search", "青")
        await expect(page.locator(".tile")).to_have_count(1)
        await expect(page.locator("#filter")).to_have_text("1 / 3 间")
        assert "platform=taobao&q=" in page.url
        await page.click("#keep-wall")
        await page.reload()
        await expect(page.locator(".tile .name")).to_have_text("青山")
        await page.fill("#search", "")
        await page.select_option("#filter-platform", "")
        await expect(page.locator(".tile")).to_have_count(3)
        await page.select_option("#saved-walls", index=1)
        await expect(page.locator(".tile .name")).to_have_text("青山")


async def test_sound_says_whether_it_works_and_can_be_hushed(chromium: Browser):
    """
    A browser keeps it back until somebody clicks; M hushes it for a minute.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        chip = page.locator("#sound")
        await expect(chip).to_have_text("点击启用声音")
        await chip.click()
        await expect(chip).to_have_text("声音 开")
        it.desk.fire("a", "stock")
        await expect(page.locator("#alerts li")).to_have_count(1)
        await page.keyboard.press("m")
        await expect(chip).to_contain_text("静音")
        await chip.click()
        await expect(chip).to_have_text("声音 关")


async def test_a_kiosk_has_no_buttons_and_a_display_link_leads_there(chromium: Browser):
    """
    Its token is gone from the address; only the state of the sound is a button, always shown.
    """
    async with closed_house(room()) as it:
        it.desk.fire("a", "stock")
        context = await chromium.new_context(viewport={"width": 1920, "height": 1080})
        page = await context.new_page()
        await page.goto(f"{it.origin}/d/{TOKENS['viewer']}")
        await expect(page.locator("#alerts li")).to_have_count(1)
        assert f"{it.origin}/?kiosk" == page.url
        assert 0 == await page.locator("button:visible:not(#sound)").count()
        await context.close()


async def test_changes_have_the_colours_that_were_chosen(chromium: Browser):
    """
    Grey at first; 红涨绿跌 or the other way round where somebody wants it.
    """
    view = room(online=110, online_before=100)
    async with open_house(view) as it, screens(chromium, it, None) as [page]:
        colour = "node => getComputedStyle(node).color"
        small = page.locator(".tile .online small")
        assert "rgb(148, 157, 169)" == await small.evaluate(colour)
        await page.click("#settings")
        await page.check("input[value=cn]")
        await expect(small).to_have_css("color", "rgb(255, 157, 159)")
        await page.check("input[value=intl]")
        await expect(small).to_have_css("color", "rgb(143, 211, 166)")


async def test_single_keys_can_be_switched_off(chromium: Browser):
    """
    Who works by voice would press them by accident; help stays.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        it.desk.fire("a", "stock")
        await expect(page.locator("#alerts li")).to_have_count(1)
        await page.click("#settings")
        await page.check("input[value=off]")
        await page.click(".settings .button:last-child")
        await page.keyboard.press("j")
        await page.keyboard.press("?")
        await expect(page.locator("#help")).to_be_visible()
        await expect(page.locator("#alerts li.selected")).to_have_count(0)


async def test_an_alert_is_muted_with_a_reason(chromium: Browser):
    """
    Asked for by S; for so long, and why; the rail says who did it.
    """
    async with (
        closed_house(room("a")) as it,
        screens(chromium, it, TOKENS["operator"]) as [page],
    ):
        it.desk.fire("a", "stock", summary="快售罄")
        await expect(page.locator("#alerts li")).to_have_count(1)
        await page.keyboard.press("j")
        await page.keyboard.press("s")
        await page.click(".ask .choices button:nth-child(2)")
        await page.fill(".ask input", "补库存中")
        await page.keyboard.press("Enter")
        await expect(page.locator("#alerts .by")).to_contain_text("补库存中")
        [deed] = it.desk.done
        assert ("李敏", "muted", "a") == (deed.by, deed.did, deed.room)
        await expect(page.locator("#alerts .mute")).to_be_hidden()


async def test_times_are_told_where_the_rooms_are(chromium: Browser):
    """
    Whoever watches from elsewhere sees the time of the rooms.
    """
    async with open_house(room()) as it:
        context = await chromium.new_context(timezone_id="America/New_York", locale="zh-CN")
        page = await context.new_page()
        await page.goto(it.origin)
        await page.wait_for_selector("#stage:not(.waiting)")
        hour = await page.evaluate(
            "new Date().toLocaleTimeString('en-GB', {timeZone: 'Asia/Shanghai'}).slice(0, 2)"
        )

        await expect(page.locator("#clock")).to_contain_text(f"{hour}:")
        await context.close()


CONTRAST = """() => {
  const parts = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [0, 0, 0];
  };
  const opacity = (node) => {
    let left = 1;
    for (let at = node; at; at = at.parentElement) left *= getComputedStyle(at).opacity;
    return left;
  };
  const dim = [];
  for (const node of document.querySelectorAll("#stage *")) {
    const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim());
    if (!own || !node.getClientRects().length) continue;
    if (node.closest("svg, .track, #counts .none")) continue; // those blend; a count of 0 is none
    const [ink, back, alpha] = [parts(getComputedStyle(node).color), behind(node), opacity(node)];
    const [a, b] = [light(ink.map((c, i) => c * alpha + back[i] * (1 - alpha))), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    // large text (24 px, or 18.7 px and bold) may have 3 to 1
    const { fontSize, fontWeight } = getComputedStyle(node);
    const size = parseFloat(fontSize);
    const large = size >= 24 || (size >= 18.7 && fontWeight >= 700);
    if (ratio >= (large ? 3 : 4.5)) continue;
    dim.push(`${node.className || node.id || node.tagName}: ${ratio.toFixed(2)}`);
  }
  return dim;
}"""


@pytest.mark.parametrize("path", ["/", "/rooms/a", "/rooms/b", "/alerts", "/health", "/replay"])
async def test_every_text_stands_out_from_what_is_behind_it(chromium: Browser, path: str):
    """
    4.5 to 1 (WCAG AA), with alerts of every kind open, and where data is old or nobody is live.
    """
    rooms = [
        room("a"), room("b", stalled=True, feed_age_s=20.0, gmv_minor=5, conversion=0.1),
        room("c", live=False, next_at=4_102_444_800.0),
    ]  # fmt: skip
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        for severity in ("critical", "warning", "notice", "info", "data_lost"):
            it.desk.fire("a", severity, severity=severity, summary="看", values={"online": 1.0})
        it.desk.say("a", "卡了", negative=True, topic="stream")
        await page.goto(it.origin + path)
        await page.wait_for_selector("#stage:not(.waiting)")

        assert [] == await page.evaluate(CONTRAST)


async def test_who_wants_no_motion_sees_an_outline_instead_of_blinking(chromium: Browser):
    """
    prefers-reduced-motion.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        await page.emulate_media(reduced_motion="reduce")
        it.desk.fire("a", "stock")
        glyph = page.locator(".tile .glyph")

        await expect(glyph).to_have_css("animation-name", "none")
        await expect(glyph).to_have_css("outline-style", "solid")


async def test_the_first_alert_of_a_cause_says_how_many_follow(chromium: Browser):
    """
    Those of the same room that begin within a minute; other rooms are other causes.
    """
    async with open_house(room("a"), room("b")) as it, screens(chromium, it, None) as [page]:
        now = it.clock.now()
        it.desk.fire("a", "stream", fired_at=now - 30, role="场控", action="切备线")
        it.desk.fire("a", "viewers", severity="warning", fired_at=now - 10)
        it.desk.fire("a", "orders", severity="warning", fired_at=now - 600)
        it.desk.fire("b", "viewers", fired_at=now - 20)
        first = page.locator("li[data-key='stream|a']")

        await expect(first.locator("em")).to_have_text("首发")
        await expect(first.locator(".todo")).to_have_text("场控 → 切备线 · +1 同因:viewers")
        await expect(page.locator("#alerts em:visible")).to_have_count(1)


async def test_a_flood_of_alerts_is_called_one(chromium: Browser):
    """
    More than ten in ten minutes; over when there are fewer than five.
    """
    rooms = [room(str(n)) for n in range(12)]
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        for number in range(10):
            it.desk.fire(str(number), "stock", severity="notice")
        await expect(page.locator("#alerts li")).to_have_count(10)
        await expect(page.locator("#flood")).to_be_hidden()
        it.desk.fire("10", "stock", severity="notice")
        await expect(page.locator("#flood")).to_have_text("告警洪泛:10 分内 11 条,先处理一级")
