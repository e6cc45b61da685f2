"""Expressions against the simplest thing that could be right: row by row, in plain Python."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from monitor.rules.expression import (
    ExpressionError,
    Truth,
    compile_condition,
    compile_value,
)
from monitor.rules.lowering import Lowering
from monitor.rules.vocabulary import Given

NAMES = ("a", "b", "c")
ENUMS = {"segment": {"hook": 1.0, "push": 2.0, "benefit": 3.0}}
NAN = math.nan
PLAIN: dict[type, Callable[[float, float], float | bool]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Oracle:
    """What Python itself reads in the text, asked for one row; None is unknown."""

    def __init__(self, row: dict[str, float]) -> None:
        self.row = row

    def number(self, node: ast.expr) -> float | None:
        match node:
            case ast.Constant():
                value = float(node.value)
            case ast.Name():
                value = self.row[node.id]
            case ast.UnaryOp():
                operand = self.number(node.operand)
                value = NAN if operand is None else -operand
            case ast.BinOp():
                left, right = self.number(node.left), self.number(node.right)
                if left is None or right is None or (isinstance(node.op, ast.Div) and right == 0):
                    return None
                value = PLAIN[type(node.op)](left, right)
            case ast.Call():
                values = [self.number(each) for each in node.args]
                if None in values:
                    return None
                value = {
                    "abs": abs,
                    "min": min,
                    "max": max,
                    "clip": lambda x, low, high: min(max(x, low), high),
                }[node.func.id](*values)
        return value if math.isfinite(value) else None

    def truth(self, node: ast.expr) -> bool | None:
        match node:
            case ast.Name("true" | "false"):
                return node.id == "true"
            case ast.Name():
                value = self.number(node)
                return None if value is None else value != 0
            case ast.UnaryOp():
                truth = self.truth(node.operand)
                return None if truth is None else not truth
            case ast.BoolOp():
                truths = [self.truth(each) for each in node.values]
                return self.every(truths) if isinstance(node.op, ast.And) else self.some(truths)
        values = [self.number(each) for each in (node.left, *node.comparators)]
        return self.every(
            [
                None if left is None or right is None else PLAIN[type(sign)](left, right)
                for sign, left, right in zip(node.ops, values, values[1:], strict=False)
            ]
        )

    @staticmethod
    def every(truths: list[bool | None]) -> bool | None:
        return False if False in truths else None if None in truths else True

    @staticmethod
    def some(truths: list[bool | None]) -> bool | None:
        return True if True in truths else None if None in truths else False


def bracketed(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(texts, st.booleans()).map(lambda pair: f"({pair[0]})" if pair[1] else pair[0])


def joined(parts: st.SearchStrategy[str], words: list[str], most: int) -> st.SearchStrategy[str]:
    rest = st.lists(st.tuples(st.sampled_from(words), parts), min_size=1, max_size=most)
    return st.tuples(parts, rest).map(
        lambda pair: pair[0] + "".join(f" {word} {part}" for word, part in pair[1])
    )


numbers = st.recursive(
    st.sampled_from(["0", "1", "2.5", ".5", "1e3", "9e99", "a", "b", "c"]),
    lambda inner: bracketed(
        joined(inner, ["+", "-", "*", "/"], 2)
        | inner.map(lambda x: f"-({x})")
        | inner.map(lambda x: f"abs({x})")
        | st.tuples(inner, inner).map(lambda x: f"min({x[0]}, {x[1]})")
        | st.tuples(inner, inner, inner).map(lambda x: f"max({x[0]}, {x[1]}, {x[2]})")
        | st.tuples(inner, inner, inner).map(lambda x: f"clip({x[0]}, {x[1]}, {x[2]})")
    ),
    max_leaves=6,
)
comparisons = joined(numbers, ["<", "<=", ">", ">=", "==", "!="], 2)
conditions = st.recursive(
    comparisons | comparisons | st.sampled_from(["a", "b", "true", "false"]),
    lambda inner: bracketed(
        joined(inner, ["and"], 3) | joined(inner, ["or"], 3) | inner.map(lambda x: f"not ({x})")
    ),
    max_leaves=5,
)
named = re.compile(r"\b[abc]\b").search
conditions = conditions.filter(named)
values = numbers.filter(named)
cells = st.sampled_from([NAN, 0.0, -0.0, 1.0, -1.0, 2.5, 3.0, 1000.0, 9e99, -9e99, 1e-300])
rows = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=12)


def columns(table: list[tuple[float, ...]]) -> dict[str, np.ndarray]:
    return {name: np.array(column) for name, column in zip(NAMES, zip(*table), strict=True)}  # noqa: B905  # rows are of one length


def three(truth: Truth) -> list[bool | None]:
    assert not (truth.holds & truth.fails).any()

    return [
        True if holds else False if fails else None
        for holds, fails in zip(truth.holds.tolist(), truth.fails.tolist(), strict=True)
    ]


def ask(text: str, **table: list[float]) -> list[bool | None]:
    condition = compile_condition(text, set(table) - set(ENUMS), ENUMS)
    return three(condition.evaluate({name: np.array(cells) for name, cells in table.items()}))


def compiled(compile_one: Callable, text: str):
    try:
        return compile_one(text, NAMES)
    except ExpressionError as error:
        assume("longer" not in error.message)
        raise


def refusal(compile_one: Callable, text: str) -> ExpressionError | None:
    try:
        compile_one(text, NAMES, ENUMS)
    except ExpressionError as error:
        return error
    return None


@given(conditions, rows)
@example("a < b < c or not c", [(NAN, 1.0, 0.0)])
@example("a * b * c * a > 1 or b", [(9e99, 9e99, 9e99)])
@example("a - b == c", [(0.0, -0.0, 0.0)])
def test_a_condition_says_of_each_row_what_plain_python_says(text, table):
    condition = compiled(compile_condition, text)
    tree = ast.parse(text, mode="eval").body

    expected = [Oracle(dict(zip(NAMES, row, strict=True))).truth(tree) for row in table]

    assert expected == three(condition.evaluate(columns(table)))


@given(values, rows)
@example("min(a / b, 3)", [(1.0, 0.0, 0.0)])
@example("c / (a / b)", [(1.0, 0.0, 1.0)])
@example("1 / (a * a * a * a)", [(9e99, 0.0, 1.0)])
def test_a_number_is_of_each_row_what_plain_python_says(text, table):
    value = compiled(compile_value, text)
    tree = ast.parse(text, mode="eval").body

    expected = [Oracle(dict(zip(NAMES, row, strict=True))).number(tree) for row in table]
    actual = value.evaluate(columns(table)).tolist()

    assert expected == [None if math.isnan(cell) else cell for cell in actual]


@given(st.lists(conditions, min_size=1, max_size=6), rows)
def test_many_asked_together_answer_as_each_alone(texts, table):
    many = [compiled(compile_condition, text) for text in texts]

    expected = [three(each.evaluate(columns(table))) for each in many]

    lowering = Lowering()
    pairs = [lowering.arrays(each.tree, each.names[0]) for each in many]
    fill = lowering.program.filling([(side, row) for row, side in enumerate(sum(pairs, ()))])
    found = np.zeros((2 * len(many), len(table)), bool)
    fill(columns(table), len(table), 0.0, (found,))

    assert expected == [three(truth) for truth in map(Truth, found[::2], found[1::2])]


@given(st.text(max_size=60) | st.text("abc<>=!&|+-*/(),.'\"0123456789e_ not\n", max_size=60))
def test_no_text_does_more_than_be_refused(text):
    """
    Whatever is written, it compiles or is an ExpressionError at a column of the text.
    """
    for compile_one in (compile_condition, compile_value):
        mistake = refusal(compile_one, text)

        assert mistake is None or 1 <= mistake.column <= len(text) + 1
        assert mistake is None or (mistake.message and mistake.remedy)


def test_the_unknown_decides_nothing_that_the_known_decides():
    assert [False, None, True] == ask("a > 1 and b > 1", a=[0, 2, 2], b=[NAN, NAN, 2])
    assert [True, None, False] == ask("a > 1 or b > 1", a=[2, 0, 0], b=[NAN, NAN, 0])
    assert [None, True] == ask("not a > 1", a=[NAN, 0])


def test_a_name_alone_holds_where_it_is_not_zero():
    assert [True, False, None] == ask("live", live=[1, 0, NAN])
    assert [False, True, None] == ask("not live", live=[1, 0, NAN])


def test_a_division_by_zero_is_unknown_even_inside_a_bound():
    assert [None, True, None] == ask("orders / clicks < 0.02", orders=[1, 1, 0], clicks=[0, 99, 0])
    assert [None] == ask("min(orders / clicks, 3) == 3", orders=[1], clicks=[0])


def test_unequal_is_unknown_where_a_side_is_unknown():
    assert [None, True, False] == ask("a != 3", a=[NAN, 2, 3])


def test_a_word_is_compared_with_the_code_of_its_column():
    assert [True, False, None] == ask('segment == "hook"', segment=[1, 2, NAN])
    assert [False, True, None] == ask("'push' == segment", segment=[1, 2, NAN])
    assert [False, True, None] == ask('segment != "hook" and a > 0', segment=[1, 2, NAN], a=[1] * 3)


def test_a_constant_that_decides_fills_every_row():
    assert [True, True] == ask("a > 1 or true", a=[0, NAN])
    assert [None, None] == ask("1 / 0 > 3 or a > a", a=[0, NAN])
    assert [True, False] == ask("clip(9, 0, 7) + min(0, 1) - -a == 7 ", a=[0, 1])


def test_names_are_the_columns_that_are_needed():
    condition = compile_condition('b > a and (a < 3 or segment == "push")', NAMES, ENUMS)

    assert ("a", "b", "segment") == condition.names
    assert ("a", "b") == compile_value("b / a", NAMES).names


def test_terms_are_the_comparisons_and_bare_names_as_they_are_written():
    condition = compile_condition("(a + 1) * 2 > 3 and not (1 < b <= 5 or c) or true", NAMES)
    cells = {"a": np.array([1.0]), "b": np.array([6.0]), "c": np.array([NAN])}

    assert ["(a + 1) * 2 > 3", "1 < b <= 5", "c"] == [term.text for term in condition.terms]
    assert [("a",), ("b",), ("c",)] == [term.names for term in condition.terms]
    assert [[True], [False], [None]] == [three(term.evaluate(cells)) for term in condition.terms]
    assert ["1 < b <= 5"] == [term.text for term in condition.terms[1].terms]


def test_no_rows_are_no_answers():
    assert [] == ask("a > 1 and a / 2 == 1", a=[])


def test_a_column_is_never_written_to():
    column = np.array([1.0, NAN, 0.0])
    column.flags.writeable = False

    compile_condition("a / 0 > 1 or not a", NAMES).evaluate({"a": column})
    compile_value("-abs(a)", NAMES).evaluate({"a": column})


HOSTILE = [
    "__import__('os').system('true')",
    "__builtins__",
    "a.__class__",
    "().__class__.__bases__[0]",
    "[x for x in (1, 2)] > 1",
    "{a: 1}",
    "lambda: a",
    "(lambda: a)() > 1",
    "a if b else c",
    "(a := 3) > 1",
    'f"{a}" > 1',
    "b'a' == a",
    "a[0] > 1",
    "a ** 99 > 1",
    "a // 2 > 1",
    "a % 2 > 1",
    "a @ b > 1",
    "a << 64 > 1",
    "~a > 1",
    "eval('a') > 1",
    "abs(a, key=b) > 1",
    "abs(*a) > 1",
    "max(a) > 1",
    "abs() > 1",
    "exec > 1",
    "evaluate > 1",
    "columns > 1",
    "v0 > 1",
    "make(a) > 1",
    "bitwise_and(a, b) > 1",
    "await a",
    "yield a",
    "a; b",
    "a # b",
    "a \\\n > 1",
    "a\x00 > 1",
    "a > 1\x1a",
    "ａ > 1",
    "𝐚 > 1",
    "a > ١",
    "a > 1\u2028",
    "a\u200b > 1",
    "а > 1",  # Cyrillic
    "a > 1e999",
    "a > 0x10",
    "a > 1j",
    "a > 1_",
    "a > 08 09",
    "a > 1.2.3",
    "9" * 450 + " > a",
    "(" * 200 + "a" + ")" * 200 + " > 1",
    "-" * 400 + "a > 1",
    "not " * 100 + "a",
    "abs(" * 60 + "a" + ")" * 60 + " > 1",
    "+".join("a" * 130) + " > 1",
    "a > 1 or " * 50 + "a > 1",
    "a " * 500_000,
    "(" * 1_000_000,
    "\x00" * 1_000_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(ExpressionError):
        compile_condition(text, NAMES, ENUMS)
    with pytest.raises(ExpressionError):
        compile_value(text, NAMES, ENUMS)


STATES_HOSTILE = [
    "firing",
    "firing()",
    "firing(loud, loud)",
    "firing(loud.a)",
    "firing(__import__)",
    "firing('__import__(1)')",
    "firing('loud' or 1)",
    "firing(firing(loud))",
    "firing(3)",
    "firing(loud",
    "firing(loud))",
    "loud > 1",
    "fires(loud)",
    "firing(loud) + (firing(loud) > 1) > 1",
    "firing('lo\nud')",
]


@pytest.mark.parametrize("text", STATES_HOSTILE)
def test_what_asks_of_no_rule_is_refused(text):
    with pytest.raises(ExpressionError):
        compile_condition(text, NAMES, ENUMS, Given(rules={"loud"}))


def test_other_rules_and_parameters_are_columns_and_numbers():
    """A parameter that is the same everywhere is a number; another one is a column."""
    given = Given({"low": 2.0, "high": "high@loud"}, {"loud", "a-b"})
    text = "low < a < high and firing(loud) and not acked('a-b')"
    condition = compile_condition(text, NAMES, ENUMS, given)

    assert ("a", "acked(a-b)", "firing(loud)", "high@loud") == condition.names
    assert [True, False, False] == three(
        condition.evaluate(
            {
                "a": np.array([3.0, 3.0, 9.0]),
                "high@loud": np.array([5.0, 5.0, 5.0]),
                "firing(loud)": np.array([1.0, 0.0, 1.0]),
                "acked(a-b)": np.zeros(3),
            }
        )
    )
