"""YAML text to a Struct; every mistake with file:line:column.

A small, plain part of YAML 1.2: mappings, lists and scalars. Anchors, aliases,
tags, directives and further documents are refused, so the size of a file bounds
what it means; so are duplicate keys. Words stay words (`on`, `no`, `1:30`), and so do
digits that would lose something as a number (`08`, an article's number).
"""

from __future__ import annotations

import pathlib
import re
from functools import lru_cache
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from monitor.documents import (
    MAX_DEPTH,
    Document,
    Loaded,
    Place,
    UnreadableError,
    read_text,
)
from monitor.errors import InputError, RuleError
from monitor.shapes import Path

T = TypeVar("T")

REMEMBERED = 128  # texts that were read lately, and what they hold; nobody writes to that

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,29})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_ADVICE = (  # what the parser says, and what to write
    ("'\\t'", "a tab — indent with spaces"),
    (
        "mapping values are not allowed",
        "a `:` out of place — line the keys up, and put text with `: ` in quotes",
    ),
    ("found unexpected end of stream", "a quote is opened and not closed — close it"),
    ("could not find expected ':'", "a line without `:` — write `name: value`"),
    ("found unexpected ':'", "a stray `:` — put the text in quotes"),
    ("while parsing a block", "breaks off here — line it up with the item it belongs to"),
    ("while parsing a flow", "breaks off here — close `[` with `]` and `{` with `}`"),
)


def load(
    source: pathlib.Path | str,
    wanted: type[T],
    name: str = "",
    *,
    error: type[InputError] = RuleError,
) -> Loaded[T]:
    """The file (a Path) or text (a str) as `wanted`; `name` is what mistakes call it.

    Raises `error` with every mistake found.
    """
    document = parse(source, name, error=error)
    value, mistakes = document.fit(wanted)
    if mistakes:
        raise error(*mistakes)
    assert value is not None, "what fits is not None"
    return Loaded(value, document)


def parse(
    source: pathlib.Path | str, name: str = "", *, error: type[InputError] = RuleError
) -> Document:
    """The file or text as plain values with their places, not yet compared with a Struct."""
    name = name or (str(source) if isinstance(source, pathlib.Path) else "text")
    try:
        builder = _built(read_text(source))
    except UnreadableError as last:
        raise error(f"{name}:{last.line}:{last.column}: {last.what}") from None
    if builder.mistakes:
        raise error(
            *(f"{name}:{each.line}:{each.column}: {each.what}" for each in builder.mistakes)
        )
    return Document(name, builder.root, builder.places)


@lru_cache(maxsize=REMEMBERED)
def _built(text: str) -> _Builder:
    """What a text holds. A reload reads the same texts again, but for what was edited."""
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except (MarkedYAMLError, ReaderError) as refused:
        builder.mistakes.append(_unreadable(refused, text))
    except UnreadableError as last:
        builder.mistakes.append(last)
    return builder


def _unreadable(refused: MarkedYAMLError | ReaderError, text: str) -> UnreadableError:
    """The parser's complaint in our words."""
    if isinstance(refused, ReaderError):
        before = text[: refused.position]
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        return UnreadableError(
            "a character that can not be seen — take it out", line + 1, column + 1
        )
    said = f"{refused.context or ''} {refused.problem or ''}".strip()
    what = next((advice for sign, advice in _ADVICE if sign in said), None)
    mark = refused.problem_mark or refused.context_mark
    if "while scanning a quoted" in said and refused.context_mark is not None:
        mark = refused.context_mark
    where = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return UnreadableError(what or f"{said} — write plain YAML", *where)


def _text_at(event: ScalarEvent, at: tuple[int, int]) -> tuple[int, int] | None:
    """Where a scalar's first character stands; None where it was folded or escaped."""
    quotes = 2 if event.style in ('"', "'") else 0
    written = event.end_mark.index - event.start_mark.index
    if event.style in ("|", ">") or written != len(event.value) + quotes:
        return None
    return at[0], at[1] + quotes // 2


class _Open:
    """A mapping or a list that is being filled."""

    def __init__(self, value: dict[str, Any] | list[Any], path: Path) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None
        self.key_at = (1, 1)


class _Builder:
    """Turns the parser's events into plain values and their places, without recursion."""

    def __init__(self) -> None:
        self.root: Any = None
        self.places: dict[Path, Place] = {}
        self.mistakes: list[UnreadableError] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        at = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise UnreadableError("a second document — write one document a file", *at)
            if event.version or event.tags:
                raise UnreadableError("a `%` directive — leave it out", *at)
        elif isinstance(event, AliasEvent):
            self._blame(at, "aliases are not read — write the value out")
            self._put(None, at)
        elif isinstance(event, ScalarEvent):
            self._scalar(event, at)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._begin(event, at)

    def _blame(self, at: tuple[int, int], what: str) -> None:
        self.mistakes.append(UnreadableError(what, *at))

    def _tags(self, event: Any, at: tuple[int, int]) -> None:
        if event.anchor is not None:
            self._blame(
                at, f"anchors (`&{event.anchor}`) are not read — write the value out each time"
            )
        if event.tag is not None:
            self._blame(at, "tags (`!…`) are not read — write the plain value")

    def _begin(self, event: MappingStartEvent | SequenceStartEvent, at: tuple[int, int]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise UnreadableError(f"nested deeper than {MAX_DEPTH} — write it flatter", *at)
        self._tags(event, at)
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            raise UnreadableError("a key that is a list or a mapping — write a word", *at)
        value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        path = self._put(value, at)
        self._open.append(_Open(value, path))

    def _scalar(self, event: ScalarEvent, at: tuple[int, int]) -> None:
        self._tags(event, at)
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            if event.value in top.value:
                first = self.places[(*top.path, event.value)].key[0]
                self._blame(at, f"`{event.value}` is already there in line {first} — write it once")
            top.key, top.key_at = event.value, at
            return
        value = self._plain(event.value, at) if event.implicit[0] else event.value
        self._put(value, at, _text_at(event, at))

    def _plain(self, text: str, at: tuple[int, int]) -> Any:
        """A scalar without quotes."""
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                self._blame(at, f"`{text}` is too great — write a number a computer can hold")
            return number
        return text

    def _put(self, value: Any, at: tuple[int, int], text_at: tuple[int, int] | None = None) -> Path:
        """Set the value where the parser stands, and return its path."""
        if not self._open:
            self.root = value
            self.places[()] = Place(at, at, text_at)
            return ()
        top = self._open[-1]
        if isinstance(top.value, list):
            path: Path = (*top.path, len(top.value))
            top.value.append(value)
            self.places[path] = Place(at, at, text_at)
            return path
        assert top.key is not None, "a value in a mapping follows its key"
        path = (*top.path, top.key)
        if path not in self.places:
            top.value[top.key] = value
            self.places[path] = Place(top.key_at, at, text_at)
        top.key = None
        return path
