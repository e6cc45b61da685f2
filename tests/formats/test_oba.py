"""
oba-live-tool: orders without amounts, a receive time, and no room.
"""

import json
from typing import Any

import pytest

from monitor.events import OrderCreated, OrderPaid
from monitor.formats.decoder import Decoder
from monitor.formats.oba import Oba
from monitor.frames import Batch, Frame

NOW = 1_795_370_003.0


def receive(decoder: Decoder | None = None, msg_type: str = "comment", **said: Any) -> list[Batch]:
    decoder = decoder or Decoder(source="o", format="oba", room="desk")
    message = {"msg_type": msg_type, "msg_id": "1", "nick_name": "n", "content": "t"} | said
    return decoder.receive([Frame(data=json.dumps(message).encode(), received_at=NOW)], NOW)


def order(status: str, decoder: Decoder | None = None, **said: Any) -> Any:
    given = {"msg_id": f"69#{status}", "order_status": status, "product_id": "p1"} | said
    (batch,) = receive(decoder, "live_order", **given)
    (event,) = batch.events
    return event


@pytest.mark.parametrize(("status", "kind"), [("已下单", OrderCreated), ("已付款", OrderPaid)])
def test_an_order_is_one_piece_at_the_price_in_the_settings(status: str, kind: type) -> None:
    """
    Without a price the amount is 0: orders count, GMV is not made up.
    """
    priced = Decoder(source="o", format=Oba(prices={"p1": 9_900}), room="desk")

    assert kind is type(order(status))
    assert (1, 0) == (order(status).quantity, order(status).amount_minor)
    assert 9_900 == order(status, priced).amount_minor
    assert 0 == order(status, priced, product_id=2).amount_minor
    assert ("69", f"69#{status}") == (order(status).order, order(status).id)


@pytest.mark.parametrize(
    ("at", "at_from", "stamp"),
    [
        (NOW - 20, "platform", NOW - 20),
        (NOW - 20, "platform", (NOW - 20) * 1000),
        (NOW, "received", NOW - 7_200),
        (NOW, "received", NOW + 300),
        (NOW, "received", 0),
    ],
)
def test_an_order_was_made_when_it_says(at: float, at_from: str, stamp: float) -> None:
    """
    In seconds or milliseconds, if that can be; paid is when we hear of it.
    """
    made, paid = (order(status, order_ts=stamp) for status in ("已下单", "已付款"))

    assert (at, at_from) == (made.at, made.at_from)
    assert (NOW, "received") == (paid.at, paid.at_from)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOW - 2, NOW - 2),
        (NOW + 30, NOW + 30),
        (NOW, NOW - 31),
        (NOW, NOW - 3_599),
        (NOW - 86_400, NOW - 86_400),  # a recording
        (NOW, 0),
    ],
)
def test_the_tools_clock_is_believed_unless_it_is_a_little_wrong(at: float, told: float) -> None:
    """
    30 s to an hour off is a wrong clock; a day off is another day's recording.
    """
    (batch,) = receive(time=told * 1000)

    assert (at, "received") == (batch.events[0].at, batch.events[0].at_from)
    assert NOW == batch.received_at


def test_the_source_has_to_say_which_room_it_is() -> None:
    """
    The frames do not.
    """
    decoder = Decoder(source="o", format="oba")
    receive(decoder)

    assert {"no room": 1} == decoder.rejected


def test_unknown_statuses_and_types_are_counted() -> None:
    """
    And the room was heard.
    """
    decoder = Decoder(source="o", format="oba", room="desk")
    batches = [
        *receive(decoder, "live_order", order_status="未知状态"),
        *receive(decoder, "live_hologram"),
    ]

    assert {"live_order of unknown status": 1, "live_hologram": 1} == decoder.unknown
    assert [("desk",), ("desk",)] == [batch.heard for batch in batches]


def test_a_comment_of_nobody_is_refused() -> None:
    """
    A name, or at least an id.
    """
    decoder = Decoder(source="o", format="oba", room="desk")

    assert "7" == receive(decoder, nick_name="", user_id=7)[0].events[0].user  # type: ignore[union-attr]
    assert [] == receive(decoder, nick_name="")
    assert {"missing field": 1} == decoder.rejected
