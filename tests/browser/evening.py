"""A good evening in acted rooms, the same each time: past, script, comments, products."""

from __future__ import annotations

import math
import random

from monitor.signals.arrivals import SourceShare
from monitor.signals.cycles import Cycle, Part
from monitor.signals.detail import CycleView, Rung
from monitor.signals.hooks import Effect, Moved
from monitor.signals.timeline import Moment
from monitor.signals.views import ProductView
from tests.console.acted import ActedDesk

STEPS = 180
SAID = (
    ("花花", "好看", ""), ("Leo", "能便宜点吗?", "?"), ("momo", "怎么没画面了", "stream"),
    ("星河", "160 斤穿多大?", "?"), ("阿北", "蹲福袋", ""), ("Cici", "一直缓冲", "stream"),
    ("大鹏", "运费险有吗?", "?"), ("云朵", "175 穿 L 还是 XL?", "?"), ("小鹿", "想要链接", ""),
    ("Jason", "卡了卡了 一直转圈", "stream"), ("阿紫", "这个防水吗 下雨能穿?", "?"),
    ("momo", "主播声音断断续续听不清", "stream"), ("山野", "已拍两件", ""),
    ("橙子", "上次买的十天才发货 差评", "logistics"),
    ("Kiki", "<script>alert(1)</script> 按纯文本显示", ""), ("小满", "黑色还有吗?", "?"),
    ("老周", "满 199-50 怎么领?", "?"), ("Tina", "同款内胆快没了", ""), ("栗子", "女款有吗?", "?"),
)  # fmt: skip
SHELF = (
    ("7", "抓绒内胆 女 M", 12_900, 58, 9.1, 382.0, 300.0, 540.0, 0.044, 486, False),
    ("3", "三合一冲锋衣 男", 39_900, 412, 38.2, 647.0, 540.0, 780.0, 0.062, 1_204, True),
    ("1", "徒步鞋 防滑", 26_900, 1_930, 14.0, 8_271.0, 7_000.0, 9_800.0, 0.038, 905, False),
    ("5", "软壳裤 速干", 18_900, 2_204, 8.6, 15_376.0, 13_000.0, 18_000.0, 0.029, 377, False),
    ("9", "登山杖 两支装", 9_900, 3_110, 5.2, 35_884.0, 30_000.0, 40_000.0, 0.022, 214, False),
)  # fmt: skip


EFFECTS = (
    ("unclear", 0.2, -0.3, 0.9), ("moved", 0.5, 0.12, 1.02), ("unmoved", 0.02, -0.06, 0.09),
)  # fmt: skip


def lasted(segment: str, at: float, length_s: float, limit_s: float) -> Part:
    """A part of a cycle that may have taken too long."""
    breach = "overrun" if length_s > limit_s else ""
    return Part(segment=segment, at=at, length_s=length_s, limit_s=limit_s, breach=breach, paid=84)


def line(dice: random.Random, start: float, end: float, noise: float) -> list[float]:
    """Half an hour from one figure to another."""
    drift, found = 0.0, []
    for step in range(STEPS):
        drift = 0.9 * drift + dice.gauss(0.0, noise)
        found.append(start + (end - start) * step / STEPS + drift)
    return found


