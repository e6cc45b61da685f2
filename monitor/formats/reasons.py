"""Why something can not be read: one constant phrase for each kind of mistake.

msgspec raises three unrelated exceptions on hostile bytes (MsgspecError,
UnicodeDecodeError, RecursionError) and tells more in its text than in their
types, so the text and the bytes it points at are looked at here, off the fast
path. `test_hostile.py` holds these phrases to the list of hostile inputs.
"""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

MISTAKES = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
SNIPPET = 160  # characters

_BYTE = re.compile(r"\(byte ([0-9]+)\)")
_HIGH_ALONE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_LONG_NUMBER = re.compile(rb"[0-9]{300}")
_OPEN_STRING = re.compile(rb'"([A-Za-z_]{1,40})"\s*:\s*"(?:[^"\\]|\\.){1024,}\Z', re.DOTALL)
_NUMBERS = frozenset({"int", "float"})
_MONEY = frozenset({"amount_minor", "was_minor", "goal_minor", "spend_minor", "price"})
_MILLISECONDS = (946_684_800_000, 4_102_444_800_000)  # years 2000 to 2100
_HEAD = 8_192  # bytes of an oversized frame that are looked at


class _At(Struct):
    at: float


_AT = msgspec.json.Decoder(_At)


def snippet(raw: bytes, detail: str = "") -> str:
    """`detail` and the beginning of `raw` in printable characters: no control, bidi, newline."""
    text = raw[: SNIPPET * 2].decode("utf-8", "backslashreplace")
    if detail:
        text = f"{detail[:60]}; {text}"
    return repr(text)[1:-1][:SNIPPET]


def why(error: Exception, data: bytes) -> str:
    """The constant phrase for `error`, which was raised on reading `data`."""
    if isinstance(error, UnicodeDecodeError):
        return "invalid UTF-8"
    if isinstance(error, RecursionError):
        return "nested too deep"
    if isinstance(error, msgspec.ValidationError):
        return _invalid(str(error), data)
    return _malformed(str(error), data)


def _malformed(text: str, data: bytes) -> str:
    if "truncated" in text:
        if not data:
            return "empty"
        if not data.strip():
            return "only spaces"
        return "lone surrogate" if _HIGH_ALONE.search(data) else "truncated"
    if "trailing characters" in text:
        return "trailing bytes"
    if "surrogate" in text:
        return "lone surrogate"
    found = _BYTE.search(text)
    if "invalid character" in text and found is not None:
        at = int(found[1])
        if data.startswith(b"\xef\xbb\xbf"):
            return "byte order mark"
        if data.startswith(b"NaN", at):
            return "NaN"
        if data.startswith(b"Infinity", at):
            return "Infinity"
        if data[at : at + 1] < b" ":
            return "raw control character"
    return "bad JSON"


def _invalid(text: str, data: bytes) -> str:
    what, _, path = text.partition(" - at `")
    name = path.rstrip("`").rpartition(".")[2]
    if what.startswith("Object missing required field"):
        return "missing field"
    if what.startswith(("Invalid value", "Invalid enum value")):
        return "unknown type" if path == "$.type`" else "unknown value"
    if "out of range" in what:
        return "integer too long" if _LONG_NUMBER.search(data) else "number out of range"
    if ", got `" in what:
        return _wrong_kind(what, path)
    if "of length" in what:
        if "<=" not in what:
            return "empty name"
        return f"{name} too long" if name in {"id", "text", "room"} else "name too long"
    if name == "at":
        return _time(data)
    if name in _MONEY:
        return "money out of range"
    return "number out of range" if what.startswith("Expected `") and "= " in what else "wrong type"


def _wrong_kind(what: str, path: str) -> str:
    wanted, _, got = what.removeprefix("Expected `").rstrip("`").partition("`, got `")
    if not path:
        return {"null": "null", "int": "bare number", "float": "bare number"}.get(
            got, "not an object"
        )
    if _NUMBERS.intersection(wanted.split(" | ")):
        if got == "bool":
            return "bool where a number belongs"
        if got == "str":
            return "text where a number belongs"
        if got == "float":
            return "fraction where a whole number belongs"
    return "wrong type"


def _time(data: bytes) -> str:
    try:
        at = _AT.decode(data).at
    except MISTAKES:
        return "time out of range"
    return why_not_at(at)


def why_not_at(at: float) -> str:
    """The phrase for an instant outside the years 2000 to 2100."""
    if at < 946_684_800:
        return "time too long ago"
    if _MILLISECONDS[0] <= at <= _MILLISECONDS[1]:
        return "time in milliseconds"
    return "time too far ahead"


def why_too_large(data: bytes) -> str:
    """What makes a frame over the limit so large, by a look at its beginning alone."""
    head = data[:_HEAD]
    opened = _OPEN_STRING.search(head)
    if opened is not None:
        name = opened[1].decode()
        return f"{name} too long" if name in {"id", "text", "room"} else "name too long"
    if _LONG_NUMBER.search(head[-2_000:]):
        return "integer too long"
    if head.count(b"[") > _HEAD // 8 or head.count(b'{"') > _HEAD // 16:
        return "nested too deep"
    if head.lstrip().startswith(b"[null") and head.count(b"null") > _HEAD // 8:
        return "too many nulls"
    if head.count(b"{") == 1 and head.count(b'":') > 200:
        return "too many keys"
    return "too large"
