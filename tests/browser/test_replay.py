"""A session of the past on the pages of the present."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from monitor.clock import SystemClock
from monitor.console.access import Access
from tests.browser.test_room import visit
from tests.browser.test_wall import Complaints, room, screens
from tests.console.acted import PEOPLE, TOKENS, house
from tests.console.replays.made import evening, kitchen, write

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


LISTEN = """() => {
  const node = document.querySelector(".scrub time");
  window.told = [];
  const hear = () => window.told.push(node.textContent);
  new MutationObserver(hear).observe(node, { childList: true, characterData: true, subtree: true });
}"""


def theatre(folder: Path) -> object:
    """A console with one live room and two recordings: of one room, and of two."""
    write(folder / "recordings", "a/20261122T175320000Z-S1.jsonl.gz", evening(minutes=4))
    both = sorted(evening(minutes=1) + evening("b", 1), key=lambda batch: batch.received_at)
    write(folder / "recordings", "both.jsonl", both)
    return house(
        room("live-1"), access=Access(PEOPLE), clock=SystemClock(), running=True,
        kitchen=kitchen(folder),
    )  # fmt: skip


async def test_a_past_session_is_chosen_scrubbed_and_sped_up(chromium: Browser, tmp_path: Path):
    """
    One room in it: its page, with the time of then and nothing to press but the replay's bar.
    """
    async with (
        theatre(tmp_path) as it,
        screens(chromium, it, TOKENS["operator"]) as [page],
    ):
        await visit(page, it, "/replay")
        await page.fill("#find", "2026-11-23 01:53")
        await expect(page.locator("#recordings .row")).to_contain_text("a · 2026-11-23 01:53S1 · ")
        await page.locator("#recordings .row button").click()
        await page.wait_for_url("**/rooms/a?replay=*")
        await expect(page.locator("#name")).to_have_text("阿蕊的房间")
        await expect(page.locator(".scrub .chip")).to_have_text("回放")
        await expect(page.locator("#clock")).to_contain_text("01:53:")
        await expect(page.locator("#next, #mark").first).to_be_hidden()

        await page.keyboard.press("p")
        await expect(page.locator(".scrub .chip")).to_have_text("回放 · 已暂停")
        box = await page.locator(".strip").bounding_box()
        assert box is not None
        await page.evaluate(LISTEN)
        await page.mouse.click(box["x"] + box["width"] * 128 / 239, box["y"] + 10)
        await expect(page.locator("#alerts li .summary")).to_have_text("评论很多")
        await expect(page.locator("#alerts .ack, #alerts .mute").first).to_be_hidden()
        await expect(page.locator(".strip i.p2")).to_have_count(1)
        await expect(page.locator("#comments li").last).to_contain_text("第 124 秒")
        stood = await page.locator(".scrub time").text_content()
        assert stood is not None
        assert "2026-11-23 01:55" == stood[:16]
        told = await page.evaluate("window.told")
        assert {stood[:16]} == {text[:16] for text in told}  # never the time that it came from
        await page.wait_for_timeout(600)  # nothing is to happen, so nothing can be waited for
        assert stood == await page.locator(".scrub time").text_content()

        await page.select_option(".scrub select", "120")
        await page.click(".scrub button:has-text('▶')")
        await expect(page.locator("#calm")).to_be_visible()
        await expect(page.locator(".scrub .left")).to_have_text("03:59 / 03:59")
        await page.click(".scrub button:has-text('结束回放')")
        await page.wait_for_url("**/replay")
        await expect(page.locator("#open-ones .none")).to_be_visible()


async def test_several_rooms_are_a_wall_whose_links_stay_in_the_replay(
    chromium: Browser, tmp_path: Path
):
    """
    Who may only look joins what is open, and can neither open, move nor end it; the live wall
    shows what is live.
    """
    async with (
        theatre(tmp_path) as it,
        screens(chromium, it, TOKENS["operator"], TOKENS["viewer"]) as [page, viewer],
    ):
        await visit(page, it, "/replay")
        await page.locator("#recordings .row", has_text="both").locator("button").click()
        await page.wait_for_url("**/?replay=*")
        await expect(page.locator(".tile")).to_have_count(2)
        await page.keyboard.press("f")
        await page.keyboard.press("f")
        assert "replay=" in page.url

        await visit(viewer, it, "/replay")
        await expect(viewer.locator("#recordings button").first).to_be_hidden()
        await viewer.click("#open-ones a")
        await expect(viewer.locator(".tile")).to_have_count(2)
        await expect(viewer.locator(".scrub select")).to_be_disabled()
        await expect(viewer.locator(".scrub button").last).to_be_hidden()

        await page.click(".tile[data-room=b] .name")
        await page.wait_for_url("**/rooms/b?replay=*")
        await page.wait_for_selector("#stage:not(.waiting)")  # its keys come with its charts
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/?replay=*")
        await visit(viewer, it, "/")
        await expect(viewer.locator(".tile .name")).to_have_text("房间 live-1")


async def test_a_replay_that_is_gone_leads_to_the_list(chromium: Browser, tmp_path: Path):
    """
    Ended by somebody else, or by a restart.
    """
    complaints = Complaints()  # a refused socket is told on the page's console
    async with (
        theatre(tmp_path) as it,
        screens(chromium, it, TOKENS["operator"], complaints=complaints) as [page],
    ):
        await page.goto(f"{it.origin}/?replay=gone")
        await page.wait_for_url("**/replay")
        await expect(page.locator("#recordings .row")).to_have_count(2)