def dress(desk: ActedDesk, room: str, now: float) -> None:
    """Give a room half an hour of past, in which people left three minutes ago."""
    dice = random.Random(3)
    at = now // 10 * 10
    online: list[float | None] = [float(round(v)) for v in line(dice, 4_200, 4_850, 22)]
    for index in range(18):
        online[-18 + index] = 4_492.0 - (4_492.0 - 2_614.0) * (index + 1) / 18
    middle = [4_250 + 650 * step / STEPS + 40 * math.sin(step / 20) for step in range(STEPS)]
    parts = [
        (-1_485.0, 15.0, 190.0, 290.0), (-990.0, 15.0, 172.0, 308.0), (-495.0, 14.0, 185.0, 187.0),
    ]  # fmt: skip
    cycles = [
        CycleView(
            cycle=Cycle(
                number=10 + index,
                parts=[
                    Part(segment="hook", at=now + began - 60, length_s=hook, price_fell=True),
                    lasted("push", now + began - 60 + hook, push, 180.0),
                    lasted("benefit", now + began - 60 + hook + push, benefit, 300.0),
                ],
            ),
            hook_lift=lift,
            hook=Effect(
                at=now + began - 60,
                end=now + began - 45,
                verdict=verdict,
                lift=lift,
                low=low,
                high=high,
                feeds=[Moved("comments", 140, 60, round(70 * (1 + lift)), lift, low, high)],
            ),
            gmv_minor=[2_150_000.0, 21_400_000.0, 33_000_000.0],
        )
        for (index, (began, hook, push, benefit)), (verdict, lift, low, high) in zip(
            enumerate(parts), EFFECTS, strict=True
        )
    ]
    cycles.append(
        CycleView(
            cycle=Cycle(
                number=13,
                parts=[
                    Part(segment="hook", at=now - 89, length_s=15.0),
                    Part(segment="push", at=now - 74),
                ],
            ),
            hook_lift=0.86,
            hook=Effect(
                at=now - 89,
                end=now - 74,
                verdict="moved",
                lift=0.86,
                low=0.31,
                high=1.64,
                feeds=[
                    Moved("comments", 132, 60, 123, 0.86, 0.31, 1.64),
                    Moved("arrivals", 61, 60, 38, 0.25, -0.2, 0.9),
                ],
            ),
            gmv_minor=[None, 4_200_000.0],
        )
    )
    desk.moments[room] = [
        Moment(now - 1_380, "lucky_bag_open", "4"),
        Moment(now - 900, "pin", "3"),
        Moment(now - 640, "price", "1", minor=26_900),
        Moment(now - 360, "mark", "换场景:露营区", "王涛"),
    ]
    desk.details[room] = {
        "at": at,
        "heads": {
            "online": 2_614.0, "gmv_session": 245_120_000.0, "conversion_session": 0.035,
            "interaction_rate_5m": 0.024, "gpm_session": 184_000.0, "watch_s": 52.0,
            "comments_1m": 142.0, "negative_share_5m": 0.078, "negative_share_session": 0.021,
            "conversion_5m": 0.034, "gpm_5m": 184_000.0, "gmv_5m": 36_000_000.0,
            "questions_5m": 61.0, "topic_stream_5m": 46.0, "topic_logistics_5m": 12.0,
            "topic_price_5m": 0.0,
            "online_peak": 5_120.0, "enters_1m": 38.0, "leaves_1m": 171.0,
        },
        "past": {
            "online": online,
            "gmv_session": line(dice, 1.9e8, 2.45e8, 1e5),
            "gmv_10s": [max(0.0, dice.gauss(1.2e6, 4e5)) for _ in range(STEPS)],
            "conversion_5m": [max(0.0, v) for v in line(dice, 0.038, 0.034, 0.0008)],
            "interaction_rate_5m": [max(0.0, v) for v in line(dice, 0.039, 0.024, 0.0008)],
            "gpm_5m": line(dice, 177_000, 184_000, 1_500),
            "watch_s": line(dice, 61, 52, 0.4),
        },
        "band": ([m - 260.0 for m in middle], [m + 210.0 for m in middle]),
        "cycles": cycles,
        "funnel": [
            Rung("impressions", 412_000.0),
            Rung("enters", 21_400.0, 0.052, 0.058),
            Rung("product_shown", 17_300.0, 0.81, 0.82),
            Rung("clicks", 3_210.0, 0.186, 0.31),
            Rung("orders", 262.0, 0.082, 0.12),
            Rung("paid", 231.0, 0.88, 0.9),
        ],
        "sources": [
            SourceShare("feed", 9_844, 0.46, 0.55), SourceShare("ads", 5_136, 0.24, 0.18),
            SourceShare("follow", 2_996, 0.14, 0.16), SourceShare("video", 2_354, 0.11, 0.11),
            SourceShare("other", 1_070, 0.05, 0.04),
        ],
    }  # fmt: skip
    desk.move(
        room,
        anchor="阿蕊",
        session="20260922-1",
        live_s=6_436.0,
        gmv_minor=245_120_000,
        goal_minor=1_280_000_000,
        segment="push",
        segment_s=74.0,
        segment_limit_s=180.0,
        cycle=13,
        products=[
            ProductView(
                sku=sku, title=title, price_minor=price, stock=stock, velocity_1m=pace,
                click_rate=rate, sellout_s=out, sellout_low_s=low, sellout_high_s=high,
                paid_session=paid, pinned=pinned,
            )
            for sku, title, price, stock, pace, out, low, high, rate, paid, pinned in SHELF
        ],
    )  # fmt: skip
    for index in range(3 * len(SAID)):
        user, text, about = SAID[index % len(SAID)]
        desk.say(
            room, text, user, at=now - 3.1 * (3 * len(SAID) - index),
            negative=about not in ("", "?"), question=about == "?", topic=about.strip("?"),
        )  # fmt: skip


def dress_wall(desk: ActedDesk) -> None:
    """Give every room ten minutes of online and what is expected of it."""
    dice = random.Random(4)
    for room, view in desk.views.items():
        if view.online is None:
            continue
        start = view.online_before or view.online
        end = start if room == "room-3" else view.online
        past = [max(0, round(value)) for value in line(dice, start, end, view.online * 0.006)[::3]]
        if room == "room-3":
            past[-18:] = [round(4_492 - 1_878 * (index + 1) / 18) for index in range(18)]
        low, high = round(start * 0.94), round(start * 1.06)
        desk.move(room, online_past=past, online_band=(low, high))
