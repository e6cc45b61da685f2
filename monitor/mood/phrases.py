"""What an operator adds to the shipped lists, in a YAML file of their own:

complaints:
  - topic: quality
    phrases: [钻绒, 跑毛]
harmless: [主播太坑了, 心态崩了]     # banter of this room, however it sounds
forbidden:
  - name: 本店禁用
    terms: [原单, 尾货]
allowed: [独家设计]                  # contexts in which a forbidden term is none
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from monitor import yamlfile
from monitor.errors import ConfigError
from monitor.mood.compliance import Law, Terms
from monitor.mood.normalise import plain
from monitor.shapes import Path

SHORTEST, LONGEST = 2, 40  # letters; one letter would be found everywhere
MOST = 5_000  # phrases of a file

Topic = Literal[
    "quality", "price", "logistics", "aftersale", "host", "stream", "compliance", "other"
]


class Complaints(Struct, frozen=True, forbid_unknown_fields=True):
    """What viewers write when they complain about a topic."""

    topic: Topic
    phrases: tuple[str, ...]


class Phrases(Struct, frozen=True, forbid_unknown_fields=True):
    """An operator's own phrases."""

    complaints: tuple[Complaints, ...] = ()
    harmless: tuple[str, ...] = ()
    forbidden: tuple[Terms, ...] = ()
    allowed: tuple[str, ...] = ()

    @property
    def law(self) -> Law:
        """What is forbidden and allowed beside the shipped list."""
        return Law(self.forbidden, self.allowed)


def load(source: pathlib.Path | str, name: str = "") -> Phrases:
    """A file (a Path) or text. Raises ConfigError with every mistake in it."""
    loaded = yamlfile.load(source, Phrases, name, error=ConfigError)
    mistakes = [loaded.mistake(where, what) for where, what in _mistakes(loaded.value)]
    if mistakes:
        raise ConfigError(*mistakes)
    return loaded.value


def _mistakes(written: Phrases) -> Iterator[tuple[Path, str]]:
    seen: dict[str, str] = {}
    for count, (where, phrase, what) in enumerate(_each(written), 1):
        bare = plain([phrase])
        if not SHORTEST <= len(bare) <= LONGEST:
            yield where, f"`{phrase}` has {len(bare)} letters — write {SHORTEST} to {LONGEST}"
        elif where[0] in ("complaints", "harmless") and seen.setdefault(bare, what) != what:
            yield where, f"`{phrase}` is {seen[bare]}, too — keep one of them"
        if count > MOST:
            yield where, f"more than {MOST:,} phrases — keep the ones that matter"
            return


def _each(written: Phrases) -> Iterator[tuple[Path, str, str]]:
    """Every phrase: where it stands, itself, and what it is taken for."""
    for index, group in enumerate(written.complaints):
        for place, phrase in enumerate(group.phrases):
            yield ("complaints", index, "phrases", place), phrase, f"a complaint ({group.topic})"
    for place, phrase in enumerate(written.harmless):
        yield ("harmless", place), phrase, "harmless"
    for index, terms in enumerate(written.forbidden):
        for place, term in enumerate(terms.terms):
            yield ("forbidden", index, "terms", place), term, "forbidden"
    for place, phrase in enumerate(written.allowed):
        yield ("allowed", place), phrase, "allowed"
