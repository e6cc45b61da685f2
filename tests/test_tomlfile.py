"""TOML text to a Struct."""

from __future__ import annotations

import contextlib
import pathlib
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from monitor import documents, tomlfile
from monitor.errors import ConfigError, RuleError
from monitor.shapes import Path


class Mqtt(Struct, tag_field="kind", tag="mqtt"):
    name: str
    broker: str


class Http(Struct, frozen=True):
    listen: str = "127.0.0.1:8731"


class File(Struct):
    http: Http = Http()
    sources: list[Mqtt] = []


def told(text: str) -> list[str]:
    """The mistakes in a text called `config/roomwatch.toml`."""
    with pytest.raises(ConfigError) as refused:
        tomlfile.load(text, File, "config/roomwatch.toml")
    return list(refused.value.mistakes)


def test_a_good_file_is_its_struct_and_knows_its_lines() -> None:
    """A table's place is its header."""
    text = """\
# what we listen to
[http]
listen = "127.0.0.1:0"

[[sources]]
kind = "mqtt"
name = "a"
broker = "mqtt://localhost"
"""
    loaded = tomlfile.load(text, File, "a.toml")

    assert File(Http("127.0.0.1:0"), [Mqtt("a", "mqtt://localhost")]) == loaded.value
    assert [2, 3, 5, 8] == [
        loaded.where(path)[0]
        for path in (("http",), ("http", "listen"), ("sources", 0), ("sources", 0, "broker"))
    ]
    assert "a.toml:8: a: no" == loaded.mistake(("sources", 0, "broker"), "no")


def test_every_mistake_is_told_with_its_line() -> None:
    """The first wrong key does not hide the others."""
    text = """\
[http]
lisen = "x"
[[sources]]
kind = "mqtt"
brocker = "mqtt://localhost"
name = 5
[[sources]]
kind = "mqt"
"""

    assert [
        "config/roomwatch.toml:2: unknown field `lisen` — did you mean `listen`?",
        "config/roomwatch.toml:3: missing field `broker` — write text",
        "config/roomwatch.toml:5: unknown field `brocker` — did you mean `broker`?",
        'config/roomwatch.toml:6: `name` is `5`, not text — write it in quotes: "5"',
        "config/roomwatch.toml:8: unknown kind `mqt` — did you mean `mqtt`?",
    ] == told(text)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[http]\nlisten = yes", 2, "invalid value — text stands in quotes"),
        ("[http]\n[http]", 2, "cannot declare ('http',) twice — each key and table stands once"),
        ("a = 1\na = 2\nb = 3", 2, "cannot overwrite a value — each key and table stands once"),
        ("\nlisten: 1", 2, "expected '=' after a key"),
        ("a = 'x", 1, 'expected "\'"'),
        ("a = " + "[" * 100_000, 1, "nested deeper than 32"),
        ("\na = " + "[" * 40 + "]" * 40, 2, "nested deeper than 32"),
        ("a" * (documents.MAX_BYTES + 1), 1, "is longer than 1 MiB"),
    ],
    ids=lambda value: str(value)[:16].encode("unicode_escape").decode(),
)
def test_what_is_not_toml_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    """And with what to write."""
    mistakes = told(text)

    assert 1 == len(mistakes)
    assert mistakes[0].startswith(f"config/roomwatch.toml:{line}: {words}")
    assert " — " in mistakes[0]


def test_a_file_is_called_by_its_path(tmp_path: pathlib.Path) -> None:
    """Unless the caller has a better name; and the caller chooses the kind of error."""
    file = tmp_path / "x.toml"
    file.write_text("http = 5\n", encoding="utf-8")

    with pytest.raises(RuleError) as refused:
        tomlfile.load(file, File, error=RuleError)
    assert f"{file}:1: `http` is `5` — write a table of fields" == str(refused.value)

    with pytest.raises(ConfigError, match=r"^gone\.toml:1: can not be read: No such file"):
        tomlfile.load(tmp_path / "gone.toml", File, "gone.toml")


def paths(value: Any, path: Path = ()) -> set[Path]:
    """Every path there is in plain values."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return {path}.union(*(paths(part, (*path, key)) for key, part in inner))


WILD = '''\
title = "a # not a comment" # a comment
"quoted key" = 'x = "y"'
a.b . c = 1
text = """
[not.a.table]
x = "1" \\""" still
"""""
lit = \'\'\'
[[neither]]\'\'\'
inline = { x = [1, { y = "}" }], "z.z" = {} }
many = [
  [ 1, 2 ], # one
  # two
  "]",
  { deep = [ ] },
]
when = 2026-11-22T10:00:00Z
[t]
k = -1.5e3
[t.u."v.w"]
k = true
[[list]]
n = 1
[[list.inner]]
m = 1
[[list.inner]]
m = 2
[list.table]
o = 1
[[list]]
n = 2
[[list.inner]]
m = 3
[ spaced . name ]
x=1
[[ spaced.rooms ]]
y=2
'''


def test_every_value_has_a_place() -> None:
    """Whatever the way it is written: quoted, dotted, inline, over several lines."""
    document = tomlfile.parse(WILD)

    assert paths(tomllib.loads(WILD)) == set(document.places)
    lines = WILD.split("\n")
    for path, shown in {
        ("a", "b", "c"): "a.b . c = 1",
        ("lit",): "lit = '''",
        ("many", 2, "deep"): "  { deep = [ ] },",
        ("list", 0, "inner", 1, "m"): "m = 2",
        ("list", 1, "inner", 0): "[[list.inner]]",
        ("t", "u", "v.w"): '[t.u."v.w"]',
        ("spaced", "rooms", 0, "y"): "y=2",
    }.items():
        assert shown == lines[document.where(path)[0] - 1]
    assert (lines.index("  { deep = [ ] },") + 1, 5) == document.where(("many", 2, "deep"))


KEYS = st.text("ab-_1", min_size=1, max_size=3)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-99, 99)
    | st.text("a#[]{}=,'\n\"\\ ", max_size=6)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def written(value: Any) -> str:
    """A value as TOML, inline."""
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(written(part) for part in value) + "]"
    return json.dumps(value)


@given(
    st.dictionaries(KEYS, VALUES, max_size=4), st.lists(st.dictionaries(KEYS, VALUES), max_size=3)
)
def test_the_places_are_those_of_the_values(
    top: dict[str, Any], tables: list[dict[str, Any]]
) -> None:
    """The locator and `tomllib` see the same keys in any file."""
    lines = [f"{key} = {written(value)}" for key, value in top.items()]
    for table in tables:
        lines.append("[[zz]]")
        lines += [f"{key} = {written(value)}" for key, value in table.items()]
    document = tomlfile.parse("\n".join(lines))

    assert paths(document.root) == set(document.places)


@given(st.text("ab=[]{}\"'\n#. ,1\\", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is written, there is a document or a ConfigError."""
    with contextlib.suppress(ConfigError):
        document = tomlfile.parse(text)
        assert paths(document.root) == set(document.places)
