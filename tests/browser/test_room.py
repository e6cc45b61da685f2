"""The page of one room, and the host's prompter, in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from monitor.clock import SystemClock
from monitor.console.access import Access
from monitor.console.assets import PAGES, Assets
from monitor.console.gate import RefusedError
from monitor.signals.arrivals import SourceShare
from monitor.signals.cycles import Cycle, Part
from monitor.signals.detail import CycleView, Rung
from monitor.signals.views import ProductView
from tests.browser.evening import dress
from tests.browser.test_wall import Complaints, closed_house, open_house, room, screens
from tests.console.acted import TOKENS, House, house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def visit(page: Page, it: House, path: str = "/rooms/a") -> None:
    await page.goto(it.origin + path)
    await page.wait_for_selector("#stage:not(.waiting)")


async def test_a_room_shows_its_figures_with_what_is_usual(chromium: Browser):
    """
    Six figures, goal, host, time on air; charts of the last half hour.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        dress(it.desk, "a", it.clock.now())
        it.desk.fire("a", "drop", summary="在线骤降", values={"online": 2_614.0})
        await visit(page, it)
        card = page.locator(".card").first

        await expect(page.locator(".card")).to_have_count(6)
        await expect(card.locator("b")).to_have_text("2,614")
        await expect(card.locator(".below")).to_contain_text("预期 4,")
        await expect(card).to_have_class("card p1 unacked")
        await expect(page.locator(".card").nth(2).locator(".below")).to_contain_text("基线 3.")
        await expect(card.locator(".glyph use")).to_have_attribute("href", "#p1")
        await expect(page.locator("#anchor")).to_have_text("阿蕊")
        await expect(page.locator("#goal")).to_have_text("¥1,280万 · 19%")
        await expect(page.locator("#on-air")).to_contain_text("1:47:")
        if await page.evaluate("document.documentElement.dataset.charts") == "yes":
            await expect(page.locator(".chart canvas")).to_have_count(2)
        else:
            await expect(page.locator(".no-charts").first).to_be_visible()
        await expect(page).to_have_title("(1) 房间 a · 直播中控")


async def test_without_the_charts_library_the_page_says_so_and_works(
    chromium: Browser, tmp_path: Path
):
    """
    Figures, tables and everything else are there.
    """
    for path in PAGES.glob("*.*"):
        shutil.copy(path, tmp_path)
    bare = house(
        room(),
        access=Access(open_mode=True),
        clock=SystemClock(),
        running=True,
        assets=Assets(tmp_path),
    )
    async with bare as it, screens(chromium, it, None) as [page]:
        dress(it.desk, "a", it.clock.now())
        await visit(page, it)

        await expect(page.locator(".no-charts").first).to_have_text("图表未安装")
        await expect(page.locator(".card b").first).to_have_text("2,614")
        await expect(page.locator("canvas")).to_have_count(0)
        await expect(page.locator("#products tr")).to_have_count(5)


