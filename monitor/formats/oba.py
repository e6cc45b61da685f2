"""oba-live-tool (中控台): comments and, alone among the open tools, orders as they come in.

    {"msg_type":"live_order","nick_name":"…","msg_id":"6912…#已付款","order_status":"已付款",
     "order_ts":1795370000,"product_id":"361…","product_title":"…","time":1795370003120}

Its frames name no room, so the source has to. `time` is when the tool passed it
on, so it is a receive time; a clock of its own that is a little wrong (by 30 s to
an hour) is not believed, while a recording from another day is.

`order_ts` is when it was ordered, also where it is told to be paid: only the former
takes its time from there. An order has neither amount nor quantity: it is one
piece, at the product's price where the source's settings give it (`prices`:
product id -> minor units), else at 0, so that orders count and GMV is not made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from monitor.errors import FrameError
from monitor.events import Comment, Enter, Fact, FanJoin, Follow, Like, OrderCreated, OrderPaid
from monitor.formats.format import Read
from monitor.formats.translate import EARLIER_S, EARLIEST, LATER_S, LATEST, Message, translate
from monitor.frames import Frame

NEAR_S = 30.0  # a tool's clock that is further off, and less than EARLIER_S, is wrong
ORDERS: dict[str, type[OrderCreated] | type[OrderPaid]] = {
    "已下单": OrderCreated,
    "已付款": OrderPaid,
}
PLATFORMS = {
    "taobao_comment": "taobao",
    "xiaohongshu_comment": "xiaohongshu",
    "wechat_channel_live_msg": "wechat",
}


class _Said(Struct):
    msg_type: str
    msg_id: str | int = ""
    nick_name: str = ""
    user_id: str | int | None = None
    content: str = ""
    time: float | None = None
    order_status: str = ""
    order_ts: float | None = None
    product_id: str | int = ""

    def who(self) -> str | None:
        """Comments often carry no user id; the name is what all messages share."""
        return self.nick_name or (str(self.user_id) if self.user_id else None)


_SAID = msgspec.json.Decoder(_Said)

Common = dict[str, Any]


def _comment(said: _Said, common: Common) -> list[Fact]:
    user = said.who()
    if user is None:
        raise FrameError("missing field", "nick_name")
    return [Comment(user=user, text=said.content, **common)]


TRANSLATIONS: dict[str, Callable[[_Said, Common], list[Fact]]] = {
    "comment": _comment,
    "taobao_comment": _comment,
    "xiaohongshu_comment": _comment,
    "wechat_channel_live_msg": _comment,
    "room_enter": lambda said, common: [Enter(user=said.who(), **common)],
    "room_like": lambda said, common: [Like(user=said.who(), **common)],
    "room_follow": lambda said, common: [Follow(user=said.who(), **common)],
    "ecom_fansclub_participate": lambda said, common: [FanJoin(user=said.who(), **common)],
    "subscribe_merchant_brand_vip": lambda said, common: [FanJoin(user=said.who(), **common)],
}


class Oba:
    """Reads what the tool broadcasts; `room` must be configured."""

    def __init__(self, *, prices: Mapping[str, int] | None = None) -> None:
        """`prices` gives the price of a product in minor units, by product id."""
        self.prices = dict(prices or {})

    def read(self, frame: Frame, room: str | None) -> Read:
        return translate(frame, lambda item: self._one(item, frame.received_at, room))

    def _one(self, item: bytes, received: float, room: str | None) -> Message:
        said = _SAID.decode(item)
        if room is None:
            raise FrameError("no room", "set `room` for this source")
        message = Message(room=room)
        passed_on = received if said.time is None else _believed(said.time / 1000, received)
        common: Common = {
            "room": room,
            "at": passed_on,
            "at_from": "received",
            "id": str(said.msg_id) or None,
            "platform": PLATFORMS.get(said.msg_type),
        }
        if said.msg_type == "live_order":
            message.facts = self._order(said, common, passed_on)
            if not message.facts:
                message.unknown = "live_order of unknown status"
        elif said.msg_type in TRANSLATIONS:
            message.facts = TRANSLATIONS[said.msg_type](said, common)
        else:
            message.unknown = said.msg_type
        return message

    def _order(self, said: _Said, common: Common, passed_on: float) -> list[Fact]:
        kind = ORDERS.get(said.order_status)
        if kind is None:
            return []
        sku = str(said.product_id)
        if kind is OrderCreated and said.order_ts is not None:
            ordered = said.order_ts / 1000 if said.order_ts > LATEST else said.order_ts
            if passed_on - EARLIER_S <= ordered <= passed_on + LATER_S:
                common = {**common, "at": ordered, "at_from": "platform"}
        order = str(said.msg_id).partition("#")[0]
        return [
            kind(
                order=order,
                sku=sku,
                quantity=1,
                amount_minor=self.prices.get(sku, 0),
                user=said.who(),
                **common,
            )
        ]


def _believed(passed_on: float, received: float) -> float:
    off = abs(passed_on - received)
    wrong = NEAR_S < off < EARLIER_S or not EARLIEST <= passed_on <= LATEST
    return received if wrong else passed_on
