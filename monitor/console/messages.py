"""What a screen and the feed say to each other beside the frames of a picture.

client  sub{view: "wall"}, or sub{view: "room", room}   resync
server  hello{…}, once, before anything else
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from monitor.console.access import Caller
from monitor.console.screen import MESSAGE_BYTES, MESSAGES_PER_S

encode = msgspec.json.Encoder().encode


class Subscribe(Struct, tag_field="type", tag="sub", forbid_unknown_fields=True):
    """Show me this."""

    view: Literal["wall", "room"]
    room: str = ""


class Resync(Struct, tag_field="type", tag="resync", forbid_unknown_fields=True):
    """I missed a frame."""


_message = msgspec.json.Decoder(Subscribe | Resync)


def read(text: str) -> Subscribe | Resync | None:
    """What a screen said; None where it is nothing we know."""
    try:
        return _message.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return None


def hello(
    caller: Caller, *, now: float, seq: int, asset_version: str, timezone: str, screens: int
) -> dict[str, Any]:
    """Who is looking, what time it is, and what the server is held to."""
    return {
        "type": "hello",
        "name": caller.name,
        "role": caller.role,
        "open": caller.via == "open",
        "csrf": caller.csrf,
        "server_time": now,
        "seq": seq,
        "asset_version": asset_version,
        "timezone": timezone,
        "limits": {
            "screens": screens,
            "message_bytes": MESSAGE_BYTES,
            "messages_per_s": MESSAGES_PER_S,
        },
    }
