"""Words that the host, a title or a pin may not use: advertising terms the law forbids.

    "全网最低价,最后一件"      全网最低 is forbidden, 最后一件 is lawful
    "广告法不让说最好"         told of the rule, not a claim
    "请勿加微信"               denied, forbidden or warned of: not a claim

The shipped list is adlaw.json; an operator's own terms and contexts come beside it
(phrases.py). A hit is a hint for people, never a legal finding. What viewers write is
none of its business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import msgspec
from msgspec import Struct

from monitor.mood.evasion import unmask
from monitor.mood.normalise import LONGEST, plain

_OVERLAP = 40  # of the pieces a long speech is read in
_SPACED = re.compile(r"(?<=[一-鿿]) +(?=[一-鿿])")  # titles hide terms that way
_CLAUSE = re.compile(r"[,.!?;~…]|$")
_DENIED = re.compile(
    r"(?:不敢|不能|不可以|不允许|不让|不准|不得|不要|不用|不是|不说|不含|不代表|不支持|不提供|不做|不会|不存在"
    r"|别|请勿|切勿|禁止|严禁|谨防|警惕|当心|小心|并非|没有|没说|没法|拒绝|远离|无法|哪有|谁敢)[^,.!?;]{0,4}$"
)
_TOLD_OF = re.compile(
    r"广告法|极限词|违禁词|敏感词|违规词|不让说|不能说|不许说|不可以说|会被罚|要被罚"
)


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """Forbidden terms of a kind; `says` is what people read of it."""

    name: str
    terms: tuple[str, ...]
    says: str = ""


class Law(Struct, frozen=True, forbid_unknown_fields=True):
    """What is forbidden, and the contexts in which a term is none: "最近" is not 最."""

    groups: tuple[Terms, ...] = ()
    allowed: tuple[str, ...] = ()
    origin: str = ""


class Hit(NamedTuple):
    """A forbidden term that was used, as the list writes it."""

    term: str
    group: str
    says: str


class Compliance:
    """Finds forbidden terms."""

    def __init__(self, own: Law | None = None) -> None:
        """`own` comes beside the shipped list."""
        self.use(own or Law())

    def use(self, own: Law) -> None:
        """Put another list of the operator's in force."""
        self._hits, self._forbidden, self._allowed = _compiled(own)

    def find(self, text: str) -> list[Hit]:
        """The forbidden terms of a text, by place, each once; the longest at one place."""
        found: dict[str, Hit] = {}
        for first in range(0, max(len(text), 1), LONGEST - _OVERLAP):
            for hit in self._claims(
                _SPACED.sub("", unmask(plain([text[first : first + LONGEST]])))
            ):
                found.setdefault(hit.term, hit)
        return list(found.values())

    def _claims(self, line: str) -> Iterator[Hit]:
        spans = [match.span() for match in self._allowed.finditer(line)]
        for match in self._forbidden.finditer(line):
            start, end = match.span()
            if any(first <= start and end <= last for first, last in spans):
                continue
            if self._is_claim(line, start, end):
                yield self._hits[match[0]]

    def _is_claim(self, line: str, start: int, end: int) -> bool:
        before = [match.end() for match in _CLAUSE.finditer(line, 0, start) if match[0]]
        first = before[-1] if before else 0
        last = _CLAUSE.search(line, end)
        assert last is not None, "the end of a line ends a clause"
        if _TOLD_OF.search(line, first, last.start()):
            return False
        return _DENIED.search(line[first:start]) is None


def shipped() -> Law:
    """The list that is shipped."""
    data = resources.files("monitor.mood").joinpath("adlaw.json").read_bytes()
    return msgspec.json.decode(data, type=Law)


@lru_cache(maxsize=4)
def _compiled(own: Law) -> tuple[dict[str, Hit], re.Pattern[str], re.Pattern[str]]:
    """Hits by term, the pattern of all terms, and that of what is allowed. Every shard asks."""
    law = shipped()
    hits = {
        plain([term]): Hit(term, group.name, group.says or group.name)
        for group in (*law.groups, *own.groups)
        for term in group.terms
    }
    allowed = _any_of([plain([each]) for each in (*law.allowed, *own.allowed)])
    return hits, _any_of(list(hits)), allowed


def _any_of(terms: Sequence[str]) -> re.Pattern[str]:
    """The longest first; words of letters and digits only as whole words."""
    branches = [
        rf"(?<![a-z0-9]){re.escape(term)}(?![a-z0-9])" if term.isascii() else re.escape(term)
        for term in sorted(set(terms), key=lambda term: (-len(term), term))
    ]
    return re.compile("|".join(branches) or "(?!)")
