"""
DouyinBarrageGrab: JSON in a string, ids of two kinds, and no time at all.
"""

import json
from typing import Any

import pytest

from monitor.events import Comment, Event, Gift, Like, Viewers
from monitor.formats.decoder import Decoder
from monitor.frames import Frame

NOW = 1_795_370_003.0


def message(kind: int, **data: Any) -> bytes:
    said = {"MsgId": 5, "RoomId": "7", "WebRoomId": "88", "User": {"Id": 1, "Nickname": "n"}}
    return json.dumps({"Type": kind, "Data": json.dumps(said | data)}).encode()


def decode(data: bytes, room: str | None = None) -> tuple[list[Event], Decoder]:
    decoder = Decoder(source="d", format="barragegrab", room=room)
    batches = decoder.receive([Frame(data=data, received_at=NOW)], NOW)
    return [event for batch in batches for event in batch.events], decoder


def one(data: bytes, room: str | None = None) -> Any:
    events, decoder = decode(data, room)
    assert 1 == len(events), decoder.rejected
    return events[0]


@pytest.mark.parametrize(
    ("room", "configured", "data"),
    [
        ("88", None, {}),
        ("88", "mine", {}),
        ("88", None, {"WebRoomId": 88}),
        ("mine", "mine", {"WebRoomId": ""}),
        ("mine", "mine", {"WebRoomId": 0}),
        ("7", None, {"WebRoomId": None, "RoomId": 7}),
    ],
)
def test_the_room_is_the_lasting_number(
    room: str, configured: str | None, data: dict[str, Any]
) -> None:
    """
    WebRoomId, else the configured room, else the broadcast's id.
    """
    data = {key: value for key, value in data.items() if value is not None}
    if "RoomId" in data:
        data["WebRoomId"] = ""

    assert room == one(message(4, **data), configured).room


def test_without_any_room_it_is_refused() -> None:
    """
    And says what to set.
    """
    _, decoder = decode(message(4, RoomId=0, WebRoomId=""))

    ((reason, sample),) = decoder.samples

    assert "no room" == reason
    assert sample.startswith("set `room` for this source")


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("42", {"Id": 42, "SecUid": "MS", "Nickname": "n"}),
        ("42", {"Id": "42"}),
        ("MS", {"Id": 111111, "SecUid": "MS", "Nickname": "n"}),
        ("MS", {"Id": 0, "SecUid": "MS"}),
        ("n", {"Id": 0, "Nickname": "n"}),
        ("11", {"Id": 11, "Nickname": "n"}),
        (None, {"Id": 0}),
    ],
)
def test_a_viewer_is_told_from_others(name: str | None, user: dict[str, Any]) -> None:
    """
    By the id unless it is masked, by the lasting key, by the name.
    """
    assert name == one(message(4, User=user)).user


def test_a_comment_or_gift_of_nobody_is_refused() -> None:
    """
    A like of nobody is still a like.
    """
    for kind in (1, 5):
        assert {"missing field": 1} == decode(message(kind, User={"Id": 0}))[1].rejected
    assert isinstance(one(message(2, User={"Id": 0}, Count=2)), Like)


@pytest.mark.parametrize(
    ("value", "kind", "data"),
    [
        (7, "delta", {"Count": 7, "Total": 900}),
        (900, "total", {"Total": 900}),
        (1, "delta", {}),
        (0, "delta", {"Count": 0}),
    ],
)
def test_likes_are_deltas_where_they_say_so(value: int, kind: str, data: dict[str, int]) -> None:
    """
    Count is a delta, Total what there was so far; never both.
    """
    like = one(message(2, **data))

    assert (value, kind) == (like.value, like.kind)


def test_a_streak_of_gifts_has_an_id_for_each_step() -> None:
    """
    The platform repeats the first id; the place in the streak tells them apart.
    """
    steps = [one(message(5, GiftName="g", GiftCount=1, RepeatCount=n)) for n in (1, 2)]

    assert ["5#1", "5#2"] == [step.id for step in steps]


def test_coins_become_yuan() -> None:
    """
    Three gifts of 15 coins: 4.5 yuan, virtual.
    """
    gift = one(message(5, GiftName="g", GiftCount=3, DiamondCount=15))

    assert isinstance(gift, Gift)
    assert (3, 450, True) == (gift.value, gift.amount_minor, gift.virtual)


def test_counts_as_text_are_lower_bounds() -> None:
    """
    Only where there is no number; nonsense is refused.
    """
    numbers = one(message(6, OnlineUserCount=12, OnlineUserCountStr="10+", TotalUserCountStr=""))
    text = one(message(6, OnlineUserCount=0, OnlineUserCountStr="1.2万"))
    _, nonsense = decode(message(6, OnlineUserCountStr="many"))

    assert (12, False) == (numbers.online, numbers.lower_bound)
    assert (12_000, True) == (text.online, text.lower_bound)
    assert {"bad count": 1} == nonsense.rejected


def test_an_entrance_tells_how_many_are_there() -> None:
    """
    Two facts with ids of their own; without the count, one.
    """
    events, _ = decode(message(3, CurrentCount=40))

    assert ["5", "5#online"] == [event.id for event in events]
    assert isinstance(events[1], Viewers)
    assert 1 == len(decode(message(3))[0])


@pytest.mark.parametrize(
    ("is_host", "owner"),
    [
        (True, {"UserId": "1"}),
        (True, {"UserId": 1}),
        (False, {"UserId": "2", "SecUid": "MS"}),
        (True, {"UserId": 0, "SecUid": "MS"}),
        (False, {}),
    ],
)
def test_the_host_is_known_by_id_or_key(is_host: bool, owner: dict[str, Any]) -> None:
    """
    `Onwer` is their spelling.
    """
    said = one(message(1, Content="t", User={"Id": 1, "SecUid": "MS"}, Onwer=owner))

    assert isinstance(said, Comment)
    assert is_host is said.is_host


def test_the_time_is_recovered_or_received() -> None:
    """
    From the id's upper half where that can be; ids of any length do no harm.
    """
    for at, number in (
        (NOW - 2, (int(NOW) - 2) << 32),
        (NOW, 12),
        (NOW, "not a number"),
        (NOW, "9" * 200),
    ):
        assert at == one(message(4, MsgId=number)).at


def test_a_wrong_type_inside_the_string_keeps_its_reason() -> None:
    """
    Broken JSON in the string is one thing, a text where a number belongs another.
    """
    assert {"text where a number belongs": 1} == decode(message(2, Count="2"))[1].rejected
    broken = json.dumps({"Type": 1, "Data": '{"MsgId":'}).encode()
    assert {"broken JSON in a string": 1} == decode(broken)[1].rejected
