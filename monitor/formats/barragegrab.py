"""DouyinBarrageGrab (抖音弹幕抓取) and its kin: the common denominator of Douyin tools.

    {"Type":1,"ProcessName":"…","Data":"{\\"MsgId\\":…,\\"User\\":{…},\\"Content\\":\\"…\\"}"}

Type      1 弹幕  2 点赞  3 进直播间  4 关注  5 礼物  6 直播间统计  7 粉丝团  8 分享  9 下播
Counters  likes: Count, a delta · gifts: GiftCount, a delta · CurrentCount, OnlineUserCount:
          gauges · TotalUserCount: total
Rooms     WebRoomId is the room; RoomId changes with each broadcast, so it is the session
Money     DiamondCount is the price of one in 抖币, of which 10 are one yuan; never GMV

There is no time in it: it is recovered from the message id where that can be
believed. A streak of gifts repeats its first id, so a gift's id names its place
in the streak too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from monitor import money
from monitor.errors import FrameError
from monitor.events import (
    Comment,
    Enter,
    Fact,
    FanJoin,
    Follow,
    Gift,
    Like,
    Session,
    Share,
    Viewers,
)
from monitor.formats.counts import count
from monitor.formats.format import Read
from monitor.formats.reasons import MISTAKES, why
from monitor.formats.translate import Message, recovered, translate
from monitor.frames import Frame

Id = int | str  # strings since v2.7.3, numbers before

JOINED = 2  # fan club: 1 is a level up
NOBODY = frozenset(("", "0"))


class _FansClub(Struct, rename="pascal"):
    level: int = 0


class _User(Struct, rename="pascal"):
    id: Id = ""
    sec_uid: str = ""
    nickname: str = ""
    fans_club: _FansClub | None = None

    def name(self) -> str | None:
        """What tells this viewer from others: the id, unless it is masked."""
        number = str(self.id)
        masked = number in NOBODY or (len(number) > 5 and set(number) == {"1"})  # not logged in
        return (None if masked else number) or self.sec_uid or self.nickname or None


class _Owner(Struct, rename="pascal"):
    user_id: Id = ""
    sec_uid: str = ""

    def is_same(self, user: _User) -> bool:
        """Whether the host is this viewer."""
        if str(self.user_id) not in NOBODY:
            return str(self.user_id) == str(user.id)
        return self.sec_uid != "" and self.sec_uid == user.sec_uid


class _Said(Struct, rename="pascal"):
    """`Data`, of whatever type; each type fills what it has."""

    room_id: Id = ""
    web_room_id: Id = ""
    msg_id: Id = 0
    user: _User | None = None
    owner: _Owner | None = msgspec.field(default=None, name="Onwer")  # their spelling
    content: str = ""
    count: int | None = None
    total: int | None = None
    current_count: int | None = None
    gift_name: str = ""
    gift_count: int = 0
    repeat_count: int = 0
    group_id: Id = ""
    diamond_count: int = 0
    online_user_count: int | None = None
    total_user_count: int | None = None
    online_user_count_str: str = ""
    total_user_count_str: str = ""
    type: int | None = None

    def identity(self) -> str | None:
        return None if str(self.msg_id) in NOBODY else str(self.msg_id)

    def who(self) -> str | None:
        return None if self.user is None else self.user.name()

    def person(self) -> str:
        """Who did it. Raises FrameError: a comment or a gift is somebody's."""
        name = self.who()
        if name is None:
            raise FrameError("missing field", "User")
        return name


class _Envelope(Struct, rename="pascal"):
    type: int
    data: str = ""


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_SAID = msgspec.json.Decoder(_Said)

Common = dict[str, Any]


def _comment(said: _Said, common: Common) -> list[Fact]:
    name = said.person()
    assert said.user is not None
    club = said.user.fans_club
    return [
        Comment(
            user=name,
            text=said.content,
            is_host=said.owner is not None and said.owner.is_same(said.user),
            fan_level=club.level if club is not None else None,
            **common,
        )
    ]


def _like(said: _Said, common: Common) -> list[Fact]:
    if said.count is None and said.total is not None:
        return [Like(user=said.who(), value=said.total, kind="total", **common)]
    return [Like(user=said.who(), value=1 if said.count is None else said.count, **common)]


def _enter(said: _Said, common: Common) -> list[Fact]:
    facts: list[Fact] = [Enter(user=said.who(), **common)]
    if said.current_count is not None:
        beside = {**common, "id": common["id"] and f"{common['id']}#online"}
        facts.append(Viewers(online=said.current_count, **beside))
    return facts


def _gift(said: _Said, common: Common) -> list[Fact]:
    number = said.gift_count or 1
    try:
        worth = money.coins(said.diamond_count * number)
    except ValueError as error:
        raise FrameError("money out of range", str(error)) from error
    place = common["id"] and f"{common['id']}#{said.repeat_count}"
    streak = None if str(said.group_id) in NOBODY else str(said.group_id)
    return [
        Gift(
            user=said.person(),
            gift=said.gift_name,
            value=number,
            amount_minor=worth,
            combo=streak,
            **{**common, "id": place},
        )
    ]


def _stats(said: _Said, common: Common) -> list[Fact]:
    online, low = _shown(said.online_user_count, said.online_user_count_str)
    total, low_too = _shown(said.total_user_count, said.total_user_count_str)
    return [Viewers(online=online, total=total, lower_bound=low or low_too, **common)]


def _shown(number: int | None, text: str) -> tuple[int | None, bool]:
    """A count by its number, or by its text where there is no number."""
    if number or not text:
        return number, False
    try:
        return count(text)
    except ValueError as error:
        raise FrameError("bad count", text) from error


TRANSLATIONS: dict[int, Callable[[_Said, Common], list[Fact]]] = {
    1: _comment,
    2: _like,
    3: _enter,
    4: lambda said, common: [Follow(user=said.who(), **common)],
    5: _gift,
    6: _stats,
    7: lambda said, common: [FanJoin(user=said.who(), **common)] if said.type == JOINED else [],
    8: lambda said, common: [Share(user=said.who(), **common)],
    9: lambda said, common: [Session(phase="end", **common)],
}


class BarrageGrab:
    """Reads one message a frame, as the tool sends them; arrays and lines as well."""

    def read(self, frame: Frame, room: str | None) -> Read:
        return translate(frame, lambda item: self._one(item, frame.received_at, room))

    def _one(self, item: bytes, received: float, room: str | None) -> Message:
        envelope = _ENVELOPE.decode(item)
        try:
            said = _SAID.decode(envelope.data)
        except MISTAKES as error:
            if isinstance(error, msgspec.ValidationError):
                raise FrameError(why(error, envelope.data.encode()), envelope.data) from error
            raise FrameError("broken JSON in a string", envelope.data) from error
        place = str(said.web_room_id)
        if place in NOBODY:
            place = room or str(said.room_id)
        if place in NOBODY:
            raise FrameError("no room", "set `room` for this source")
        message = Message(room=place)
        translation = TRANSLATIONS.get(envelope.type)
        if translation is None:
            message.unknown = None if envelope.type == 0 else f"Type {envelope.type}"
            return message
        identity = said.identity()
        digits = identity is not None and len(identity) <= 20 and identity.isdecimal()
        snowflake = int(identity or 0) if digits else 0
        at, at_from = recovered(snowflake, received)
        message.facts = translation(
            said,
            {
                "room": place,
                "at": at,
                "at_from": at_from,
                "id": identity,
                "session": None if str(said.room_id) in NOBODY else str(said.room_id),
                "platform": "douyin",
            },
        )
        return message
