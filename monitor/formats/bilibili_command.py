"""One Bilibili command, and what a translation of it may look at."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct

from monitor.formats.translate import happened

ABSENT = Raw(b"null")


class Command(Struct):
    """The part that all commands share; some carry what they say beside `data`."""

    cmd: str
    room: int | str | None = None
    recv: float | None = None
    roomid: int | str | None = None
    data: Raw = ABSENT
    info: Raw = ABSENT
    msg: str | None = None
    live_key: str | None = None
    live_time: float | None = None

    @property
    def silent(self) -> bool:
        """Whether only its arrival was kept."""
        return bytes(self.data) == b"null" and bytes(self.info) == b"null"


class Context(Struct):
    """What a translation may look at beside the command's own data."""

    command: Command
    room: str
    received: float
    combos: dict[str, None]  # batches of gifts that came as SEND_GIFT, the oldest first

    def common(self, seconds: float | None = None) -> dict[str, Any]:
        at, at_from = happened(seconds, self.received)
        return {"room": self.room, "at": at, "at_from": at_from, "platform": "bilibili"}

    def data(self, kind: Any) -> Any:
        """The command's data as `kind`. Raises ValidationError."""
        return msgspec.json.decode(self.command.data, type=kind)
