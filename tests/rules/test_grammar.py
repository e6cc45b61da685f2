"""What binds to what, where a text ends, and how much of it there may be."""

from __future__ import annotations

import pytest

from monitor.rules.grammar import parse_condition, parse_value
from monitor.rules.tree import (
    Arithmetic,
    Column,
    Comparison,
    ExpressionError,
    Flag,
    Junction,
    Not,
    Number,
)

NAMES = ("a", "b", "c")


def mistake(text: str, parse=parse_condition) -> tuple[int, str]:
    with pytest.raises(ExpressionError) as caught:
        parse(text, NAMES, {"segment": {"hook": 1.0}})
    return caught.value.column, str(caught.value)


def test_or_binds_weaker_than_and_and_not_weaker_than_a_comparison():
    tree = parse_condition("a or b and not c > 1", NAMES, {})

    assert isinstance(tree, Junction)
    assert "or" == tree.word
    assert Column(0, 1, "a") == tree.operands[0]
    assert isinstance(tree.operands[1], Junction)
    assert isinstance(tree.operands[1].operands[1], Not)
    assert isinstance(tree.operands[1].operands[1].operand, Comparison)


def test_products_bind_stronger_than_sums_and_both_to_the_left():
    tree = parse_value("a - b * c - 1", NAMES, {})

    assert (
        Arithmetic(
            0,
            13,
            "-",
            Arithmetic(
                0,
                9,
                "-",
                Column(0, 1, "a"),
                Arithmetic(4, 9, "*", Column(4, 5, "b"), Column(8, 9, "c")),
            ),
            Number(12, 13, 1.0),
        )
        == tree
    )


def test_a_chain_is_pairs_that_share_their_middle():
    tree = parse_condition("1 < a <= b", NAMES, {})

    middle = Column(4, 5, "a")
    assert (("<", Number(0, 1, 1.0), middle), ("<=", middle, Column(9, 10, "b"))) == tree.pairs


def test_brackets_belong_to_what_they_hold():
    tree = parse_condition("(a + 1) > 2", NAMES, {})

    assert (0, 7) == (tree.pairs[0][1].start, tree.pairs[0][1].end)
    assert Flag(0, 6, value=True) == parse_condition("(true)", NAMES, {})


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("", 1, "nothing is written here — write for example `online > 100`"),
        (" \n", 1, "nothing is written here — write for example `online > 100`"),
        ("a >", 4, "ends too early — write a name or a number at the end"),
        ("a > > 1", 5, "`>` stands where a value is expected — write a name or a number here"),
        ("a and or b", 7, "`or` stands where a value is expected — write a name or a number here"),
        ("(a > 1", 7, "a bracket is not closed — close the bracket of column 1"),
        ("(a > 1 b)", 8, "`b` stands where `)` is expected — close the bracket of column 1"),
        ("a > 1 b", 7, "`b` does not belong here — join conditions with `and` or `or`"),
        ("a > 1 if b else c", 7, "`if` does not belong here — join conditions with `and`, `or`,"),
        ("a is 3", 3, "`is` does not belong here — write `==` or `!=`"),
        ("a > 1e999", 5, "a number too large to count with — write a smaller one"),
    ],
)
def test_a_mistake_is_told_at_its_column(text, column, told):
    assert column == mistake(text)[0]
    assert mistake(text)[1].startswith(told)


def test_a_text_has_at_most_500_characters():
    parse_condition("a > 1".ljust(500), NAMES, {})

    assert (501, "longer than 500 characters") == (
        mistake("a > 1".ljust(501))[0],
        mistake("a > 1".ljust(501))[1].split(" — ")[0],
    )


def test_a_tree_has_at_most_120_nodes():
    parse_value("+".join("a" * 60), NAMES, {})  # 60 names and 59 signs

    assert mistake("+".join("a" * 61), parse_value)[1].startswith("more than 120 names, numbers")


@pytest.mark.parametrize("opening", ["(", "-", "not ", "abs("])
def test_a_text_is_at_most_24_levels_deep(opening):
    parse = parse_condition if opening == "not " else parse_value
    closing = ")" if "(" in opening else ""
    parse(opening * 24 + "a" + closing * 24, NAMES, {})

    column, told = mistake(opening * 25 + "a" + closing * 25, parse)

    assert told.startswith("more than 24 levels deep")
    assert 24 * len(opening) < column <= 25 * len(opening)


def test_a_condition_is_no_value_and_a_value_no_condition():
    assert "`a > 1` is a condition, not a number" in mistake("a > 1", parse_value)[1]
    assert "`a + 1` is not a condition — compare it" in mistake("a + 1")[1]
