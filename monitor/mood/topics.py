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

_LETTER = re.compile("[a-z0-9]")
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
        beginning = defaultdict(list)
        for phrase in sorted(self._topic, key=len, reverse=True):
            beginning[phrase[:2]].append((phrase, len(phrase), phrase.isascii()))
        self._beginning: dict[str, Sequence[tuple[str, int, bool]]] = dict(beginning)

    def find(self, text: str, places: Iterable[int] | None = None) -> list[Found]:
        """Every phrase in a folded text, by place; those of letters may overlap the others.

        `places` are where phrases may begin, in order; None: anywhere.
        """
        found: list[Found] = []
        free = [0, 0]  # where the next phrase may begin: of characters, of letters
        begin = self._beginning.get
        for start in range(len(text)) if places is None else places:
            for phrase, size, letters in begin(text[start : start + 2]) or begin(text[start], ()):
                end = start + size
                if start < free[letters] or not text.startswith(phrase, start):
                    continue
                if letters and (_LETTER.match(text[start - 1 : start]) or _LETTER.match(text, end)):
                    continue
                found.append(Found(start, end, self._topic[phrase]))
                free[letters] = end
                break
        return found


def shipped() -> Lists:
    """The phrases that are shipped."""
    data = resources.files("monitor.mood").joinpath("phrases.json").read_bytes()
    return list(msgspec.json.decode(data, type=Shipped).topics.items())


def load() -> Lexicon:
    """The lexicon that is shipped."""
    return Lexicon(shipped())
