"""A file that people wrote."""

from __future__ import annotations

import pathlib

import pytest
from msgspec import Struct

from monitor import documents
from monitor.documents import Document, Place, UnreadableError


class Rule(Struct):
    id: str
    when: str


class Rules(Struct):
    rules: list[Rule]


DOCUMENT = Document(
    "rules/mood.yaml",
    {"rules": [{"id": "angry", "wehn": "x > 1"}]},
    {
        (): Place((1, 1), (1, 1)),
        ("rules",): Place((1, 1), (2, 3)),
        ("rules", 0): Place((2, 5), (2, 5)),
        ("rules", 0, "id"): Place((2, 5), (2, 9)),
        ("rules", 0, "wehn"): Place((3, 5), (3, 11)),
    },
)


def test_a_mistake_has_an_address_and_names_its_rule() -> None:
    """The `id` of the list item around it says whose mistake it is."""

    assert (
        "rules/mood.yaml:3:5: angry: unknown metric `negativ`"
        == DOCUMENT.mistake(("rules", 0, "wehn"), "unknown metric `negativ`")
    )  # fmt: skip


def test_what_is_not_there_stands_where_it_should_have() -> None:
    """A missing field is told at the item that lacks it."""

    assert ((2, 5), (3, 11), (1, 1)) == (
        DOCUMENT.where(("rules", 0, "when")),
        DOCUMENT.where(("rules", 0, "wehn"), key=False),
        DOCUMENT.where(("other", 7)),
    )


def test_a_part_can_be_fitted_by_itself() -> None:
    """So one wrong item does not hide what is wrong in the next."""
    value, mistakes = DOCUMENT.fit(Rule, ("rules", 0))

    assert value is None
    assert [
        "rules/mood.yaml:2:5: angry: missing field `when` — write text",
        "rules/mood.yaml:3:5: angry: unknown field `wehn` — did you mean `when`?",
    ] == mistakes


def test_a_file_without_columns_tells_lines() -> None:
    """TOML's mistakes are told by line."""
    document = Document("a.toml", {"x": 1}, {("x",): Place((4, 1), (4, 5))}, columns=False)

    assert "a.toml:4: wrong" == document.mistake(("x",), "wrong")


def test_text_is_bounded_and_utf8(tmp_path: pathlib.Path) -> None:
    """A mebibyte is read, a byte more is not; a byte order mark is dropped."""
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + b"a" * (documents.MAX_BYTES - 3))

    assert "a" * (documents.MAX_BYTES - 3) == documents.read_text(file)
    assert "a: 1" == documents.read_text("\ufeffa: 1")

    for data, told in (
        (b"a" * (documents.MAX_BYTES + 1), (1, 1, "is longer than 1 MiB")),
        ("甲: 1\n乙: ".encode() + b"\xff", (2, 4, "is not UTF-8 text")),
    ):
        file.write_bytes(data)
        with pytest.raises(UnreadableError, match=told[2]) as refused:
            documents.read_text(file)
        assert told[:2] == (refused.value.line, refused.value.column)


def test_a_long_text_is_refused_by_its_bytes() -> None:
    """A character may be several bytes."""
    with pytest.raises(UnreadableError, match="1 MiB"):
        documents.read_text("甲" * 400_000)


def test_a_file_that_can_not_be_read_says_so(tmp_path: pathlib.Path) -> None:
    """Not there, or a folder: the operating system's own words."""
    with pytest.raises(UnreadableError, match="can not be read: No such file"):
        documents.read_text(tmp_path / "no.yaml")
    with pytest.raises(UnreadableError, match="can not be read: Is a directory"):
        documents.read_text(tmp_path)
