"""Facts for benches: a seeded market of live rooms, as blobs of bytes on the wire.

Event time runs at `per_second` facts a second over all rooms. A blob is a JSON array of
1,000 facts, received when its last one happened:

    70 % comments   10 % likes   8 % viewers   8 % clicks   2.2 % orders created   1.8 % paid
    1 % of the facts are sent again within the next blobs, under the same id
    2 % happened up to 5 s before they are sent; orders are paid 3 s after they were made

A few rooms are busy and most are not: weights are 1 ÷ √rank. So are a room's 2,000 viewers
(the square of a uniform number) and its 20 products. Before the first blob every room
starts its session, fills its shelf, pins a product, tells its viewers and a first cue; cues
of the golden structure come with the facts, less than 1 in 1,000, in the place of likes.
"""

from __future__ import annotations

import collections
import datetime
import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from monitor.events import KINDS

START = 1_795_370_000.0
PAYS_AFTER_S = 3.0
SEGMENTS = (("hook", 18.0), ("push", 60.0), ("benefit", 90.0))  # a hook overruns by 3 s
COMMENTS = (
    "几号链接", "多少钱", "好看", "已拍", "主播身上穿的是几号", "有没有黑色", "会不会掉色", "想要",
    "质量怎么样", "一米六穿什么码", "包邮吗", "什么时候发货", "上次买的很好", "来了来了",
    "太便宜了吧", "链接在哪里", "支持", "还有吗", "拍了两件", "能便宜点吗", "666", "主播好漂亮",
    "讲一下三号", "这个颜色显白", "可以试穿一下吗", "刚进来 讲到哪了", "回购第三次了", "等福袋",
    "怎么领券", "加购了",
)  # fmt: skip


class Market(Struct, frozen=True, kw_only=True):
    """What is generated; the same settings give the same bytes."""

    events: int = 1_000_000
    rooms: int = 200
    per_second: float = 10_000.0
    wire: str = "native"
    viewers: int = 2_000  # different people a room
    products: int = 20  # a room
    batch: int = 1_000  # facts in a blob
    seed: int = 20_261_122
    skew: float = 0.0  # the share of all facts that are of the first room; 0: as busy as they are
    start: float = START
    first: int = 8801  # the number in the first room's name


class Blob(Struct, frozen=True):
    """Bytes as they are sent, and when they are received."""

    data: bytes
    now: float


