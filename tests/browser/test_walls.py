"""Walls of many rooms: densities, saved ones, screens that nobody sits at, floods."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from monitor.alerts.oncall import Duty
from tests.browser.screenshots import acted_rooms
from tests.browser.test_wall import Complaints, closed_house, open_house, room, screens
from tests.console.acted import TOKENS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

OUTSIDE = """() => [...document.querySelectorAll(".tile:not(.not-live)")].flatMap((tile) => {
    const edge = tile.getBoundingClientRect();
    return [...tile.querySelectorAll("b, small, .phase span, .line span")].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width && (box.right > edge.right + 1 || box.bottom > edge.bottom + 1);
    }).map((node) => `${tile.dataset.room}: ${node.textContent}`);
})"""


@pytest.mark.parametrize("places", [12, 24, 60, 100, 200])
async def test_somebody_chooses_how_many_rooms_are_on_a_page(chromium: Browser, places: int):
    """
    All of them fit their tiles; the smallest text is 11 pixels high, and the choice is in
    the address.
    """
    async with open_house(*acted_rooms(200, 0.0)) as it:
        it.desk.fire("room-1", "stock", summary="快售罄", values={"stock": 1.0})
        it.desk.move("room-2", stalled=True, feed_age_s=47.0)
        async with screens(chromium, it, None) as [page]:
            await page.select_option("#density", str(places))
            await expect(page.locator(".tile")).to_have_count(places)
            await expect(page.locator("#pages .button")).to_have_count(
                0 if places == 200 else -(-200 // places)
            )
            assert f"density={places}" in page.url
            assert [] == await page.evaluate(OUTSIDE)
            sizes = await page.evaluate(
                """() => [...document.querySelectorAll(".tile *")].filter(
                    (node) => node.getClientRects().length && [...node.childNodes].some(
                        (each) => each.nodeType === 3 && each.textContent.trim())
                ).map((node) => parseFloat(getComputedStyle(node).fontSize))"""
            )

            assert min(sizes) >= 11


async def test_a_screen_of_32_to_9_has_twice_as_many_places(chromium: Browser):
    """
    Nothing is stretched: tiles keep their size, and there are more of them.
    """
    async with open_house(*acted_rooms(70, 0.0)) as it, screens(chromium, it, None) as [page]:
        await expect(page.locator("#grid")).to_have_class("d60")
        width = "node => node.getBoundingClientRect().width"
        before = await page.locator(".tile").first.evaluate(width)
        await page.set_viewport_size({"width": 3840, "height": 1080})
        await expect(page.locator("#grid")).to_have_class("d40")
        await expect(page.locator(".tile")).to_have_count(70)
        after = await page.locator(".tile").first.evaluate(width)

        assert 1.0 < after / before < 1.6


async def test_the_header_sums_amounts_and_what_comes_in_a_minute(chromium: Browser):
    """
    Each currency for itself; a room without a feed of orders adds nothing.
    """
    rooms = [
        room("a", gmv_minor=60_180_000, gmv_1m_minor=1_234_500),
        room("b", gmv_minor=10_000_000, gmv_1m_minor=100_000),
        room("c", gmv_minor=500_000, gmv_1m_minor=None, currency="USD"),
        room("d"),
    ]
    async with open_house(*rooms) as it, screens(chromium, it, None) as [page]:
        await expect(page.locator("#gmv")).to_have_text("¥70.2万 + $5,000")
        await expect(page.locator("#gmv-minute")).to_have_text("¥1.3万")
        it.desk.move("c", gmv_1m_minor=7_000)
        await expect(page.locator("#gmv-minute")).to_have_text("¥1.3万 + $70")


async def test_a_kiosk_turns_its_pages_and_stands_still_for_an_alert(chromium: Browser):
    """
    At the page of the worst unacknowledged one; once it is acknowledged it goes on.
    """
    rooms = [room(str(number)) for number in range(13)]
    complaints = Complaints()
    async with closed_house(*rooms) as it:
        context = await chromium.new_context(viewport={"width": 1920, "height": 1080})
        page = await context.new_page()
        complaints.watch(page)
        await page.clock.install()
        await page.goto(f"{it.origin}/d/{TOKENS['viewer']}?density=12&rotate=5&lang=en")
        first = page.locator(".tile .name").first
        await expect(first).to_have_text("房间 0")
        await expect(page.locator("#places")).to_contain_text("next page every 5 s")
        await expect(page.locator("#walls")).to_be_hidden()

        it.desk.fire("12", "stock", severity="warning")
        await expect(first).to_have_text("房间 12", timeout=3_000)
        await expect(page.locator("#places")).to_contain_text("Not turning")
        await it.desk.acknowledge("stock|12", 1, "李敏")
        await expect(page.locator("#places")).to_contain_text("every 5 s")
        await expect(first).to_have_text("房间 0", timeout=8_000)
        await context.close()
    assert [] == [line for line in complaints if "AudioContext" not in line]


async def test_a_button_leaves_only_abnormal_rooms_and_saved_walls_can_go(chromium: Browser):
    """
    For who has no keyboard; the page buttons of the wall wear a glyph, not only a colour.
    """
    async with open_house(*[room(str(number)) for number in range(70)]) as it:
        it.desk.fire("65", "stock", severity="notice")
        async with screens(chromium, it, None) as [page]:
            await expect(page.locator("#pages .p3 .glyph use")).to_have_attribute("href", "#p3")
            await page.click("#abnormal")
            await expect(page.locator(".tile")).to_have_count(1)
            await expect(page.locator("#abnormal")).to_have_attribute("aria-pressed", "true")
            await page.click("#keep-wall")
            await expect(page.locator("#saved-walls option")).to_have_count(2)
            await page.click("#drop-wall")
            await expect(page.locator("#saved-walls")).to_be_hidden()
            await page.click("#abnormal")
            await expect(page.locator(".tile")).to_have_count(60)


async def test_in_a_flood_what_follows_another_alert_is_folded_into_it(chromium: Browser):
    """
    But never one of the first priority. The rate counts what the log has long forgotten.
    """
    async with open_house(room("a"), room("b")) as it:
        now = it.clock.now()
        for number in range(60):
            it.desk.fire("b", f"gone{number}", severity="info")
            it.desk.resolve(f"gone{number}|b")
        it.desk.fire("a", "stream", severity="warning", fired_at=now - 30)
        it.desk.fire("a", "viewers", severity="warning", fired_at=now - 20)
        it.desk.fire("a", "stock", severity="critical", fired_at=now - 10)
        async with screens(chromium, it, None) as [page]:
            await expect(page.locator("#flood")).to_contain_text("63 条")
            rows = page.locator("#alerts li")
            await expect(rows).to_have_count(2)
            await expect(rows.nth(0)).to_have_class("p1 unacked")
            await expect(rows.nth(1).locator(".todo")).to_contain_text("+2 同因")
            await expect(page.locator("#total")).to_have_text("3 条")


async def test_a_narrow_window_shows_alerts_first_and_scrolls_one_way(chromium: Browser):
    """
    Buttons are large enough for thumbs.
    """
    async with open_house(*[room(str(number)) for number in range(5)]) as it:
        it.desk.fire("3", "stock")
        async with screens(chromium, it, None) as [page]:
            await page.set_viewport_size({"width": 390, "height": 844})
            await expect(page.locator(".tile")).to_have_count(5)
            above = await page.locator("#alerts").evaluate("n => n.getBoundingClientRect().top")
            below = await page.locator("#grid").evaluate("n => n.getBoundingClientRect().top")
            height = await page.locator("button.ack").evaluate("n => n.offsetHeight")
            wide = await page.evaluate("document.documentElement.scrollWidth")

            assert above < below
            assert height >= 44
            assert wide <= 390


async def test_new_alerts_are_said_aloud_once(chromium: Browser):
    """
    The first priority at once, others when there is a pause; a clock in the list says nothing.
    """
    async with open_house(room("a")) as it, screens(chromium, it, None) as [page]:
        it.desk.fire("a", "slow", severity="warning", summary="转化低")
        await expect(page.locator("#told[aria-live=polite]")).to_have_text("房间 a 转化低")
        it.desk.fire("a", "stock", summary="快售罄")
        await expect(page.locator("#urgent[aria-live=assertive]")).to_have_text("房间 a 快售罄")
        await expect(page.locator("#told")).to_have_text("房间 a 转化低")
        assert 0 == await page.locator("#alerts[aria-live]").count()


async def test_the_footer_says_who_is_on_call(chromium: Browser):
    """
    On the wall and on a room's page; whoever comes later is not named.
    """
    async with open_house(room("a")) as it:
        now = it.desk.now()
        it.desk.duties = [
            Duty(shift="中控", rooms=("*",), people=("李敏", "阿北"), on=True, ends_at=now + 3600),
            Duty(shift="运营", rooms=("*",), people=("王涛",), on=True, ends_at=now + 3600),
            Duty(shift="夜班", rooms=("*",), people=("小满",), on=False, begins_at=now + 3600),
        ]
        async with screens(chromium, it, None) as [page]:
            await expect(page.locator("#on-duty")).to_have_text("值班:中控 李敏 / 运营 王涛")
            await page.goto(f"{it.origin}/rooms/a")
            await expect(page.locator("#on-duty")).to_have_text("值班:中控 李敏 / 运营 王涛")