async def test_the_script_counts_down_and_shows_what_cycles_brought(chromium: Browser):
    """
    Past, left, what comes next; of the last cycles how long each part was, what was wrong,
    and what the hook moved: with its interval, or that nobody can tell.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        dress(it.desk, "a", it.clock.now())
        await visit(page, it)

        await expect(page.locator("#part")).to_have_text("推")
        await expect(page.locator("#countdown")).to_contain_text("01:4")
        await expect(page.locator("#cycle")).to_have_text("第 13 轮 · 下一段 福利 05:00")
        await expect(page.locator(".track i.push")).to_have_class("push now")
        await expect(page.locator(".track small.push")).to_contain_text("GMV ¥21.4万 · 在线 +")
        await expect(page.locator(".track small.push")).to_contain_text("本段 ¥")
        await expect(page.locator(".track small.push")).to_contain_text("同进度")
        await expect(page.locator(".track small.hook")).to_have_text("+86%")
        now, last = page.locator("#cycles li").first, page.locator("#cycles li").nth(1)
        await expect(now.locator(".effect")).to_have_text("有效 +86%")
        title = "+31% 至 +164%(95%) · 评论 132 → 123 · 进场 61 → 38"
        await expect(now.locator(".effect")).to_have_attribute("title", title)
        await expect(last.locator(".effect")).to_have_text("无效 +2%")
        await expect(last.locator("span").first).to_have_text("00:14↓")
        await expect(last.locator(".over")).to_have_attribute("title", "超时 · 成交 84")
        await expect(page.locator("#cycles li").nth(1).locator(".over")).to_have_text("03:05")


async def test_an_operator_cues_the_next_segment_and_marks_an_event_with_keys(chromium: Browser):
    """
    B and E; both are on record with the name, and seen at once on the page.
    """
    view = room(segment="hook", segment_s=14.0, segment_limit_s=15.0)
    async with (
        closed_house(view) as it,
        screens(chromium, it, TOKENS["operator"], TOKENS["viewer"]) as [page, viewer],
    ):
        await visit(page, it)
        await expect(page.locator("#next")).to_have_text("进入推 B")
        await page.keyboard.press("b")
        await expect(page.locator("#part")).to_have_text("推")
        await page.keyboard.press("e")
        await page.fill(".ask input", "换场景 <b>")
        await page.keyboard.press("Enter")
        await expect(page.locator("#log li").first).to_contain_text("李敏 换场景 <b>")
        await expect(page.locator("#log")).to_contain_text("进入 推")
        assert [("李敏", "cued", "push"), ("李敏", "marked", "换场景 <b>")] == [
            (deed.by, deed.did, deed.about) for deed in it.desk.done
        ]

        await visit(viewer, it)
        await expect(viewer.locator("#next")).to_be_hidden()
        await viewer.keyboard.press("b")
        assert 2 == len(it.desk.done)


async def test_comments_can_be_paused_searched_and_only_the_negative_shown(chromium: Browser):
    """
    With their topics; a script in one stays text; a viewer sees masked names.
    """
    complaints = Complaints()
    async with closed_house(room()) as it:
        it.desk.say("a", "好看", "花花")
        it.desk.say("a", "又卡了", "Jason", negative=True, topic="stream")
        it.desk.say("a", "几号链接?", "小满", question=True)
        it.desk.say("a", "<script>document.title='x'</script>", "Kiki")
        it.desk.details["a"] = {"heads": {"questions_5m": 61.0, "topic_stream_5m": 46.0}}
        tokens = (TOKENS["operator"], TOKENS["viewer"])
        async with screens(chromium, it, *tokens, complaints=complaints) as [page, viewer]:
            await visit(page, it)
            rows = page.locator("#comments li")
            await expect(rows).to_have_count(4)
            await expect(rows.nth(1)).to_have_class("negative")
            await expect(rows.nth(1).locator("em")).to_have_text("差评 画面卡顿")
            await expect(rows.nth(2).locator("em")).to_have_text("问")
            await expect(rows.nth(3)).to_contain_text("<script>")
            await expect(page.locator("#topics li")).to_have_text(["提问61", "差评 · 画面卡顿46"])
            await expect(page.locator("#topics .negative")).to_have_count(1)
            await page.keyboard.press("n")
            await expect(rows).to_have_count(1)
            await page.keyboard.press("n")
            await page.fill("#find", "链接")
            await expect(rows).to_have_count(1)
            await page.fill("#find", "")
            await page.keyboard.press("Escape")
            await page.keyboard.press(" ")
            it.desk.say("a", "新的一条")
            await expect(page.locator("#paused")).to_have_text("已暂停 · 新 1 条")
            await expect(rows).to_have_count(4)
            await page.keyboard.press(" ")
            await expect(rows).to_have_count(5)

            await visit(viewer, it)
            await expect(viewer.locator("#comments b").first).to_have_text("花**")
    assert [] == complaints


async def test_products_stand_by_when_they_are_sold_out(chromium: Browser):
    """
    With the interval; one with an alert wears its colour and its glyph.
    """
    products = [
        ProductView(sku="1", title="徒步鞋", price_minor=26_900, stock=1_930),
        ProductView(
            sku="7", title="抓绒", stock=58, velocity_1m=9.1, pinned=True,
            sellout_s=382.0, sellout_low_s=300.0, sellout_high_s=540.0, click_rate=0.062,
        ),
        ProductView(sku="8", title="下架了", on_shelf=False),
    ]  # fmt: skip
    async with open_house(room(products=products)) as it, screens(chromium, it, None) as [page]:
        it.desk.fire("a", "stock", sku="7", severity="warning", summary="快售罄")
        await visit(page, it)
        rows = page.locator("#products tr")

        await expect(rows).to_have_count(2)
        await expect(rows.first).to_have_class("p2")
        await expect(rows.first.locator(".sold-out")).to_have_text("6 分 22 秒 5–9 分")
        await expect(rows.first.locator(".product em")).to_have_text("讲解中")
        await expect(rows.first.locator("td").nth(6)).to_have_text("6.2%")
        await expect(rows.nth(1).locator("td").nth(6)).to_have_text("—")
        await expect(rows.nth(1)).to_contain_text("¥269")


async def test_the_funnel_has_its_denominators_and_sources_their_change(chromium: Browser):
    """
    A rung without a feed is —, not 0; one far below the session's is marked.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        it.desk.details["a"] = {
            "funnel": [
                Rung("impressions", None),
                Rung("enters", 2_000.0),
                Rung("clicks", 200.0, 0.1, 0.2),
            ],
            "sources": [SourceShare("feed", 60, 0.6, 0.5)],
            "cycles": [
                CycleView(cycle=Cycle(number=1, parts=[Part(segment="hook", at=0.0)])),
            ],
        }
        await visit(page, it)
        rungs = page.locator("#funnel li")

        await expect(rungs.nth(0).locator("b")).to_have_text("—")
        await expect(rungs.nth(2).locator("small")).to_have_text("10.0% 占进入 ▼")
        await expect(rungs.nth(2)).to_have_attribute("title", "本场 20.0%")
        await expect(page.locator("#sources li")).to_contain_text("推荐流")
        await expect(page.locator("#sources small")).to_have_text("▲ 10")