class Generator:
    """Rolls the dice of one market."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.rooms = [f"dy-{market.first + number}" for number in range(market.rooms)]
        self._dice = random.Random(market.seed)
        weights = [1.0 / math.sqrt(rank) for rank in range(1, market.rooms + 1)]
        if market.skew:
            weights = [1.0] * market.rooms
            weights[0] = (market.rooms - 1) * market.skew / (1.0 - market.skew)
        self._cumulative = [sum(weights[: count + 1]) for count in range(market.rooms)]
        self._online = {
            room: self._dice.randrange(market.viewers // 10, market.viewers) for room in self.rooms
        }
        self._unpaid: collections.deque[tuple[float, str, dict[str, Any]]] = collections.deque()
        self._last_id = 7_412_000_000_000_000_000 + (market.first - 8801) * 1_000_000
        self._cues = {
            room: (market.start + 1.0 + number % 23, 0) for number, room in enumerate(self.rooms)
        }

    def opening(self) -> Iterator[dict[str, Any]]:
        """What is so before the first blob, at the start."""
        start = self.market.start
        for number, room in enumerate(self.rooms):
            yield self._fact("session", room, start, phase="start", goal_minor=5_000_000)
            online = self._online[room]
            yield self._fact("viewers", room, start, online=online, total=online)
            for sku in range(self.market.products):
                name, left = f"s{sku}", 30 + (number * 7 + sku * 13) % 400
                yield self._fact("shelf", room, start, sku=name, on=True, title=f"{sku}号")
                yield self._fact("stock", room, start, sku=name, value=left)
            yield self._fact("segment", room, start, segment="other")  # somebody cues
            yield self._fact("pin", room, start, sku=f"s{number % 3}")

    def facts(self) -> Iterator[dict[str, Any]]:
        """The stream, in the order of sending; exactly `events` facts, duplicates included."""
        dice, market = self._dice, self.market
        recent: list[dict[str, Any]] = []
        far = market.batch // 8 + 1  # it comes again in a later blob
        for number in range(market.events):
            at = market.start + (number + 1) / market.per_second
            if len(recent) > far and dice.random() < 0.01:
                yield recent.pop(dice.randrange(len(recent) - far))
                continue
            room = dice.choices(self.rooms, cum_weights=self._cumulative)[0]
            if dice.random() < 0.02:
                at = max(at - dice.random() * 5.0, market.start)
            fact = self._any(
                room, round(at, 3), round(market.start + (number + 1) / market.per_second, 3)
            )
            yield fact
            if number % 8 == 0:
                recent.append(fact)
                del recent[:-400]

    def _any(self, room: str, at: float, now: float) -> dict[str, Any]:
        dice = self._dice
        roll = dice.random()
        user = f"1000{room[3:]}{int(self.market.viewers * dice.random() ** 2):06d}"
        if roll < 0.70:
            text = dice.choice(COMMENTS)
            if roll < 0.35:
                text = f"{text} {dice.choice(COMMENTS)}"
            return self._fact("comment", room, at, user=user, text=text)
        if roll < 0.80:
            due, step = self._cues[room]
            if now >= due:
                name, lasts = SEGMENTS[step]
                self._cues[room] = (now + lasts, (step + 1) % len(SEGMENTS))
                return self._fact("segment", room, now, segment=name)
            return self._fact("like", room, at, user=user, value=dice.randrange(1, 12))
        if roll < 0.88:
            online = max(self._online[room] + dice.randrange(-20, 21), 0)
            self._online[room] = online
            return self._fact(
                "viewers", room, at, online=online, total=online + int(now - self.market.start)
            )
        sku = f"s{int(self.market.products * dice.random() ** 2)}"
        if roll < 0.96:
            return self._fact("product_clicked", room, at, sku=sku, user=user)
        if roll >= 0.982 and self._unpaid and self._unpaid[0][0] <= now - PAYS_AFTER_S:
            _, room, fields = self._unpaid.popleft()
            return self._fact("order_paid", room, at, **fields)
        return self._order(room, at, now, {"sku": sku, "user": user})

    def _order(self, room: str, at: float, now: float, about: dict[str, Any]) -> dict[str, Any]:
        quantity = 1 + (self._dice.random() < 0.2)
        price = 990 + 100 * int(about["sku"][1:])
        fields = {"order": f"o{self._last_id}", "quantity": quantity, "amount_minor": price}
        fields = {**fields, "amount_minor": price * quantity, **about}
        self._unpaid.append((now, room, fields))
        return self._fact("order_created", room, at, **fields)

    def _fact(self, kind: str, room: str, at: float, **fields: Any) -> dict[str, Any]:
        self._last_id += 1
        return {"type": kind, "room": room, "id": str(self._last_id), "at": at, **fields}


def _cloud_event(fact: dict[str, Any]) -> dict[str, Any]:
    """The same fact as CloudEvents 1.0 has it."""
    kind = fact["type"]
    time = datetime.datetime.fromtimestamp(fact["at"], datetime.UTC)
    return {
        "specversion": "1.0",
        "type": f"{KINDS[kind].family}.{kind}.v1",
        "source": "/douyin/bench",
        "subject": fact["room"],
        "id": fact["id"],
        "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {k: v for k, v in fact.items() if k not in ("type", "room", "id", "at")},
    }


WIRES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "native": dict,
    "cloudevents": _cloud_event,
}


def blobs(market: Market) -> tuple[list[Blob], list[Blob]]:
    """The opening, and the stream that is measured."""
    generator = Generator(market)
    shape, encode = WIRES[market.wire], msgspec.json.Encoder().encode
    opening = list(map(shape, generator.opening()))
    before = [
        Blob(encode(opening[first : first + market.batch]), market.start)
        for first in range(0, len(opening), market.batch)
    ]
    stream: list[Blob] = []
    held: list[dict[str, Any]] = []
    for number, fact in enumerate(generator.facts(), 1):
        held.append(shape(fact))
        if len(held) == market.batch or number == market.events:
            stream.append(Blob(encode(held), market.start + number / market.per_second))
            held = []
    return before, stream
