"""When a phrase of complaint is none: it is denied, asked about, or said by or of somebody else.

A guard looks at the clause the phrase stands in, for "坏了 能退吗" complains and
asks; who is quoted, though, is told of the whole comment.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ENDS = re.compile(r"[ ,.!?;~…]")
_DENIALS = re.compile(r"[不没无未别]")
_STARTS_DENIED = frozenset("不没无未别")
_ASKS = re.compile(  # begins with a set of characters, which makes it quick
    r"\?|[吗嘛]|么(?!回|样的)$|可不可以|多久|多少|多大"
    r"|几[天点号码块件个斤岁时]|怎么(?![还又总老都这那])|怎样|咋|如何|哪|啥时|谁"
    r"|什么(?!都|玩意|东西|破|垃圾|态度)|还是(?=[^.]{1,4}$)|[会能可有用].{0,6}[不没]$"
)
_ASKS_EITHER = re.compile(r"(?<![不没])(.)[不没]\1")  # 好不好, 有没有
_LATIN = re.compile("[a-z]")
_ASKS_IN_ENGLISH = re.compile(
    r"\b(?:what|where|when|which|how|who|can i|could i|do you|does it|any)\b"
    r"|\b(?:is|are) (?:it|this|these)\b"
)
_URGES = re.compile(
    r"还[没不]|都.{1,6}了|催|到底|凭什么|为什么|怎么还|什么时候能|!!|是吧|呵呵|有意思吗|要脸吗"
    r"|死了吗|睡着了吗"
)
_QUOTES = re.compile(
    r"主播刚?说(?![的好话])|听.{0,2}说|有人说|人家说|评论区|弹幕|(?<!可)怕|担心|别家|其他家"
    r"|别的(?:家|直播)|隔壁(?!便宜)|以前|之前用|上个(?!月)|曾经"
)


def clause(line: str, start: int, end: int) -> tuple[int, int]:
    """The span of the clause around line[start:end]; a question mark after it belongs to it."""
    before = 0
    for match in _ENDS.finditer(line, 0, start):
        before = match.end()
    after = _ENDS.search(line, end)
    if after is None:
        return before, len(line)
    return before, after.end() if after[0] == "?" else after.start()


def denied(line: str, start: int) -> bool:
    """Whether a phrase at `start` is denied in the four characters before it."""
    if line[start] in _STARTS_DENIED:
        return False
    before = line[max(0, start - 4) : start]
    return (
        _DENIALS.search(before) is not None and _DENIALS.search(_ENDS.split(before)[-1]) is not None
    )


@lru_cache(4096)  # a room asks the same few questions all evening
def asks(text: str) -> bool:
    """Whether a text asks."""
    if _ASKS.search(text) is not None:
        return True
    if ("不" in text or "没" in text) and _ASKS_EITHER.search(text) is not None:
        return True
    return _LATIN.search(text) is not None and _ASKS_IN_ENGLISH.search(text) is not None


def urges(text: str) -> bool:
    """Whether a question is none: it presses, or wants no answer."""
    return _URGES.search(text) is not None


def quotes(text: str) -> bool:
    """Whether a text tells what others say, or of another shop or time."""
    return _QUOTES.search(text) is not None
