"""Bilibili's money: gifts, combos, guards and super chats, each counted once.

    SEND_GIFT          total_coin in 1/1000 yuan; silver coins are worth nothing
    COMBO_SEND         repeats SEND_GIFTs of the same batch_combo_id; counts only
                       where none of them came through
    USER_TOAST_MSG     a guard as it was paid: `price` is for all of `num`
    GUARD_BUY          the same purchase at list price: left out
    SUPER_CHAT_MESSAGE a gift in whole yuan, not a comment as well

All of it is virtual and never GMV.
"""

from __future__ import annotations

from msgspec import Struct

from monitor import money
from monitor.errors import FrameError
from monitor.events import Fact, Gift
from monitor.formats.bilibili_command import Context

MOST_COMBOS = 50_000


class _Gift(Struct):
    uname: str
    giftName: str  # noqa: N815  their spelling
    num: int
    total_coin: int
    coin_type: str = "gold"
    tid: str | int | None = None
    timestamp: float | None = None
    batch_combo_id: str = ""


class _Combo(Struct):
    uname: str
    gift_name: str
    combo_num: int
    combo_total_coin: int
    batch_combo_id: str
    total_num: int = 0


class _Toast(Struct):
    username: str
    role_name: str
    price: int
    num: int = 1
    payflow_id: str | None = None
    start_time: float | None = None


class _Sender(Struct):
    uname: str = ""


class _SuperChat(Struct):
    id: int | str
    price: int | float
    ts: float | None = None
    user_info: _Sender | None = None
    user_info_uname: str = ""


def gift(context: Context) -> list[Fact]:
    """Gifts, as they are given."""
    sent = context.data(_Gift)
    if sent.batch_combo_id:
        if len(context.combos) >= MOST_COMBOS:
            context.combos.pop(next(iter(context.combos)))
        context.combos[sent.batch_combo_id] = None
    worth = _worth(sent.total_coin) if sent.coin_type == "gold" else 0
    return [
        Gift(
            id=None if sent.tid is None else str(sent.tid),
            user=sent.uname,
            gift=sent.giftName,
            value=sent.num,
            amount_minor=worth,
            combo=sent.batch_combo_id or None,
            **context.common(sent.timestamp),
        )
    ]


def combo(context: Context) -> list[Fact]:
    """A combo of gifts, where they did not come through one by one."""
    said = context.data(_Combo)
    if said.batch_combo_id in context.combos:
        return []
    return [
        Gift(
            id=said.batch_combo_id or None,
            user=said.uname,
            gift=said.gift_name,
            value=said.total_num or said.combo_num,
            amount_minor=_worth(said.combo_total_coin),
            combo=said.batch_combo_id or None,
            **context.common(),
        )
    ]


def guard(context: Context) -> list[Fact]:
    """A guard, as it was paid."""
    toast = context.data(_Toast)
    return [
        Gift(
            id=toast.payflow_id or None,
            user=toast.username,
            gift=toast.role_name,
            value=toast.num,
            amount_minor=_worth(toast.price),
            **context.common(toast.start_time),
        )
    ]


def super_chat(context: Context) -> list[Fact]:
    """A message that was paid for."""
    chat = context.data(_SuperChat)
    user = chat.user_info_uname or (chat.user_info.uname if chat.user_info else "")
    try:
        worth = money.yuan(chat.price)
    except ValueError as error:
        raise FrameError("money out of range", str(error)) from error
    return [
        Gift(
            id=f"super_chat:{chat.id}",
            user=user,
            gift="醒目留言",
            amount_minor=worth,
            **context.common(chat.ts),
        )
    ]


def _worth(thousandths: int) -> int:
    try:
        return money.milli(thousandths)
    except ValueError as error:
        raise FrameError("money out of range", str(error)) from error
