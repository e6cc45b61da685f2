"""What the daemon and its workers tell each other over a socket: four bytes of length, msgpack.

daemon ─ orders ─▶ worker     in order, so that a tick sees all facts sent before it
daemon ◀─ answers ─ worker    one for each order that wants one, in their order
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from monitor.alerts.alert import Alert, Change
from monitor.alerts.routes import RoomTag
from monitor.engines.footing import Written
from monitor.engines.freight import Load
from monitor.events import Event
from monitor.rules.together import Share
from monitor.shard.answers import Answer
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.placing import Claimed
from monitor.signals.tables import Settings
from monitor.signals.views import RoomView

HEAD = 4  # bytes of a message's length, the highest first
MOST = (1 << 32) - 1  # bytes of a message


class Order(Struct, tag=True):
    """What the daemon tells a worker."""


class Lay(Order):
    """The first: what to watch rooms by. Answered by Done."""

    written: Written
    core: Settings
    salt: bytes  # of the keys of names (parcels.py)


class Facts(Order):
    """Facts, and rooms that were heard from; see frames.Batch."""

    source: str
    received_at: float
    now: float
    heard: tuple[str, ...]
    load: Load | None


class Restore(Order):
    """See Shard.restore."""

    alerts: list[Alert]
    episodes: dict[str, int]
    last_at: float | None


class Expect(Order):
    room: str
    at: float
    until: float


class Claim(Order):
    """What do your rooms know of these orders? Answered by Claims."""

    orders: list[Event]


class Place(Order):
    """These orders are of these rooms."""

    orders: list[Event]
    rooms: list[str]
    now: float


class Tick(Order):
    """Answered by Shared, where other rules have to be asked meanwhile, or by Ticked."""

    now: float
    views: bool
    rooms: list[str]  # that somebody looks at


class Hear(Order):
    """The tick goes on: what the rules of platforms say. Answered as a tick is."""

    told: list[Answer]


class Acknowledge(Order):
    """Answered by Acknowledged."""

    key: str
    episode: int
    by: str
    now: float


class Prepare(Order):
    """Compile this; ticks go on meanwhile. Answered by Prepared, whenever that is done."""

    written: Written


class Reload(Order):
    """Put in force what was prepared. Answered by Reloaded."""

    now: float


class Look(Order):
    """Answered by Seen."""

    room: str
    now: float


class Explain(Order):
    """Answered by Explained."""

    rule: str
    room: str
    sku: str | None


class Reply(Struct, tag=True):
    """What a worker answers."""


class Done(Reply):
    pass


class Prepared(Reply):
    """Out of order: other answers do not wait for it."""


class News(Struct):
    """What is not as it was when the worker was asked last."""

    alerts: list[Alert]
    closed: list[str]  # their keys
    tags: dict[str, RoomTag]
    figures: dict[str, Any]
    failures: dict[str, int]  # of summaries, by rule
    broken: dict[str, str]  # rules that were switched off, and where they threw
    broke: str = ""  # what the last batch broke on


class Claims(Reply):
    claims: list[Claimed]


class Shared(Reply):
    shares: list[Share]


class Ticked(Reply):
    """Changes by when they came: of restored alerts, of each group of rules, of the end."""

    adopted: list[Change]
    asked: list[tuple[int, list[Change]]]
    ended: list[Change]
    shares: list[Share]
    gone: tuple[str, ...]
    views: list[RoomView] | None
    details: dict[str, RoomDetail | None]
    news: News


class Acknowledged(Reply):
    change: Change | None
    first: bool
    news: News


class Reloaded(Reply):
    changes: list[Change]
    news: News


class Seen(Reply):
    detail: RoomDetail | None


class Explained(Reply):
    found: Explanation | None
    why: str


AnyOrder = (
    Lay | Facts | Restore | Expect | Claim | Place | Tick | Hear | Acknowledge | Prepare | Reload
    | Look | Explain
)  # fmt: skip
AnyReply = Done | Prepared | Claims | Shared | Ticked | Acknowledged | Reloaded | Seen | Explained

_ENCODE = msgspec.msgpack.Encoder().encode
_ORDER: msgspec.msgpack.Decoder[AnyOrder] = msgspec.msgpack.Decoder(AnyOrder)
_REPLY: msgspec.msgpack.Decoder[AnyReply] = msgspec.msgpack.Decoder(AnyReply)


def framed(message: AnyOrder | AnyReply) -> bytes:
    """A message with its length."""
    body = _ENCODE(message)
    assert len(body) <= MOST, "a message is much smaller"
    return len(body).to_bytes(HEAD, "big") + body


def order(body: bytes | memoryview) -> AnyOrder:
    return _ORDER.decode(body)


def reply(body: bytes | memoryview) -> AnyReply:
    return _REPLY.decode(body)
