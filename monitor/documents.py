"""A file that people wrote: its values, where each stands, and how they fit a Struct.

`yamlfile` and `tomlfile` turn text into a Document; only they know its syntax.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from monitor import shapes
from monitor.shapes import Path

T = TypeVar("T")

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32

_TOO_LONG = "is longer than 1 MiB — split it into several files"


class Place(NamedTuple):
    """Where a value stands, counted from 1: its key (or dash) and itself.

    `text` is where its first character stands, if the value is text that stands in one
    line as it is meant; a character of it is then found by counting on.
    """

    key: tuple[int, int]
    value: tuple[int, int]
    text: tuple[int, int] | None = None


class UnreadableError(Exception):
    """The text can not be read any further; `line` and `column` count from 1."""

    def __init__(self, what: str, line: int = 1, column: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column


def read_text(source: pathlib.Path | str) -> str:
    """The text of a file (a Path) or the text itself (a str), at most MAX_BYTES long.

    Raises UnreadableError.
    """
    if isinstance(source, str):
        if len(source) > MAX_BYTES or len(source.encode("utf-8", "replace")) > MAX_BYTES:
            raise UnreadableError(_TOO_LONG)
        return source.removeprefix("\ufeff")
    try:
        with source.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        what = f"can not be read: {error.strerror or error} — check its name and who may read it"
        raise UnreadableError(what) from None
    if len(data) > MAX_BYTES:
        raise UnreadableError(_TOO_LONG)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise UnreadableError("is not UTF-8 text — save the file as UTF-8", line, column) from None


class Document:
    """The values of one file and their places.

    `columns` says whether a place is worth telling with its column.
    """

    def __init__(
        self, name: str, root: Any, places: Mapping[Path, Place], *, columns: bool = True
    ) -> None:
        self.name = name
        self.root = root
        self.places = places
        self._columns = columns

    def at(self, path: Sequence[str | int]) -> Any:
        """The plain value at `path`; None where there is none."""
        value = self.root
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def where(self, path: Sequence[str | int], key: bool = True) -> tuple[int, int]:
        """Line and column of the key at `path` (or of its value), or of what it would stand in."""
        steps = tuple(path)
        while steps and steps not in self.places:
            steps, key = steps[:-1], True
        place = self.places.get(steps)
        if place is None:
            return 1, 1
        return place.key if key else place.value

    def mistake(self, path: Sequence[str | int], what: str, key: bool = True, at: int = 0) -> str:
        """`file:line:column: id: what` for a mistake at `path`.

        `at` is the character of the text there that is meant, from 1; 0 means all of it.
        """
        spot, subject = self.spot(path, key, at), self._subject(path)
        return f"{spot}: {subject}: {what}" if subject else f"{spot}: {what}"

    def spot(self, path: Sequence[str | int], key: bool = True, at: int = 0) -> str:
        """`file:line:column` of what is at `path`, or of one character of its text."""
        line, column = self.where(path, key)
        place = self.places.get(tuple(path))
        if at and place is not None and place.text is not None:
            line, column = place.text[0], place.text[1] + at - 1
        return f"{self.name}:{line}:{column}" if self._columns else f"{self.name}:{line}"

    def _subject(self, path: Sequence[str | int]) -> str:
        """The `id` or `name` of the innermost list item around `path`."""
        for length in range(len(path), 0, -1):
            if isinstance(path[length - 1], int):
                item = self.at(path[:length])
                if isinstance(item, dict):
                    name = item.get("id", item.get("name"))
                    if isinstance(name, str) and len(name) <= 80:
                        return name
        return ""

    def fit(self, wanted: type[T], path: Sequence[str | int] = ()) -> tuple[T | None, list[str]]:
        """The value at `path` as `wanted`, or None and every mistake that stands in the way."""
        value, mistakes = shapes.fit(self.at(path), wanted, tuple(path))
        lines = sorted(
            (self.where(each.path), self.mistake(each.path, each.what)) for each in mistakes
        )
        return value, [text for _, text in lines]


class Loaded(Generic[T]):
    """A file that was read without a mistake, and where its values stand."""

    def __init__(self, value: T, document: Document) -> None:
        self.value = value
        self.document = document
        self.where = document.where
        self.mistake = document.mistake
