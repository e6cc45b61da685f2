"""Three acted rooms, played into the real daemon over its own WebSocket door.

    dy-8801 抖音    a hook that runs over, and goes on to the push when the floor cues it
    tb-2203 淘宝    a product that sells out while it is pinned, and is refilled
    ks-5507 快手    a batch of complaints, and a calm audience again

The actors only send facts; what is told follows from the shipped rules. A script is a
pure function of its seed, so a test plays the very same facts. It lasts `LOOP_S` and
starts over. No viewer, shop or comment here is anybody's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from monitor.clock import Clock

log = structlog.get_logger()

LOOP_S = 240.0
STEP_S = 0.5  # facts of half a second travel as one message
AGAIN_S = 1.0

Fact = dict[str, Any]
Script = Callable[[int], Iterator[tuple[float, Fact]]]

CALM = (
    "几号链接", "这个颜色好看", "主播穿多大码", "已拍 等发货", "有没有黑色", "小个子能穿吗",
    "上次买的很舒服", "多少钱呀", "包邮吗", "冲冲冲", "刚来 在讲哪个", "面料软不软",
    "158 斤穿什么码", "给妈妈也拍一件", "可以机洗吗", "晚安福利来了吗",
)  # fmt: skip
VIA = ("feed", "ads", "follow", "video", "other")
COMPLAINTS = (
    "质量太差了", "收到就是破的 要退货", "都一周了还没发货", "跟图片完全不一样", "客服一直不回",
    "是假货吧", "退款一直不给退", "太差了 再也不买了",
)  # fmt: skip


def hook_runs_over(seed: int) -> Iterator[tuple[float, Fact]]:
    """The host stays in the hook for 25 s; the limit is 15 s."""
    yield 0.0, {"type": "session", "phase": "start", "platform": "douyin", "goal_minor": 20_000_000}
    yield 5.0, {"type": "segment", "segment": "hook"}
    yield 8.0, {"type": "price", "sku": "w-101", "amount_minor": 9900, "was_minor": 19900}
    yield 30.0, {"type": "segment", "segment": "push"}
    yield 190.0, {"type": "segment", "segment": "benefit"}
    yield 0.5, {"type": "shelf", "sku": "w-101", "title": "羊毛衫 1 号链接", "on": True}
    yield 1.0, {"type": "stock", "sku": "w-101", "value": 3000}
    yield 2.0, {"type": "pin", "sku": "w-101"}
    yield from _audience(seed, viewers=4200, skus=("w-101",), price=9900, every_s=9.0)


def sells_out(seed: int) -> Iterator[tuple[float, Fact]]:
    """Forty of a pinned product are gone after 40 s; the refill comes at 75 s."""
    yield 0.0, {"type": "session", "phase": "start", "platform": "taobao", "goal_minor": 8_000_000}
    yield from _on_time("c-7")
    yield 0.5, {"type": "shelf", "sku": "c-7", "title": "保温杯 7 号链接", "on": True}
    yield 1.0, {"type": "stock", "sku": "c-7", "value": 40}
    yield 3.0, {"type": "pin", "sku": "c-7"}
    for sold in range(40):
        yield 4.0 + sold, _order(random.Random(f"{seed}-{sold}"), "c-7", 4900)
    yield 75.0, {"type": "stock", "sku": "c-7", "value": 500}
    yield from _audience(
        seed, viewers=1800, skus=("c-7",), price=4900, every_s=12.0, orders_from=80.0
    )


def complaints_spread(seed: int) -> Iterator[tuple[float, Fact]]:
    """Thirty people complain within 15 s."""
    dice = random.Random(seed)
    yield (
        0.0,
        {"type": "session", "phase": "start", "platform": "kuaishou", "goal_minor": 5_000_000},
    )
    yield from _on_time("k-3")
    yield 0.5, {"type": "shelf", "sku": "k-3", "title": "蓝牙耳机 3 号链接", "on": True}
    yield 1.0, {"type": "stock", "sku": "k-3", "value": 900}
    for number in range(30):
        at = 22.0 + number * 0.5
        yield at, {"type": "comment", "user": f"c{seed}-{number}", "text": dice.choice(COMPLAINTS)}
    yield from _audience(seed, viewers=2600, skus=("k-3",), price=12900, every_s=15.0)


ROOMS: dict[str, Script] = {
    "dy-8801": hook_runs_over,
    "tb-2203": sells_out,
    "ks-5507": complaints_spread,
}


def _on_time(sku: str) -> Iterator[tuple[float, Fact]]:
    """A cycle of the golden structure that keeps its times."""
    yield 4.0, {"type": "segment", "segment": "hook"}
    yield 5.0, {"type": "price", "sku": sku, "amount_minor": 9900, "was_minor": 19900}
    yield 18.0, {"type": "segment", "segment": "push"}
    yield 190.0, {"type": "segment", "segment": "benefit"}


def _audience(
    seed: int,
    *,
    viewers: int,
    skus: tuple[str, ...],
    price: int,
    every_s: float,
    orders_from: float = 5.0,
) -> Iterator[tuple[float, Fact]]:
    """People who come and go, write, like, look at goods and buy some."""
    dice, aside = random.Random(seed), random.Random(f"{seed}-aside")
    total = viewers * 3
    at = 0.0
    while at < LOOP_S:
        second = at % 1.0 == 0.0
        if dice.random() < 0.75:
            user = f"u{seed}-{dice.randrange(400)}"
            yield at, {"type": "comment", "user": user, "text": dice.choice(CALM)}
        if second:
            total += dice.randrange(3, 12)
            online = viewers + dice.randrange(-60, 60)
            yield at, {"type": "viewers", "online": online, "total": total}
            yield at, {"type": "like", "value": dice.randrange(1, 9)}
            via = aside.choices(VIA, (46, 24, 14, 11, 5))[0]
            yield (
                at,
                {"type": "enter", "user": f"e{seed}-{at:.0f}-{dice.randrange(99)}", "via": via},
            )
            yield at, {"type": "impressions", "value": aside.randrange(9, 30)}
            yield at, {"type": "product_shown", "sku": aside.choice(skus), "value": 4}
            if dice.random() < 0.5:
                sku, user = dice.choice(skus), f"u{seed}-{dice.randrange(400)}"
                yield at, {"type": "product_clicked", "sku": sku, "user": user}
        if second and at >= orders_from and dice.random() < 1.0 / every_s:
            yield at, _order(dice, dice.choice(skus), price)
        at += STEP_S


def _order(dice: random.Random, sku: str, price: int) -> Fact:
    user = f"b{dice.randrange(10**6)}"
    return {"type": "order_paid", "order": f"o{dice.randrange(10**9)}", "sku": sku,
            "quantity": 1, "amount_minor": price, "user": user}  # fmt: skip


def facts(room: str, start: float, loop: int = 0) -> list[Fact]:
    """What a room's actors send in one loop, in order, as native facts with ids of their own."""
    script = sorted(ROOMS[room](loop + 1), key=lambda each: each[0])
    return [
        {"type": fact["type"], "room": room, "id": f"{room}-{loop}-{number}", "at": start + at}
        | fact
        for number, (at, fact) in enumerate(script)
    ]


