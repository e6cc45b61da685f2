"""Plain values against the Struct they must be."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from monitor import shapes
from monitor.shapes import Mistake


class Lamp(Struct, tag_field="kind", tag="lamp"):
    name: str
    watts: Annotated[int, Meta(ge=1)] = 5


class Bell(Struct, tag_field="kind", tag="bell"):
    name: str
    tone: Literal["high", "low"] = "low"


class Wait(Struct):
    span: Annotated[str, Meta(examples=["30s"])]
    text: str | None = None


class House(Struct):
    parts: list[Lamp | Bell] = []
    owner: str | None = None
    rooms: dict[str, int] = {}
    area: float = 1.0
    open: bool = False
    pair: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.area < 0:
            raise ValueError("`area` is less than nothing — write a number above 0")


def test_values_that_fit_are_converted() -> None:
    """Whole numbers are numbers too, and a union is told apart by its tag."""
    value, mistakes = shapes.fit({"parts": [{"kind": "bell", "name": "b"}], "area": 2}, House)

    assert (House(parts=[Bell(name="b")], area=2.0), []) == (value, mistakes)


def test_every_mistake_is_told_with_its_path() -> None:
    """A wrong part does not hide the others."""
    written = {
        "ovner": "x",
        "owner": 8801,
        "parts": [
            {"kind": "lmap", "name": "a"},
            {"name": "b"},
            {"kind": "lamp", "watts": 0},
            {"kind": "bell", "name": "d", "tone": "hihg"},
            7,
        ],
        "rooms": {"hall": "big"},
        "open": "yes",
    }
    value, mistakes = shapes.fit(written, House)

    assert value is None
    assert [
        (("ovner",), "unknown field `ovner` — did you mean `owner`?"),
        (("owner",), '`owner` is `8801`, not text — write it in quotes: "8801"'),
        (("parts", 0, "kind"), "unknown kind `lmap` — did you mean `lamp`?"),
        (("parts", 1), "missing field `kind` — write one of bell, lamp"),
        (("parts", 2, "watts"), "`watts` can not be `0` — write a whole number >= 1"),
        (("parts", 2), "missing field `name` — write text"),
        (("parts", 3, "tone"), "unknown tone `hihg` — did you mean `high`?"),
        (("parts", 4), "`parts` is `7` — write a table of fields"),
        (("rooms", "hall"), "`hall` is `big` — write a whole number"),
        (("open",), "`open` is `yes` — write true or false"),
    ] == [tuple(each) for each in mistakes]


def test_what_a_struct_itself_refuses_is_told_at_the_field_it_names() -> None:
    """`__post_init__` speaks once its fields are right; it begins with the one it means."""
    _, mistakes = shapes.fit({"area": -1}, House)

    assert [Mistake(("area",), "`area` is less than nothing — write a number above 0")] == mistakes


def test_a_part_of_a_fixed_tuple_has_its_own_path() -> None:
    """msgspec's path is taken over where we do not look inside ourselves."""
    _, mistakes = shapes.fit({"pair": [1, "two"]}, House)

    assert [Mistake(("pair", 1), "`pair` is `two` — write a whole number")] == mistakes


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("brocker", ["broker", "topic"], "did you mean `broker`?"),
        ("zzz", ["b", "a"], "write one of a, b"),
        ("zzz", [], "leave it out"),
        ("zzz", [f"k{i:02}" for i in range(20)], None),
    ],
)
def test_an_unknown_word_gets_advice(word: str, known: list[str], advice: str | None) -> None:
    """The nearest known word, else all of them, but never more than twelve."""
    given = shapes.suggest(word, known)

    if advice is None:
        assert given.endswith("k11 …")
    else:
        assert advice == given


@pytest.mark.parametrize(
    "value", [None, [], "x", 3, {"parts": None}, {"parts": {}}, {"rooms": []}, {"area": "1"}]
)
def test_a_mistake_is_found_exactly_when_msgspec_refuses(value: Any) -> None:
    """What fits is convertible, and what does not fit is not."""
    _, mistakes = shapes.fit(value, House)

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, House)
    assert mistakes


def test_a_field_may_say_what_it_looks_like():
    """A number where a span is meant: quotes around it would not help."""
    told = [mistake.what for mistake in shapes.fit({"span": 30, "text": 30}, Wait)[1]]

    assert [
        "`span` is `30`, not text — write for example `30s`",
        '`text` is `30`, not text — write it in quotes: "30"',
    ] == told
    assert ["missing field `span` — write for example `30s`"] == [
        mistake.what for mistake in shapes.fit({}, Wait)[1]
    ]
