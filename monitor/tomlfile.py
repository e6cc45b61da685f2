"""TOML text to a Struct; every mistake with file:line.

`tomllib` reads the values; `_Places` goes over the same text once more to find
the line of each key. It only ever sees text that `tomllib` took, so it looks for
where things end and not whether they are right.
"""

from __future__ import annotations

import pathlib
import re
import tomllib
from typing import Any, TypeVar

from monitor.documents import MAX_DEPTH, Document, Loaded, Place, UnreadableError, read_text
from monitor.errors import ConfigError, InputError
from monitor.shapes import Path

T = TypeVar("T")

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SIMPLE = re.compile(r"[^\s,\]}#][^,\]}#\n]*")
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} — write it flatter"
_PLACE_SAID = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load(
    source: pathlib.Path | str,
    wanted: type[T],
    name: str = "",
    *,
    error: type[InputError] = ConfigError,
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
    source: pathlib.Path | str, name: str = "", *, error: type[InputError] = ConfigError
) -> Document:
    """The file or text as plain values with their lines, not yet compared with a Struct."""
    name = name or (str(source) if isinstance(source, pathlib.Path) else "text")
    try:
        text = read_text(source).replace("\r\n", "\n")
        root = _read(text)
        places = _Places(text).places
    except UnreadableError as refused:
        raise error(f"{name}:{refused.line}: {refused.what}") from None
    return Document(name, root, places, columns=False)


def _read(text: str) -> dict[str, Any]:
    """The values of the text. Raises UnreadableError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as refused:
        raise _unreadable(str(refused), text) from None
    except RecursionError:
        raise UnreadableError(_TOO_DEEP) from None


def _unreadable(said: str, text: str) -> UnreadableError:
    """The parser's complaint with its line, and what to write."""
    place = _PLACE_SAID.search(said)
    what = said[: place.start()] if place else said
    line = int(place[1]) if place and place[1] else text.rstrip("\n").count("\n") + 1
    column = int(place[2]) if place and place[2] else 1
    return UnreadableError(f"{what[:1].lower()}{what[1:]} — {_advice(what)}", line, column)


def _advice(what: str) -> str:
    if "overwrite" in what or "twice" in what or "Cannot declare" in what:
        return "each key and table stands once; lists of tables are written `[[name]]`"
    if "value" in what.lower():
        return "text stands in quotes, and true and false are small"
    return 'write `name = "text"` or `name = 5`, a line each'


class _Places:
    """Finds where each key and value of a valid text stands."""

    def __init__(self, text: str) -> None:
        self.places: dict[Path, Place] = {(): Place((1, 1), (1, 1))}
        self._text = text
        self._at = 0
        self._line = 1
        self._line_at = 0  # where the line begins, and up to where lines are counted
        self._last: dict[Path, int] = {}  # the index of the last table in each list of tables
        self._statements()

    def _statements(self) -> None:
        text = self._text
        table: Path = ()
        self._skip(_SPACE)
        while self._at < len(text):
            here = self._here()
            if text.startswith("[[", self._at):
                self._at += 2
                *above, name = self._key()
                path = (*self._resolve(tuple(above), here), name)
                self._last[path] = self._last.get(path, -1) + 1
                self._note(path, here, here)
                table = (*path, self._last[path])
                self._note(table, here, here)
                self._at += 2
            elif text[self._at] == "[":
                self._at += 1
                table = self._resolve(self._key(), here)
                self._note(table, here, here)
                self._at += 1
            else:
                self._pair(table)
            self._skip(_SPACE)

    def _resolve(self, names: Path, here: tuple[int, int]) -> Path:
        """The path that a header means: through a list of tables it means the last one."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._last:
                path = (*path, self._last[path])
            self._note(path, here, here)
        return path

    def _pair(self, table: Path) -> None:
        """`key = value`."""
        here = self._here()
        path = table
        for name in self._key():
            path = (*path, name)
            self._note(path, here, here)
        self._at += 1  # the equals sign
        self._value(path, here)

    def _key(self) -> Path:
        """A dotted key, and the white space around it."""
        names = []
        while True:
            self._skip(_SPACE)
            bare = _BARE.match(self._text, self._at)
            if bare:
                self._at = bare.end()
                names.append(bare[0])
            else:
                start = self._at
                self._skip(_STRING)
                names.append(next(iter(tomllib.loads(f"{self._text[start : self._at]} = 0"))))
            if not self._skip(_DOT):
                self._skip(_SPACE)
                return tuple(names)

    def _value(self, path: Path, key_at: tuple[int, int] | None) -> None:
        if len(path) > MAX_DEPTH:
            raise UnreadableError(_TOO_DEEP, self._line)
        self._skip(_SPACE)
        here = self._here()
        self._note(path, key_at or here, here, anew=True)
        first = self._text[self._at]
        if first == "[":
            self._at += 1
            index = 0
            while self._more("]"):
                self._value((*path, index), None)
                index += 1
        elif first == "{":
            self._at += 1
            while self._more("}"):
                self._pair(path)
        elif not self._skip(_STRING):
            self._skip(_SIMPLE)

    def _more(self, end: str) -> bool:
        """Whether another part follows before `end`; passes a comma or the end."""
        self._skip(_SPACE)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_SPACE)
        if self._text[self._at] == end:
            self._at += 1
            return False
        return True

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self._text, self._at)
        if found is None:
            return False
        self._at = found.end()
        return True

    def _here(self) -> tuple[int, int]:
        """Line and column, counted on from where they were last asked for."""
        newlines = self._text.count("\n", self._line_at, self._at)
        if newlines:
            self._line += newlines
            self._line_at = self._text.rfind("\n", 0, self._at) + 1
        return self._line, self._at - self._line_at + 1

    def _note(
        self, path: Path, key: tuple[int, int], value: tuple[int, int], anew: bool = False
    ) -> None:
        if anew or path not in self.places:
            self.places[path] = Place(key, value)
