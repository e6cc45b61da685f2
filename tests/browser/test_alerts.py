"""The pages of alerts and health, and the phone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser, expect

from monitor.alerts.alert import Notice
from monitor.alerts.oncall import Duty
from monitor.alerts.policies import Standing
from tests.browser.test_room import visit
from tests.browser.test_wall import closed_house, open_house, room, screens
from tests.console.acted import TOKENS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_alerts_move_from_open_to_acked_to_muted(chromium: Browser):
    """
    Each tab counts; a mute can be ended where it stands.
    """
    async with (
        closed_house(room("a"), room("b")) as it,
        screens(chromium, it, TOKENS["operator"]) as [page],
    ):
        it.desk.fire("a", "stock", summary="快售罄")
        it.desk.fire("b", "hook", summary="钩子太长")
        await visit(page, it, "/alerts")
        await expect(page.locator("#alerts li")).to_have_count(2)
        await page.locator("li[data-key='stock|a'] .ack").click()
        await expect(page.locator("#alerts li")).to_have_count(1)
        await page.locator("li[data-key='hook|b'] .mute").click()
        await page.fill(".ask input", "已知")
        await page.keyboard.press("Enter")
        await expect(page.locator("#calm")).to_be_visible()
        await expect(page.locator("[data-tab=tabAcked]")).to_have_text("已确认 1")
        await page.click("[data-tab=tabMuted]")
        await expect(page.locator("#muted .row")).to_contain_text("已知 · 李敏")
        await page.click("#muted .row button")
        await expect(page.locator("#muted .none")).to_be_visible()
        assert [("李敏", "muted"), ("李敏", "unmuted")] == [
            (deed.by, deed.did) for deed in it.desk.done
        ]


async def test_history_is_searched_and_undelivered_notices_are_shown(chromium: Browser):
    """
    With the reason, and who did what.
    """
    async with open_house(room("a"), room("b")) as it, screens(chromium, it, None) as [page]:
        it.desk.fire("a", "stock", summary="快售罄")
        it.desk.fire("b", "hook", summary="钩子太长")
        it.desk.mark("a", "换场景", "李敏")
        it.desk._told(it.desk.open["hook|b"], "escalated", "王涛")
        change = it.desk.changes[0]
        it.desk.undelivered = [
            (
                Notice(
                    id="1", channel="slack", change=change, created_at=change.at,
                    expires_at=change.at, reason="route",
                ),
                "channel_not_found",
            )
        ]  # fmt: skip
        await visit(page, it, "/alerts#tabHistory")
        await expect(page.locator("#log li")).to_have_count(3)
        await page.fill("#find", "钩子")
        await expect(page.locator("#log li")).to_have_count(2)
        await expect(page.locator("#log li").first).to_contain_text("房间 b 升级 → 王涛 · 钩子太长")
        await page.click("[data-tab=tabDelivery]")
        await expect(page.locator("#delivery")).to_contain_text("快售罄 · channel_not_found")
        await expect(page.locator("#delivery")).to_contain_text("标记 房间 a 换场景")


async def test_health_says_what_is_wrong_and_shows_the_figures(chromium: Browser):
    """
    Rules with errors first, a column for each source, spans with their unit.
    """
    async with open_house(room("a")) as it, screens(chromium, it, None) as [page]:
        it.desk.health = lambda: {
            "degraded": ["source stream: degraded"],
            "sources": {"stream": {"state": "degraded", "crashes": 2}, "push": {"state": "ok"}},
            "channels": {},
            "engine": {"tick_s": 0.0042},
            "rules": {
                "in_force": 2,
                "loaded_at": 1.0,
                "refused_at": 2.0,
                "mistakes": ["rules/mood.yaml:4:5: angry: unknown metric `x`"],
                "rules": [
                    {
                        "rule": "angry",
                        "severity": "warning",
                        "firing": 1,
                        "pending": 0,
                        "failures": 3,
                        "trouble": "KeyError: 'x'",
                        "unknown_channels": ["boss"],
                    },
                    {
                        "rule": "calm",
                        "severity": "info",
                        "firing": 0,
                        "pending": 0,
                        "failures": 0,
                        "trouble": "",
                        "unknown_channels": [],
                    },
                ],
            },
        }
        await visit(page, it, "/health")
        await expect(page.locator(".worry").first).to_have_text("◆ source stream: degraded")
        await expect(page.locator(".mistakes li")).to_contain_text("rules/mood.yaml:4:5")
        await expect(page.locator("tr.wrong")).to_have_text(
            "angry二级10◆ 规则出错:KeyError: 'x' · 摘要模板出错 3 次 · 未知渠道 boss"
        )
        await expect(page.locator("#tables")).to_contain_text("4.2 ms")
        await expect(page.locator("thead").nth(1)).to_contain_text("stream")
        await expect(page.locator("#tables")).to_contain_text("connected")


@pytest.mark.parametrize("path", ["/alerts", "/rooms/a"])
async def test_a_phone_has_buttons_for_thumbs_and_scrolls_one_way(chromium: Browser, path: str):
    """
    390 px wide: nothing is wider, and what acknowledges is at least 48 px high.
    """
    async with closed_house(room("a")) as it, screens(chromium, it, TOKENS["operator"]) as [page]:
        it.desk.fire("a", "stock", summary="快售罄" * 9, values={"stock": 4.0, "online": 3.0})
        await page.set_viewport_size({"width": 390, "height": 844})
        await visit(page, it, path)
        button = page.locator("#alerts .ack")
        box = await button.bounding_box()

        assert box is not None
        assert box["height"] >= 48
        assert box["width"] >= 88
        wide = "document.documentElement.scrollWidth"
        assert await page.evaluate(wide) <= 390
        await button.click()
        assert "李敏" == it.desk.open["stock|a"].acked_by


async def test_who_is_on_call_and_who_was_called_is_shown(chromium: Browser):
    """
    The shift with its order, the next one, and for an alert how far it has come; the
    acknowledgement ends it.
    """
    async with closed_house(room("a")) as it, screens(chromium, it, TOKENS["operator"]) as [page]:
        now = it.desk.now()
        it.desk.duties = [
            Duty(shift="晚班", rooms=("*",), people=("李敏", "王涛"), on=True, ends_at=now + 3600),
            Duty(shift="夜班", rooms=("dy-*",), people=("阿北",), on=False, begins_at=now + 3600),
        ]
        alert = it.desk.fire("a", "stock", summary="快售罄")
        it.desk.standing = [
            Standing(
                key=alert.key, episode=1, policy="critical", step=1, steps=3, told=("李敏",),
                next_at=now + 90, next=("王涛",),
            )
        ]  # fmt: skip
        await visit(page, it, "/alerts")
        await expect(page.locator("#duty p").first).to_contain_text("李敏 → 王涛晚班 · 到 ")
        await expect(page.locator("#duty .next")).to_contain_text("阿北夜班 · dy-*")
        await expect(page.locator("#alerts .more")).to_contain_text("升级 1/3,已叫 李敏 · 01:")
        await expect(page.locator("#alerts .more")).to_contain_text("后叫 王涛")
        it.desk.duties[0] = replace(it.desk.duties[0], on=False, begins_at=now + 9e9)
        it.desk.standing = []
        await page.click("#alerts .ack")
        await expect(page.locator("#duty .nobody")).to_have_text("现在无人值班")
        await page.click("[data-tab=tabAcked]")
        await expect(page.locator("#alerts .by")).to_have_text("李敏 已确认")
        await expect(page.locator("#alerts .more")).to_be_hidden()


@pytest.mark.parametrize(("width", "path"), [(1920, "/"), (390, "/alerts")])
async def test_the_link_of_a_notice_leads_to_its_alert(chromium: Browser, width: int, path: str):
    """
    On the wall it is selected; on the phone it is the page of alerts that shows it.
    """
    async with closed_house(room("a")) as it, screens(chromium, it, TOKENS["operator"]) as [page]:
        it.desk.fire("a", "hook")
        it.desk.fire("a", "stock", summary="快售罄")
        await page.set_viewport_size({"width": width, "height": 844})
        await page.goto("about:blank")
        await page.goto(f"{it.origin}/#alert=stock%7Ca")
        await page.wait_for_url(f"**{path}#alert=*")
        await expect(page.locator("li.selected")).to_have_attribute("data-key", "stock|a")