async def act(url: str, clock: Clock, speed: float) -> None:
    """Play all rooms into the door at `url` (ws://…/ingest) until cancelled.

    The clock runs `speed` times as fast as the wall.
    """
    async with asyncio.TaskGroup() as group:
        for room in ROOMS:
            group.create_task(_act(room, url, clock, speed))


async def _act(room: str, url: str, clock: Clock, speed: float) -> None:
    start, loop = clock.now(), 0
    while True:
        try:
            async with connect(url, proxy=None, compression=None) as door:
                while True:
                    for message in _messages(facts(room, start, loop)):
                        wait_s = message[-1]["at"] - clock.now()
                        if wait_s > 0:
                            await asyncio.sleep(wait_s / speed)
                        await door.send(msgspec.json.encode(message))
                    start, loop = start + LOOP_S, loop + 1
        except (OSError, WebSocketException) as error:
            log.warning("an actor lost the door", room=room, detail=type(error).__name__)
            await asyncio.sleep(AGAIN_S)
            start, loop = clock.now(), loop + 1


def _messages(script: list[Fact]) -> Iterator[list[Fact]]:
    message: list[Fact] = []
    for fact in script:
        if message and fact["at"] - message[0]["at"] >= STEP_S:
            yield message
            message = []
        message.append(fact)
    if message:
        yield message
