"""Rules that explain others."""

from __future__ import annotations

import pathlib

import pytest

from monitor.errors import RuleError
from monitor.rules import compile as rules

RULE = "  - {{id: {}, kind: threshold, when: online > 5{}}}\n"


def text(**more: str) -> str:
    """A file of rules by their ids, each with more fields."""
    return "rules:\n" + "".join(
        RULE.format(name, f", {fields}" if fields else "") for name, fields in more.items()
    )


def test_either_side_says_the_same():
    """Patterns stand for what is there, but never for the rule itself."""
    one = rules.parse(text(stall="inhibits: ['*_drop', stall_*]", a_drop="", stall_x="", b=""))
    by = "inhibited_by: [stall]"
    other = rules.parse(text(stall="", a_drop=by, stall_x=by, b=""))

    assert {"stall": ("a_drop", "stall_x")} == one.explains == other.explains


@pytest.mark.parametrize(
    ("more", "mistakes"),
    [
        (
            {"stall": "inhibits: [drap]", "drop": ""},
            ["2:63: stall: unknown rule `drap` — did you mean `drop`?"],
        ),
        (
            {"stall": "", "drop": "inhibited_by: [drop]"},
            ["3:66: drop: a rule does not explain itself — take it out"],
        ),
        (
            {"a": "inhibits: [b]", "b": "inhibits: [c]", "c": "inhibits: [a]"},
            [
                "2:48: a: explains itself in the end, over `b`, `c` — take one of them out",
                "3:48: b: explains itself in the end, over `c`, `a` — take one of them out",
                "4:48: c: explains itself in the end, over `a`, `b` — take one of them out",
            ],
        ),
    ],
)
def test_what_explains_nothing_or_itself_is_a_mistake(more, mistakes):
    with pytest.raises(RuleError) as told:
        rules.parse(text(**more))

    assert [f"rules.yaml:{each}" for each in mistakes] == list(told.value.mistakes)


def test_a_file_alone_may_name_rules_of_another(tmp_path: pathlib.Path):
    """Its tests are run without the others; the folder is whole."""
    path = tmp_path / "a.yaml"
    path.write_text(text(drop="inhibited_by: [stall]"), encoding="utf-8")

    assert {} == rules.load(path).explains
    with pytest.raises(RuleError, match="unknown rule `stall`"):
        rules.load(tmp_path)
    (tmp_path / "b.yaml").write_text(text(stall=""), encoding="utf-8")
    assert {"stall": ("drop",)} == rules.load(tmp_path).explains


def test_an_edit_of_who_explains_whom_is_no_edit_of_the_question():
    before = rules.parse(text(stall="", drop="")).by_id["drop"]
    after = rules.parse(text(stall="", drop="inhibited_by: [stall]")).by_id["drop"]

    assert after.same_question(before)
