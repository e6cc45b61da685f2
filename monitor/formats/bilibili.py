"""Bilibili's web commands: as they come, and as recorded with room and receive time.

    raw        {"cmd":"SEND_GIFT","data":{…}}; DANMU_MSG is positional, in "info"
    recorded   {"room":11365,"recv":1640864083.7,"cmd":"SEND_GIFT","data":{…}}; DANMU_MSG
               is flattened, "data" is null where only its arrival was kept

A viewer is known by name: recorded comments have nothing else, and names are
unique there. Gifts are told in bilibili_gifts.py. Likes are counted by the room's
total (LIKE_INFO_V3_UPDATE); a click tells who it was and counts 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from monitor.errors import FrameError
from monitor.events import (
    Comment,
    Enter,
    Fact,
    Follow,
    Like,
    LuckyBag,
    Session,
    Share,
    Viewers,
)
from monitor.formats import bilibili_gifts
from monitor.formats.bilibili_command import Command, Context
from monitor.formats.format import Read
from monitor.formats.translate import Message, happened, translate
from monitor.frames import Frame

CAPPED_ONLINE = range(9_990, 10_033)  # where ONLINE_RANK_COUNT stops counting

Translation = Callable[[Context], list[Fact]]
Phase = Literal["start", "end", "warning", "cut_off"]

NOISE = frozenset(
    (
        "ANCHOR_LOT_CHECKSTATUS", "COMMON_NOTICE_DANMAKU", "DANMU_AGGREGATION", "DM_INTERACTION",
        "ENTRY_EFFECT", "ENTRY_EFFECT_MUST_RECEIVE", "GUARD_BUY", "GUARD_HONOR_THOUSAND",
        "HOT_RANK_CHANGED", "HOT_RANK_CHANGED_V2", "HOT_RANK_SETTLEMENT",
        "HOT_RANK_SETTLEMENT_V2", "HOT_ROOM_NOTIFY", "LIVE_INTERACTIVE_GAME", "LOG_IN_NOTICE",
        "NOTICE_MSG", "ONLINE_RANK_TOP3", "ONLINE_RANK_V2", "ONLINE_RANK_V3",
        "POPULARITY_RED_POCKET_NEW", "PLAY_TAG", "RANK_CHANGED", "RECALL_DANMU_MSG",
        "room_admin_entrance", "ROOM_ADMINS", "ROOM_ADMIN_REVOKE", "ROOM_BLOCK_MSG",
        "ROOM_CHANGE", "ROOM_REAL_TIME_MESSAGE_UPDATE", "ROOM_SILENT_OFF", "ROOM_SILENT_ON",
        "SPECIAL_GIFT", "STOP_LIVE_ROOM_LIST", "SUPER_CHAT_ENTRANCE",
        "SUPER_CHAT_MESSAGE_DELETE", "SUPER_CHAT_MESSAGE_JPN", "SYS_MSG",
        "VOICE_JOIN_LIST", "VOICE_JOIN_ROOM_COUNT_INFO", "WIDGET_BANNER",
    )
)  # fmt: skip


class _Danmu(Struct):
    text: str
    uname: str


class _Interact(Struct):
    uname: str
    msg_type: int
    timestamp: float | None = None
    uid: int | str = 0
    trigger_time: int = 0


class _Lottery(Struct):
    id: int | str
    danmu: str = ""
    max_time: int | None = None
    current_time: float | None = None


class _RedPocket(Struct):
    lot_id: int | str
    danmu: str = ""
    start_time: float | None = None
    end_time: float | None = None


class _Numbers(Struct):
    count: int = 0
    online_count: int | None = None
    num: int = 0
    click_count: int = 0
    uname: str = ""


_COMMAND = msgspec.json.Decoder(Command)
_INFO = msgspec.json.Decoder(list[Raw])


def _danmu(context: Context) -> list[Fact]:
    if bytes(context.command.info) == b"null":
        said = context.data(_Danmu)
        return [Comment(user=said.uname, text=said.text, **context.common())]
    try:
        info = _INFO.decode(context.command.info)
        head, text, sender = info[0], info[1], info[2]
        milliseconds = msgspec.json.decode(msgspec.json.decode(head, type=list[Raw])[4], type=float)
        name = msgspec.json.decode(msgspec.json.decode(sender, type=list[Raw])[1], type=str)
        said = msgspec.json.decode(text, type=str)
    except IndexError as error:
        raise FrameError("missing field", "info") from error
    except msgspec.ValidationError as error:
        raise FrameError("wrong type", "info") from error
    return [
        Comment(
            user=name,
            text=said,
            **context.common(milliseconds / 1000),
        )
    ]


def _interact(context: Context) -> list[Fact]:
    did = context.data(_Interact)
    kind = {1: Enter, 2: Follow, 3: Share, 4: Follow, 5: Follow}.get(did.msg_type)
    if kind is None:
        return []
    name = f"{did.uid}:{did.msg_type}:{did.trigger_time}" if did.trigger_time else None
    return [kind(id=name, user=did.uname, **context.common(did.timestamp))]


def _online(context: Context) -> list[Fact]:
    said = context.data(_Numbers)
    online = said.count if said.online_count is None else said.online_count
    capped = said.online_count is None and online in CAPPED_ONLINE
    return [Viewers(online=online, capped=capped, **context.common())]


def _lottery_open(context: Context) -> list[Fact]:
    lottery = context.data(_Lottery)
    return [
        LuckyBag(
            id=f"lottery:{lottery.id}:open",
            bag=str(lottery.id),
            phase="open",
            phrase=lottery.danmu or None,
            seconds=lottery.max_time,
            **context.common(lottery.current_time),
        )
    ]


def _red_pocket_open(context: Context) -> list[Fact]:
    pocket = context.data(_RedPocket)
    start, end = pocket.start_time, pocket.end_time
    lasts = int(end - start) if start and end and end >= start else None
    return [
        LuckyBag(
            id=f"red_pocket:{pocket.lot_id}:open",
            bag=f"red_pocket:{pocket.lot_id}",
            phase="open",
            phrase=pocket.danmu or None,
            seconds=lasts,
            **context.common(start),
        )
    ]


def _bag(phase: Literal["draw", "close"]) -> Translation:
    def translation(context: Context) -> list[Fact]:
        bag = str(context.data(_Lottery).id)
        name = f"lottery:{bag}:{phase}"
        return [LuckyBag(id=name, bag=bag, phase=phase, **context.common())]

    return translation


def _red_pocket_drawn(context: Context) -> list[Fact]:
    bag = f"red_pocket:{context.data(_RedPocket).lot_id}"
    return [LuckyBag(id=f"{bag}:draw", bag=bag, phase="draw", **context.common())]


def _session(
    phase: Literal["start", "end", "warning", "cut_off"],
) -> Callable[[Context], list[Fact]]:
    def translation(context: Context) -> list[Fact]:
        command = context.command
        # LIVE comes twice, when the button is pressed and when the stream arrives: one start.
        name = f"{command.live_key}:{phase}" if command.live_key else None
        common = context.common(command.live_time)
        return [Session(id=name, phase=phase, reason=command.msg or None, **common)]

    return translation


TRANSLATIONS: dict[str, Translation] = {
    "DANMU_MSG": _danmu,
    "SEND_GIFT": bilibili_gifts.gift,
    "COMBO_SEND": bilibili_gifts.combo,
    "USER_TOAST_MSG": bilibili_gifts.guard,
    "SUPER_CHAT_MESSAGE": bilibili_gifts.super_chat,
    "INTERACT_WORD": _interact,
    "LIKE_INFO_V3_CLICK": lambda context: [
        Like(user=context.data(_Numbers).uname or None, value=0, **context.common())
    ],
    "LIKE_INFO_V3_UPDATE": lambda context: [
        Like(value=context.data(_Numbers).click_count, kind="total", **context.common())
    ],
    "WATCHED_CHANGE": lambda context: [
        Viewers(total=context.data(_Numbers).num, **context.common())
    ],
    "ONLINE_RANK_COUNT": _online,
    "ANCHOR_LOT_START": _lottery_open,
    "ANCHOR_LOT_END": _bag("draw"),
    "ANCHOR_LOT_AWARD": _bag("close"),
    "POPULARITY_RED_POCKET_START": _red_pocket_open,
    "POPULARITY_RED_POCKET_WINNER_LIST": _red_pocket_drawn,
    "LIVE": _session("start"),
    "PREPARING": _session("end"),
    "CUT_OFF": _session("cut_off"),
    "WARNING": _session("warning"),
}
WITHOUT_DATA = frozenset(("LIVE", "PREPARING", "CUT_OFF", "WARNING"))


class Bilibili:
    """Reads web commands. Raw ones need the configured room: most do not name theirs.

    It remembers which combos came as SEND_GIFT, and the last receive time of a
    recording, for lines that lost theirs.
    """

    def __init__(self) -> None:
        self._combos: dict[str, None] = {}
        self._recv: float | None = None

    def read(self, frame: Frame, room: str | None) -> Read:
        return translate(frame, lambda item: self._one(item, frame.received_at, room))

    def _one(self, item: bytes, received: float, room: str | None) -> Message:
        command = _COMMAND.decode(item)
        place = room if command.room is None else str(command.room)
        if place is None and command.roomid is not None:
            place = str(command.roomid)
        if place is None:
            raise FrameError("no room", "set `room` for this source")
        if command.recv is not None:
            happened_at, origin = happened(command.recv, received)
            self._recv = None if origin == "received" else happened_at
        recorded = self._recv if command.room is not None else None
        message = Message(room=place, received_at=recorded)
        name = command.cmd.partition(":")[0]
        translation = TRANSLATIONS.get(name)
        if translation is None:
            message.unknown = None if name in NOISE else name
            return message
        if command.silent and name not in WITHOUT_DATA:
            return message
        context = Context(command, place, recorded or received, self._combos)
        message.facts = translation(context)
        return message
