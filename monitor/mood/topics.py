"""The phrases people complain with, by topic, and the one pass that finds them.

They come from phrases.json, our own list, and from an operator's own (phrases.py). A
phrase of Chinese characters is found anywhere, one of letters or digits only as whole
words. At one place the longest phrase wins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from monitor.mood.model import TOPICS
from monitor.mood.normalise import plain

Lists: TypeAlias = Sequence[tuple[str, Sequence[str]]]  # topic, its phrases


class Shipped(Struct, frozen=True, forbid_unknown_fields=True):
    """phrases.json: the phrases of each topic."""

    origin: str
    topics: dict[str, list[str]]


class Found(NamedTuple):
    """A phrase in a text: text[start:end], and the index of its topic."""

    start: int
    end: int
    topic: int


class Lexicon:
    """Finds the phrases of the topics."""

    def __init__(self, lists: Lists, own: Lists = ()) -> None:
        """`own` phrases by topic are found beside the shipped ones, and outrank them."""
        self._topic = {
            plain([phrase]): TOPICS.index(topic)
            for topic, phrases in (*lists, *own)
            for phrase in phrases
        }
        self.phrases = list(self._topic)
        words = [phrase for phrase in self.phrases if phrase.isascii()]
        self._characters = re.compile(_branches(set(self._topic) - set(words)))
        self._words = re.compile(rf"(?<![a-z0-9])(?:{_branches(words)})(?![a-z0-9])")

    def find(self, text: str) -> list[Found]:
        """Every phrase in a folded text, by place."""
        found = [
            Found(match.start(), match.end(), self._topic[match[0]])
            for expression in (self._characters, self._words)
            for match in expression.finditer(text)
        ]
        found.sort()
        return found


def shipped() -> Lists:
    """The phrases that are shipped."""
    data = resources.files("monitor.mood").joinpath("phrases.json").read_bytes()
    return list(msgspec.json.decode(data, type=Shipped).topics.items())


def load() -> Lexicon:
    """The lexicon that is shipped."""
    return Lexicon(shipped())


def _branches(phrases: Iterable[str]) -> str:
    """One expression, branched by the first character: it is the one that rules most out."""
    by_first = defaultdict(list)
    for phrase in phrases:
        by_first[phrase[0]].append(phrase[1:])
    branches = (
        re.escape(first) + f"(?:{'|'.join(map(re.escape, sorted(rests, key=len, reverse=True)))})"
        for first, rests in sorted(by_first.items())
    )
    return "|".join(branches) or "(?!)"
