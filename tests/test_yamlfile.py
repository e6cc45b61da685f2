"""YAML text to a Struct."""

from __future__ import annotations

import contextlib
import pathlib
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from monitor import documents, yamlfile
from monitor.errors import ConfigError, RuleError


class Rule(Struct):
    id: str
    when: str = ""
    severity: Literal["critical", "warning"] = "warning"
    count: int = 0


class Rules(Struct):
    rules: list[Rule]


GOOD = """\
rules:
  - id: angry
    when: negative_share_1m > 0.25
    severity: critical
  - {id: calm, count: 3}
"""


def told(text: str, wanted: Any = Rules) -> list[str]:
    """The mistakes in a text called `r.yaml`."""
    with pytest.raises(RuleError) as refused:
        yamlfile.load(text, wanted, "r.yaml")
    return list(refused.value.mistakes)


def test_a_good_file_is_its_struct_and_knows_its_places() -> None:
    """Later checks speak of the same lines and columns."""
    loaded = yamlfile.load(GOOD, Rules, "rules/mood.yaml")

    assert (
        Rules([Rule("angry", "negative_share_1m > 0.25", "critical"), Rule("calm", count=3)])
        == loaded.value
    )
    assert [(3, 5), (3, 11), (2, 5), (5, 5), (5, 16)] == [
        loaded.where(("rules", 0, "when")),
        loaded.where(("rules", 0, "when"), key=False),
        loaded.where(("rules", 0)),
        loaded.where(("rules", 1)),
        loaded.where(("rules", 1, "count")),
    ]
    assert "rules/mood.yaml:3:5: angry: no" == loaded.mistake(("rules", 0, "when"), "no")


def test_every_wrong_item_is_told() -> None:
    """In the order of the file, each with its rule."""
    text = """\
rules:
  - id: a
    wehn: x
    severity: crtical
  - id: 8
    when: on
    count: 1e3
  - 7
  - when: x
"""

    assert [
        "r.yaml:3:5: a: unknown field `wehn` — did you mean `when`?",
        "r.yaml:4:5: a: unknown severity `crtical` — did you mean `critical`?",
        'r.yaml:5:5: `id` is `8`, not text — write it in quotes: "8"',
        "r.yaml:7:5: `count` is `1000.0` — write a whole number",
        "r.yaml:8:5: `rules` is `7` — write a table of fields",
        "r.yaml:9:5: missing field `id` — write text",
    ] == told(text)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("on", "on"),
        ("no", "no"),
        ("1:30", "1:30"),
        ("08", "08"),
        ("2026-11-22", "2026-11-22"),
        ("1_000", "1_000"),
        ("0o17", "0o17"),
        (".inf", ".inf"),
        ("true", True),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('"5"', "5"),
        ("5", 5),
        ("-5", -5),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_words_stay_words(written: str, means: object) -> None:
    """What other readers take for a truth, a time or a date is text here."""
    document = yamlfile.parse(f"a: {written}")

    assert means == document.root["a"]
    assert type(means) is type(document.root["a"])


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("rules: *x", "1:8: aliases are not read — write the value out"),
        ("rules: &x []", "1:8: anchors (`&x`) are not read — write the value out each time"),
        ("a: !!int 5", "1:4: tags (`!…`) are not read — write the plain value"),
        ("%YAML 1.1\n---\na: 1", "2:1: a `%` directive — leave it out"),
        ("--- 1\n--- 2", "2:1: a second document — write one document a file"),
        ("a: 1\nb: 2\na: 3", "3:1: `a` is already there in line 1 — write it once"),
        ("? [a]\n: 1", "1:3: a key that is a list or a mapping — write a word"),
        ("a:\n\tb: 1", "2:1: a tab — indent with spaces"),
        ("a: 'x", "1:4: a quote is opened and not closed — close it"),
        ("a: [1,\nb", "2:2: breaks off here — close `[` with `]` and `{` with `}`"),
        ("- a\nb: 1", "2:1: breaks off here — line it up with the item it belongs to"),
        (
            "a: b: c",
            "1:5: a `:` out of place — line the keys up, and put text with `: ` in quotes",
        ),
        ("ab\x01: 1", "1:3: a character that can not be seen — take it out"),
        ("a: 1e999", "1:4: `1e999` is too great — write a number a computer can hold"),
        ("[" * 100_000, "1:33: nested deeper than 32 — write it flatter"),
        ("", "1:1: the file is empty — write a table of fields"),
        ("- a", "1:1: the file is a list — write a table of fields"),
        (
            "a" * (documents.MAX_BYTES + 1),
            "1:1: is longer than 1 MiB — split it into several files",
        ),
    ],
    ids=lambda value: value[:20].encode("unicode_escape").decode(),
)
def test_what_is_not_plain_yaml_is_refused(text: str, mistake: str) -> None:
    """Each with its address and what to write."""

    assert [f"r.yaml:{mistake}"] == told(text)


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    """Nine levels of nine aliases would be 387 million words."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for above, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{','.join([f'*{above}'] * 9)}]")

    assert 9 + 8 * 9 == len(told("\n".join(lines)))


def test_a_file_is_called_by_its_path(tmp_path: pathlib.Path) -> None:
    """Unless the caller has a better name; and the caller chooses the kind of error."""
    file = tmp_path / "x.yaml"
    file.write_text("rules: 5\n", encoding="utf-8")

    with pytest.raises(ConfigError) as refused:
        yamlfile.load(file, Rules, error=ConfigError)
    assert f"{file}:1:1: `rules` is `5` — write a list" == str(refused.value)

    with pytest.raises(RuleError, match=r"^gone\.yaml:1:1: can not be read: No such file"):
        yamlfile.load(tmp_path / "gone.yaml", Rules, "gone.yaml")


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is written, there is a document or a RuleError."""
    with contextlib.suppress(RuleError):
        assert "x.yaml" == yamlfile.parse(text, "x.yaml").name


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**20), 10**20)
        | st.text("ab:#- \n'\"", max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text("xyz", min_size=1), inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_json_is_yaml(value: object) -> None:
    """YAML 1.2 holds JSON: what is written as JSON reads back."""
    import json

    assert value == yamlfile.parse(json.dumps(value)).root
