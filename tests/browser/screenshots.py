"""Takes the README's pictures: `python -m tests.browser.screenshots [FOLDER]`."""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec
from playwright.async_api import Browser, Page, Playwright, async_playwright

from monitor import demo
from monitor.alerts.oncall import Duty
from monitor.alerts.policies import Standing
from monitor.cli.demonstrating import ROOMS
from monitor.clock import ManualClock
from monitor.console.access import Access
from monitor.console.replays.deck import Kitchen
from monitor.console.replays.replaying import Replaying
from monitor.console.replays.worker import Command
from monitor.signals.views import ProductView, RoomView
from tests.browser.evening import dress, dress_wall
from tests.console.acted import ActedDesk, House, house

PICTURES = Path(__file__).parents[2] / ".github" / "pictures"
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = [
    "青禾旗舰店",
    "云屿官方号",
    "素山护肤",
    "野径户外",
    "北渡羽绒",
    "团团羽绒",
    "禾味小铺",
    "松鼠零食",
    "晨牧牛奶",
    "辣拾风味",
    "小盏炖品",
    "王二卤味",
    "澈净家电",
    "巡光清洁",
    "瓷白厨具",
    "豆时豆浆",
    "棉间生活",
    "babyloop 母婴",
    "Ivory 内衣",
    "遮阳里防晒",
]
EVENING = 1_795_351_636.0 - 600.0  # ten minutes before the picture, 20:37:16 in Shanghai
LIMITS = {"hook": 15.0, "push": 180.0, "benefit": 300.0}


