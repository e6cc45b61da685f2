"""Facts on their way to a worker."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from monitor.events import Event

_ENCODE = msgspec.json.Encoder().encode
_DECODE: msgspec.json.Decoder[list[Event]] = msgspec.json.Decoder(list[Event])


def pack(facts: Sequence[Event]) -> bytes:
    return _ENCODE(facts)


def unpack(data: bytes | memoryview) -> list[Event]:
    return _DECODE.decode(data)
