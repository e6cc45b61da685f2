"""How the bytes of a frame fall into items: one object, a JSON array, or JSON Lines.

    fast   every item at once, straight into Structs; one mistake fails them all
    slow   only then: the items apart (`msgspec.Raw`), each read alone, so that a
           bad one is refused by itself with its index and its reason

Duplicate keys are legal to a JSON parser (the last wins) and a way to say one
thing to us and another to somebody else, so they are refused. Looking for them
costs as much as reading, so it is done where it can be afforded: in frames up to
`SMALL` bytes, and in every item of the slow path.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw

from monitor.errors import FrameError
from monitor.formats.format import Refused
from monitor.formats.reasons import MISTAKES, snippet, why

T = TypeVar("T")

SMALL = 4_096  # bytes
MOST_REFUSED = 1_000  # items of one frame; what follows is not read

_SECOND_LINE = re.compile(rb"\n\s*\S")
_KEYS = re.compile(rb'"([^"\\]{1,64})"\s*:')
_RAWS = msgspec.json.Decoder(list[Raw])


class Typed(Generic[T]):
    """Reads a whole frame of items of one (tagged) type at once."""

    def __init__(self, kind: Any) -> None:
        self._one: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
        self._many: msgspec.json.Decoder[list[T]] = msgspec.json.Decoder(list[kind])
        self.one = self._one.decode

    def every(self, data: bytes) -> list[T] | None:
        """Every item of the frame; None if there is a mistake in any of them."""
        try:
            if is_array(data):
                items = self._many.decode(data)
            elif is_lines(data):
                items = self._lines(data)
            else:
                items = [self._one.decode(data)]
        except MISTAKES:
            return None
        if len(data) <= SMALL and may_repeat_keys(data, len(items)):
            return None
        return items

    def _lines(self, data: bytes) -> list[T]:
        try:
            return self._one.decode_lines(data)
        except MISTAKES:
            return [self._one.decode(data)]  # one object, printed over several lines


def is_array(data: bytes) -> bool:
    """Whether the first thing in `data` is a `[`."""
    return (data[:1] if data[:1] in (b"[", b"{") else data.lstrip()[:1]) == b"["


def is_lines(data: bytes) -> bool:
    """Whether `data` may be more than one line."""
    return b"\n" in data and _SECOND_LINE.search(data) is not None


def split(data: bytes) -> Iterable[bytes | Raw]:
    """The items of a frame, apart and unread. Raises FrameError if there is no telling."""
    try:
        if is_array(data):
            return _RAWS.decode(data)
        if not is_lines(data):
            return [data]
        try:
            msgspec.json.decode(data, type=Raw)  # one object, printed over several lines
        except MISTAKES:
            return (line for line in BytesIO(data) if line.strip())
        return [data]
    except MISTAKES as error:
        raise FrameError(why(error, data), snippet(data)) from error


def apart(
    data: bytes, read: Callable[[bytes], T], unknown: Callable[[bytes], None]
) -> tuple[list[T], list[int], list[Refused]]:
    """Read the items of a frame one by one: what was read, its indexes, what was refused.

    `read` may raise FrameError or any of MISTAKES; `unknown` is told of items of
    a type it does not know. Raises FrameError if the frame does not fall apart.
    """
    found: list[T] = []
    indexes: list[int] = []
    refused: list[Refused] = []
    for index, raw in enumerate(split(data)):
        if len(refused) == MOST_REFUSED:
            refused.append(Refused(None, "too many mistakes in one frame"))
            break
        item = bytes(raw)
        try:
            if len(item) <= SMALL and repeats_keys(item):
                raise FrameError("duplicate key")
            found.append(read(item))
            indexes.append(index)
        except (FrameError, *MISTAKES) as error:
            reason = error.reason if isinstance(error, FrameError) else why(error, item)
            if reason == "unknown type":
                unknown(item)
            detail = error.detail if isinstance(error, FrameError) else ""
            refused.append(Refused(index, reason, snippet(item, detail)))
    return found, indexes, refused


def may_repeat_keys(data: bytes, items: int) -> bool:
    """Whether some key occurs more often than there are items to hold it."""
    keys = _KEYS.findall(data)
    distinct = len(set(keys))
    if len(keys) == distinct:
        return False
    return max(Counter(keys).values()) > items


def repeats_keys(item: bytes) -> bool:
    """Whether an object in `item` has a key twice."""
    if not may_repeat_keys(item, 1):
        return False
    try:
        json.loads(item, object_pairs_hook=_distinct)
    except FrameError:
        return True
    except (ValueError, RecursionError):
        return False  # broken some other way: its own reading tells how
    return False


def _distinct(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise FrameError("duplicate key")