async def launch(playwright: Playwright) -> Browser:
    """The system's chromium; says what to install where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no chromium here; install it: apt-get install chromium fonts-noto-cjk"
    return await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


async def picture(page: Page, path: Path) -> None:
    """Write what the page shows, once its fonts are there."""
    await page.evaluate("document.fonts.ready.then(() => true)")
    path.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=path, animations="disabled")  # not in the dark half of a blink


def acted_rooms(how_many: int, now: float) -> list[RoomView]:
    """Rooms with figures as they may be on a good evening, the same each time."""
    dice = random.Random(1_120)
    rooms = []
    for index in range(how_many):
        turn, place = divmod(index, len(NAMES))
        online = dice.randint(1_100, 9_800)
        goal = dice.randint(200, 520) * 1_000_000
        segment = dice.choices(["hook", "push", "benefit"], [1, 9, 12])[0]
        rooms.append(
            RoomView(
                room=f"room-{index}",
                name=NAMES[place] + (f" {turn + 1} 号间" if turn else ""),
                platform=["douyin", "kuaishou", "taobao", "bilibili"][dice.randrange(4)],
                live=True,
                feed_age_s=0.4,
                online=online,
                online_before=round(online * dice.uniform(0.93, 1.07)),
                gmv_minor=round(goal * dice.uniform(0.2, 0.95)),
                gmv_1m_minor=round(goal * dice.uniform(0.0005, 0.004)),
                goal_minor=goal,
                conversion=dice.uniform(0.014, 0.062),
                interaction_rate=dice.uniform(0.02, 0.088),
                segment=segment,
                segment_s=dice.uniform(0, LIMITS[segment]),
                segment_limit_s=LIMITS[segment],
                products=[
                    ProductView(sku="1", title="主推款", sellout_s=dice.uniform(1_500, 24_000))
                ],
            )
        )
    for room in rooms[-2:]:
        room.live, room.online, room.gmv_minor, room.gmv_1m_minor = False, None, None, None
    return rooms


async def act(desk: ActedDesk, clock: ManualClock) -> None:
    """Ten minutes: alerts of every kind, three of them looked at, two of them over."""
    now = clock.now() + 600.0
    told = [
        (590, "room-8", "notice", "互动率偏低", {}, "", ""),
        (480, "room-30", "info", "福袋参与低于平时", {"entrants": 41.0}, "", ""),
        (
            402,
            "room-21",
            "notice",
            "互动率 1.1%(基线 4.2%)",
            {"interaction_rate": 0.011},
            "主播",
            "提问拉互动",
        ),
        (395, "room-16", "notice", "在线下滑", {}, "", ""),
        (
            220,
            "room-17",
            "warning",
            "差评 38 条 / 5 分 · 发货慢",
            {"negative_share_1m": 0.31},
            "客服",
            "置顶发货说明",
        ),
        (
            125,
            "room-12",
            "warning",
            "转化 0.9%(基线 3.1%)",
            {"conversion": 0.009, "clicks_5m": 2_140.0},
            "运营",
            "核对价格与链接",
        ),
        (
            72,
            "room-9",
            "critical",
            "主推款约 2 分后售罄",
            {"stock": 46.0, "velocity_1m": 23.0},
            "场控",
            "补库存或切品",
        ),
        (70, "room-25", "notice", "推阶段超时", {"segment_s": 252.0}, "主播", "进入福利"),
        (47, "room-14", "data_lost", "数据中断", {}, "", ""),
        (
            38,
            "room-3",
            "critical",
            "在线 −42% / 3 分",
            {"online": 2_614.0, "online_before": 4_492.0},
            "场控",
            "查推流网络 → 切备线",
        ),
    ]
    for age, room, severity, summary, values, role, action in told:
        clock.set(now - age)
        desk.fire(
            room,
            "rule",
            severity=severity,
            summary=summary,
            values=values,
            role=role,
            action=action,
        )
        if room == "room-17":
            desk.resolve("rule|room-8")
            desk.resolve("rule|room-16")
        if room == "room-25":
            await desk.acknowledge("rule|room-17", 1, "李敏")
            await desk.acknowledge("rule|room-21", 1, "王涛")
    clock.set(now)
    await desk.acknowledge("rule|room-25", 1, "李敏")
    desk.move("room-14", stalled=True, feed_age_s=47.0)
    desk.move("room-3", online=2_614, online_before=4_492)
    desk.move("room-12", conversion=0.009)
    desk.move("room-21", interaction_rate=0.011)
    desk.move("room-25", segment="push", segment_s=252.0, segment_limit_s=180.0)


async def take(folder: Path, how_many: int = 40) -> None:
    """Write wall.png, room.png, alerts-phone.png, replay.png, and wall-disconnected.png as it
    looks without a connection."""
    clock = ManualClock(EVENING)
    with tempfile.TemporaryDirectory() as recordings:
        await _take(folder, how_many, clock, record_acted(Path(recordings)))


async def _take(folder: Path, how_many: int, clock: ManualClock, kitchen: Kitchen) -> None:
    async with (
        house(access=Access(open_mode=True), clock=clock, kitchen=kitchen) as it,
        async_playwright() as play,
    ):
        it.desk.views = {room.room: room for room in acted_rooms(how_many, clock.now())}
        await act(it.desk, clock)
        dress(it.desk, "room-3", clock.now())
        dress_wall(it.desk)
        browser = await launch(play)
        context = await browser.new_context(
            viewport={"width": 1920, "height": 1080},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        page = await context.new_page()
        await page.goto(it.origin)
        await page.wait_for_selector(".tile")
        await page.keyboard.press("j")
        await picture(page, folder / "wall.png")
        for sku, severity, summary, age in (
            ("7", "warning", "抓绒内胆 女 M · 余 58 件 · 6 分 22 秒售罄", 54.0),
            ("3", "notice", "三合一冲锋衣 · 余 412 件 · 约 10 分 47 秒售罄", 190.0),
        ):
            it.desk.fire(
                "room-3",
                f"stock_{sku}",
                sku=sku,
                severity=severity,
                summary=summary,
                role="中控",
                action="补库存,或切品",
                playbook="stock",
                fired_at=clock.now() - age,
            )
        await it.desk.acknowledge("stock_3|room-3", 1, "李敏")
        await page.goto(f"{it.origin}/rooms/room-3")
        await page.wait_for_selector("#comments li")
        await page.wait_for_selector(".chart canvas, .no-charts:not([hidden])")
        await picture(page, folder / "room.png")
        await page.goto(f"{it.origin}/alerts")
        call(it.desk, clock.now())
        await page.set_viewport_size({"width": 390, "height": 844})
        await page.wait_for_selector("#duty:not([hidden])")
        await picture(page, folder / "alerts-phone.png")
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await replayed(page, it, folder)
        await page.goto(it.origin)
        await page.wait_for_selector(".tile")
        await it.stop()
        await page.wait_for_selector("#lost-banner:not([hidden])")
        await picture(page, folder / "wall-disconnected.png")
        await it.start()
        await browser.close()


def call(desk: ActedDesk, now: float) -> None:
    """Somebody is on call, and the first alert is on its way up."""
    desk.duties = [
        Duty(
            shift="晚班", rooms=("*",), people=("李敏", "王涛", "店长"), on=True, ends_at=now + 1e4
        ),
        Duty(shift="夜班", rooms=("dy-*",), people=("阿北",), on=False, begins_at=now + 1e4),
    ]
    desk.standing = [
        Standing(
            key="rule|room-3",
            episode=1,
            policy="critical",
            step=1,
            steps=3,
            told=("李敏",),
            next_at=now + 22.0,
            next=("王涛",),
        )
    ]


def record_acted(folder: Path) -> Kitchen:
    """A recording of the demo's three rooms, five times what they act."""
    events = [
        event
        for loop in range(5)
        for room in demo.ROOMS
        for event in demo.facts(room, EVENING - 2_000.0 + loop * demo.LOOP_S, loop)
    ]
    lines = [msgspec.json.encode(event) for event in sorted(events, key=lambda one: one["at"])]
    (folder / "20-00-acted.jsonl").write_bytes(b"\n".join(lines))
    profiles = [each.profile() for each in ROOMS]
    return Kitchen(folders=(folder,), rules=PICTURES.parents[1] / "rules", profiles=profiles)


async def replayed(page: Page, it: House, folder: Path) -> None:
    """The room that sells out, as the recording shows it 20 minutes later."""
    replay = await it.deck.open("20-00-acted.jsonl", "李敏")
    assert isinstance(replay, Replaying)
    replay.obey(Command(at=EVENING - 2_000.0 + 4 * demo.LOOP_S + 52.0, play=False, speed=10.0))
    await page.goto(f"{it.origin}/rooms/tb-2203?replay={replay.id}")
    await page.wait_for_selector("#alerts li")
    await page.wait_for_selector(".chart canvas, .no-charts:not([hidden])")
    await picture(page, folder / "replay.png")
    await it.deck.close(replay.id)


if __name__ == "__main__":
    asyncio.run(
        take(
            Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES,
            int(sys.argv[2]) if len(sys.argv) > 2 else 40,
        )
    )