async def test_an_alert_shows_why_and_is_acknowledged_on_the_room_page(chromium: Browser):
    """
    What happened is the title; values, rule, playbook; alerts of other rooms are not here.
    """
    async with (
        closed_house(room("a"), room("b")) as it,
        screens(chromium, it, TOKENS["operator"]) as [page],
    ):
        it.desk.fire("b", "stock")
        it.desk.fire(
            "a", "drop", summary="在线骤降", values={"online": 5.0}, playbook="stream-down"
        )
        await visit(page, it)
        await expect(page.locator("#alerts li")).to_have_count(1)
        await expect(page.locator("#alerts .title b")).to_have_text("在线骤降")
        await expect(page.locator("#alerts .why")).to_have_text("规则 drop · 预案 stream-down")
        await expect(page.locator("#alerts .values")).to_have_text("在线 5")
        await page.keyboard.press("a")
        await page.keyboard.press("a")
        await expect(page.locator("#alerts .by")).to_have_text("李敏 已确认")
        await expect(page.locator("#log li").first).to_contain_text("确认")


async def test_an_unknown_room_says_so_and_neighbours_are_a_key_away(chromium: Browser):
    """
    ] goes to the next one, Escape back to the wall, and a name on the wall leads here.
    """
    async with open_house(room("a"), room("b")) as it, screens(chromium, it, None) as [page]:
        await visit(page, it, "/rooms/nobody")
        await expect(page.locator("#name")).to_have_text("没有这间房:nobody")
        await visit(page, it)
        await page.keyboard.press("]")
        await expect(page.locator("#name")).to_have_text("房间 b")
        await page.keyboard.press("Escape")
        await page.locator(".tile[data-room=a] .name").click()
        await expect(page.locator("#name")).to_have_text("房间 a")


async def test_the_prompter_says_one_thing_at_a_time(chromium: Browser):
    """
    Segment, countdown, what comes next; an alert for the host takes the place of the hint.
    """
    view = room(segment="push", segment_s=74.0, segment_limit_s=180.0)
    async with open_house(view) as it, screens(chromium, it, None) as [page]:
        await visit(page, it, "/rooms/a/prompter")

        await expect(page.locator("#part")).to_have_text("推")
        await expect(page.locator("#countdown")).to_contain_text("01:4")
        await expect(page.locator("#say")).to_have_text("讲卖点,催下单")
        await expect(page.locator("#coming")).to_have_text("下一段 福利 05:00")
        size = "node => parseFloat(getComputedStyle(node).fontSize)"
        assert await page.locator("#countdown").evaluate(size) >= 300

        it.desk.fire("a", "talk", severity="warning", role="主播", action="回答尺码问题")
        await expect(page.locator("#say")).to_have_text("回答尺码问题")
        it.desk.resolve("talk|a")
        it.desk.move("a", segment_s=200.0)
        await expect(page.locator("#say")).to_have_text("时间到:进入福利")
        assert 0 == await page.locator("button:visible").count()


async def test_a_figure_its_baseline_and_its_change_are_of_one_window(chromium: Browser):
    """
    Shares move by points, people and amounts by per cent, seconds by seconds; the session
    stands beside. Without a past there is nothing to compare with. What is only a bound says so.
    """
    async with open_house(room()) as it, screens(chromium, it, None) as [page]:
        steps = 180
        it.desk.details["a"] = {
            "heads": {
                "online": 900.0, "conversion_5m": 0.031, "conversion_session": 0.042,
                "gmv_session": 5_000_000.0, "gmv_5m": 90_000.0, "watch_s": 40.0,
            },
            "bounds": {"online": "≥", "conversion_5m": "≤", "gpm_5m": "≤"},
            "past": {
                "online": [1_000.0] * (steps - 1) + [900.0],
                "conversion_5m": [0.036] * (steps - 1) + [0.031],
                "gmv_10s": [2_000.0] * (steps - 30) + [3_000.0] * 30,
                "watch_s": [45.0] * (steps - 1) + [40.0],
                "gpm_5m": [None] * steps,
            },
        }  # fmt: skip
        await visit(page, it)
        told = [
            [await card.locator(part).inner_text() for part in ("b", ".delta", ".below")]
            for card in await page.locator(".card").all()
        ]

        assert ["≥ 900", "▼ 10.0%", ""] == told[0]
        assert ["¥5.0万", "▲ 50.0%", "近 5 分 ¥900"] == told[1]
        assert ["≤ 3.1%", "▼ 0.5 点", "基线 3.6% · 本场 4.2%"] == told[2]
        assert ["—", "", ""] == told[3]
        assert ["—", "", ""] == told[4]
        assert ["40 s", "▼ 5 s", "基线 45 s"] == told[5]


