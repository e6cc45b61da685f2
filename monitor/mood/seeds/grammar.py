"""Draws labelled comments from patterns, always the same ones.

A file holds patterns, a line each, under headings that label what follows:

    = neg logistics                       label, and the topic or the kind
    (下单|拍)了{long}(还|)没发货          one of; a slot of words.txt
    {good}(几号)?(多少钱|怎么卖)          )? and }? mean: or not
    垃圾|恶心                             alternatives may stand bare

A dozen or more comments are drawn of each pattern, then some are dressed as viewers
dress them: a call before it, a mark, a face or a second thought behind it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

EACH = 30  # comments a pattern, at most
DRESSED = 0.4  # the share of them that is dressed

Node: TypeAlias = "str | Slot | Choice"
Way: TypeAlias = tuple["Node", ...]

LABELS = ("neg", "neu", "pos")


class Slot(NamedTuple):
    """{name}: any of the words of that name."""

    name: str


class Choice(NamedTuple):
    """(a|b|): one of several sequences."""

    options: tuple[Way, ...]


class Seed(NamedTuple):
    """A labelled comment. `about` is a topic of a complaint, or the kind of something else."""

    text: str
    label: str  # neg, neu or pos
    about: str


class Dress(Struct, frozen=True, forbid_unknown_fields=True):
    """dress.json: what viewers put before a comment of a label, and behind one of a kind."""

    calls: dict[str, tuple[str, ...]]
    ends: dict[str, tuple[str, ...]]
    english_ends: dict[str, tuple[str, ...]]

    def put_on(self, seed: Seed, dice: random.Random) -> Seed:
        """The same comment, dressed."""
        kind = "neg" if seed.label == "neg" else seed.about
        text = seed.text
        english = sum(mark.isascii() for mark in text) > 0.8 * len(text)
        ends = (self.english_ends if english else self.ends)[kind]
        if not english and dice.random() < 0.5:
            text = text.replace(",", dice.choice((" ", ",", ",")))
        if not english and dice.random() < 0.4:
            call = dice.choice(self.calls[seed.label])
            text = call + (" " if call[0] == "@" else dice.choice(("", "", " ", ","))) + text
        return Seed(text + dice.choice(ends) if dice.random() < 0.8 else text, *seed[1:])


class PatternError(ValueError):
    """A pattern is written wrong; says which file and line."""


def parse(pattern: str) -> Choice:
    """The tree of a pattern. Raises PatternError for a bracket without its other half."""
    choice, rest = _choice(pattern, 0, depth=0)
    if rest != len(pattern):
        raise PatternError(f"`)` without `(` at column {rest + 1}: {pattern}")
    return choice


def _choice(pattern: str, place: int, depth: int) -> tuple[Choice, int]:
    options: list[Way] = []
    current: list[Node] = []
    while place < len(pattern):
        mark = pattern[place]
        if mark == ")" and depth:
            break
        place += 1
        if mark == "|":
            options.append(tuple(current))
            current = []
        elif mark in "({":
            node, place = _bracket(pattern, place, mark, depth)
            if pattern.startswith("?", place):
                node, place = Choice(((node,), ())), place + 1
            current.append(node)
        elif mark == ")":
            return Choice((*options, tuple(current))), place - 1
        else:
            current.append(mark)
    options.append(tuple(current))
    return Choice(tuple(options)), place


def _bracket(pattern: str, place: int, mark: str, depth: int) -> tuple[Node, int]:
    if mark == "{":
        end = pattern.find("}", place)
        if end < 0:
            raise PatternError(f"`{{` without `}}`: {pattern}")
        return Slot(pattern[place:end]), end + 1
    inner, place = _choice(pattern, place, depth + 1)
    if not pattern.startswith(")", place):
        raise PatternError(f"`(` without `)`: {pattern}")
    return inner, place + 1


def draw(choice: Choice, words: Mapping[str, Choice], dice: random.Random) -> str:
    """One of the texts that a pattern stands for. Raises PatternError for an unknown slot."""
    parts = []
    for node in dice.choice(choice.options):
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Slot):
            if node.name not in words:
                raise PatternError(f"unknown slot {{{node.name}}}")
            parts.append(draw(words[node.name], words, dice))
        else:
            parts.append(draw(node, words, dice))
    return "".join(parts)


def seeds() -> list[Seed]:
    """Every comment of every file, in a fixed order, none twice."""
    folder = resources.files("monitor.mood.seeds")
    words = _words(folder.joinpath("words.txt").read_text("utf-8"))
    dress = msgspec.json.decode(folder.joinpath("dress.json").read_bytes(), type=Dress)
    found: dict[str, Seed] = {}
    for file in sorted(each.name for each in folder.iterdir()):
        if file.endswith(".txt") and file != "words.txt":
            for seed in _drawn(file, folder.joinpath(file).read_text("utf-8"), words, dress):
                found.setdefault(seed.text, seed)
    return list(found.values())


def _words(text: str) -> dict[str, Choice]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {
        name: parse(words.strip()) for name, _, words in (line.partition(":") for line in lines)
    }


def _drawn(file: str, text: str, words: Mapping[str, Choice], dress: Dress) -> Iterator[Seed]:
    label, about = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("= "):
            label, about = line[2:].split()
            continue
        if not line or line.startswith("#"):
            continue
        if label not in LABELS:
            raise PatternError(f"{file}:{number}: a pattern before its heading `= label about`")
        dice = random.Random(f"{about} {line}")  # noqa: S311  a seeded die, not a secret
        try:
            choice = parse(line)
            plain = dict.fromkeys(draw(choice, words, dice) for _ in range(3 * EACH))
        except PatternError as error:
            raise PatternError(f"{file}:{number}: {error}") from None
        for drawn in list(plain)[:EACH]:
            bare = drawn.strip()
            if not bare:
                continue
            yield Seed(bare, label, about)
            if dice.random() < DRESSED:
                yield dress.put_on(Seed(bare, label, about), dice)
