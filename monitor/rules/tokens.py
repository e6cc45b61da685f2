"""The text of an expression becomes names, numbers, quoted words and signs.

What people write out of habit from elsewhere (`&&`, `=`, `30s`, full-width
signs) is refused with what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Never

from msgspec import Struct

from monitor.rules.tree import ExpressionError

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<quoted>\"[^\"\\\n]*\"|'[^'\\\n]*')"
    r"|(?P<sign><=|>=|==|!=|[<>+*/(),-])"
)
_REFUSED_SIGNS = {
    "**": "multiply, for example `x * x`",
    "//": "divide with `/`",
    "&&": "write `and`",
    "||": "write `or`",
    "<>": "write `!=`",
    "=>": "write `>=`",
    "=<": "write `<=`",
    ":=": "write `==` to compare",
    "=": "write `==` to compare",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`",
    "~": "write `not`",
    "%": "write a share as a fraction: 0.25 for 25 %",
    ".": "names have no parts; write a metric by its whole name",
    "[": "names have no parts; write a metric by its whole name",
    '"': "close the quotation, without backslashes in it",
    "'": "close the quotation, without backslashes in it",
}


class Token(Struct, frozen=True):
    """A piece of the text; the last one is the empty end."""

    kind: str  # number, name, quoted, sign, end
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """The pieces of a text, spaces left out, with an end. Raises ExpressionError."""
    position = 0
    while position < len(text):
        sign = text[position : position + 2]
        match = None if sign in _REFUSED_SIGNS else _TOKEN.match(text, position)
        if match is None:
            _refuse_sign(text, position)
        kind, token = str(match.lastgroup), match[0]
        after = text[match.end() : match.end() + 1]
        if kind == "number" and (after in {"_", "."} or after.isalnum()):
            _refuse_number(text, position)
        if kind != "space":
            yield Token(kind, token, position)
        position = match.end()
    yield Token("end", "", len(text))


def _refuse_sign(text: str, position: int) -> Never:
    for sign in (text[position : position + 2], text[position]):
        if sign in _REFUSED_SIGNS:
            raise ExpressionError(
                position + 1, f"`{sign}` is not part of an expression", _REFUSED_SIGNS[sign]
            )
    sign = text[position]
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    plain = unicodedata.normalize("NFKC", sign)
    meant = plain.isascii() and plain.isprintable() and plain.strip() and plain != sign
    raise ExpressionError(
        position + 1,
        f"`{shown}` is not part of an expression",
        f"write `{plain}`" if meant else "write names, numbers, + - * /, comparisons, and, or, not",
    )


def _refuse_number(text: str, position: int) -> Never:
    match = re.match(r"[\w.]+", text[position:])
    assert match is not None, "a number begins here"
    raise ExpressionError(
        position + 1,
        f"`{shortened(match[0])}` is not a number",
        "write plain numbers: seconds for a span, minor units for money",
    )


def shortened(text: str) -> str:
    """A text short enough to be quoted in a mistake."""
    return text if len(text) <= 40 else text[:39] + "…"