async def test_any_segment_is_cued_by_its_number_and_a_refusal_is_told(chromium: Browser):
    """
    In words, not by colour alone; a moment later the button says what it does again.
    """
    complaints = Complaints()
    view = room(segment="hook", segment_s=4.0, segment_limit_s=15.0)
    async with closed_house(view) as it:
        tokens = (TOKENS["operator"], TOKENS["viewer"])
        async with screens(chromium, it, *tokens, complaints=complaints) as [page, viewer]:
            await visit(page, it)
            await page.keyboard.press("3")
            await expect(page.locator("#part")).to_have_text("福利")
            await expect(page.locator("#cues [aria-current]")).to_have_text("福利 3")
            await page.locator("#cues button[data-segment=other]").click()
            await expect(page.locator("#part")).to_have_text("其他")
            assert ["benefit", "other"] == [deed.about for deed in it.desk.done]

            def refuse(*_: object) -> None:
                raise RefusedError(500, "it broke")

            it.desk.cue = refuse  # type: ignore[method-assign]
            await page.keyboard.press("b")
            await expect(page.locator("#next")).to_have_text("没有成功:请再试")
            await visit(viewer, it)
            await expect(viewer.locator("#cues")).to_be_hidden()
            await viewer.keyboard.press("1")
            assert 2 == len(it.desk.done)
    assert ["error"] == [line.split(":")[0] for line in complaints]  # the 500 itself


async def test_a_room_without_data_and_one_that_is_not_live_say_so(chromium: Browser):
    """
    On its page and on the prompter: after a minute figures are unknown, and no time runs.
    """
    stalled = room("a", stalled=True, feed_age_s=70.0, segment="push", segment_s=9.0)
    over = room("b", live=False, online=None, segment="push", segment_s=9.0, segment_limit_s=180.0)
    async with open_house(stalled, over) as it, screens(chromium, it, None) as [page]:
        await visit(page, it)
        await expect(page.locator("#state")).to_contain_text("数据中断 1 分")
        await expect(page.locator(".card b").first).to_have_text("—")
        await visit(page, it, "/rooms/a/prompter")
        await expect(page.locator("#state")).to_contain_text("数据中断 1 分")

        await visit(page, it, "/rooms/b")
        await expect(page.locator("#state")).to_have_text("未开播")
        await expect(page.locator("#part")).to_have_text("未开播")
        await expect(page.locator("#countdown")).to_have_text("")
        await visit(page, it, "/rooms/b/prompter")
        await expect(page.locator("#part")).to_have_text("未开播")
        await expect(page.locator("#countdown")).to_have_text("")


async def test_a_room_elsewhere_tells_its_own_time(chromium: Browser):
    """
    And says whose it is; the wall goes by the time of the house.
    """
    away = room("a", timezone="America/New_York")
    async with open_house(away, room("b")) as it, screens(chromium, it, None) as [page]:
        for path, zone in (("/rooms/a", "America/New_York"), ("/rooms/b", "Asia/Shanghai")):
            await visit(page, it, path)
            hour = await page.evaluate(
                f"new Date().toLocaleTimeString('en-GB', {{timeZone: '{zone}'}}).slice(0, 2)"
            )
            await expect(page.locator("#clock")).to_contain_text(f"{hour}:")
        await expect(page.locator("#zone")).to_be_hidden()
        await visit(page, it)
        await expect(page.locator("#zone")).to_have_text("New York")


async def test_a_segment_that_nobody_cued_is_marked_as_inferred(chromium: Browser):
    """
    With how sure the signs make us; on the wall, too.
    """
    view = room(segment="push", segment_s=9.0, segment_limit_s=180.0, segment_confidence=0.8)
    async with open_house(view) as it, screens(chromium, it, None) as [page]:
        await expect(page.locator(".tile .phase span")).to_contain_text("≈推")
        await visit(page, it)
        await expect(page.locator("#part")).to_have_text("≈推")
        await expect(page.locator("#cycle")).to_contain_text("推断 80%")
