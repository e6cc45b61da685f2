"""The tree of an expression becomes a program of numpy calls (theory: expression.py)."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from numpy.typing import NDArray

from monitor.rules.program import FUNCTIONS, Leaf, Program
from monitor.rules.tree import (
    Arithmetic,
    Call,
    Column,
    Comparison,
    Flag,
    Junction,
    Negative,
    Node,
    Not,
    Number,
)

LARGEST = 1e100  # what a column may hold


class Operand(NamedTuple):
    """A number: its variable, the greatest it may be (inf: may not be finite), or its value."""

    variable: str
    greatest: float
    constant: float | None = None


Side: TypeAlias = str | bool  # a variable, or the same in every row

_SIGNS = {
    "<": ("less", "greater_equal"),
    "<=": ("less_equal", "greater"),
    ">": ("greater", "less_equal"),
    ">=": ("greater_equal", "less"),
}
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


@dataclass(frozen=True)
class Remembered:
    """A leaf that reads what the asker of a rule knows; after a reload that is another's.

    What changes MUST be another array.
    """

    rule: Any
    read: Callable[[Any], NDArray[Any]]

    def __call__(self, columns: Any) -> NDArray[Any]:
        return self.read(self.rule.asker)


class Lowering:
    """Turns trees into calls of one program."""

    def __init__(self, figures: Mapping[str, Callable[[Lowering], Operand]] | None = None) -> None:
        """`figures` are columns that are worked out; every other one is read."""
        self.program = Program()
        self._figures = figures or {}
        self._given: Mapping[str, Operand] = {}
        self.rule: Any = None  # whose `asker` is lowered now

    def arrays(self, tree: Node, like: str) -> tuple[str, str]:
        """The variables of where a condition holds and fails; `like`: a column as long."""
        holds, fails = (self.filled(side, like) for side in self.truth(tree))
        return holds, fails

    def filled(self, side: Side, like: Leaf) -> str:
        """The variable of a side; `like`: a column as long."""
        if isinstance(side, bool):
            return self.program.filled(self.program.column(like), side)
        return side

    @contextmanager
    def given(self, columns: Mapping[str, Operand]) -> Iterator[None]:
        """Within it, these names mean these numbers."""
        before, self._given = self._given, columns
        try:
            yield
        finally:
            self._given = before

    def truth(self, node: Node) -> tuple[Side, Side]:
        """Where a condition holds and where it fails."""
        match node:
            case Flag():
                return node.value, not node.value
            case Not():
                holds, fails = self.truth(node.operand)
                return fails, holds
            case Junction():
                return self._junction(node.word, [self.truth(each) for each in node.operands])
            case Comparison():
                return self._junction("and", [self._comparison(*pair) for pair in node.pairs])
        return self._comparison("!=", node, Number(node.start, node.end, 0.0))

    def number(self, node: Node) -> Operand:
        """A number, perhaps not finite where it is unknown."""
        match node:
            case Number():
                return self.constant(node.value)
            case Column():
                return self.column(node.name)
            case Negative():
                operand = self.number(node.operand)
                if operand.constant is not None:
                    return self.constant(-operand.constant)
                return operand._replace(variable=self.program.call("negative", operand.variable))
            case Arithmetic():
                return self.arithmetic(node.sign, self.number(node.left), self.number(node.right))
            case Call():
                return self._call(node.function, [self.number(each) for each in node.arguments])
        raise AssertionError(f"{type(node).__name__} is no number, and the grammar knows")

    def column(self, name: str) -> Operand:
        """A column by its name."""
        if name in self._given:
            return self._given[name]
        if name in self._figures:
            return self._figures[name](self)
        return Operand(self.program.column(name), LARGEST)

    def leaf(self, leaf: Leaf) -> Operand:
        """A column that a function reads."""
        return Operand(self.program.column(leaf), LARGEST)

    def finite(self, operand: Operand) -> Operand:
        """The same number, NaN where it is not finite: x + (x - x)."""
        if operand.constant is not None or math.isfinite(operand.greatest):
            return operand
        nothing = self.program.call("subtract", operand.variable, operand.variable)
        variable = self.program.call("add", operand.variable, nothing)
        return Operand(variable, sys.float_info.max)

    def remembered(self, read: Callable[[Any], NDArray[Any]]) -> Operand:
        """A column of what the asker of the rule knows."""
        return self.leaf(Remembered(self.rule, read))

    def constant(self, value: float) -> Operand:
        """The same number in each row."""
        known = value if math.isfinite(value) else math.nan
        return Operand(self.program.constant(known), abs(known), known)

    def masked(self, side: Side, number: Operand) -> Operand:
        """The number where it is so, else unknown."""
        if isinstance(side, bool):
            return number if side else self.constant(math.nan)
        return number._replace(
            variable=self.program.call("masked", side, number.variable), constant=None
        )

    def otherwise(self, number: Operand, other: Operand) -> Operand:
        """The number where it is known, else the other one."""
        if number.constant is not None:
            return other if math.isnan(number.constant) else number
        variable = self.program.call("otherwise", number.variable, other.variable)
        return Operand(variable, max(number.greatest, other.greatest))

    def opposed(self, number: Operand) -> Operand:
        """The number with the other sign."""
        return number._replace(variable=self.program.call("negative", number.variable))

    def lost(self, number: Operand) -> Operand:
        """e to the number, less 1. Of a number that is not positive."""
        return Operand(self.program.call("expm1", number.variable), LARGEST)

    def size(self, number: Operand) -> Operand:
        """How far a number is from 0."""
        return self._numpy("absolute", number)

    def greater(self, number: Operand, other: Operand) -> Operand:
        """The greater one; unknown where one of them is."""
        return self._numpy("maximum", number, other)

    def opposite(self, side: Side) -> Side:
        """Where it is not so."""
        return not side if isinstance(side, bool) else self.program.call("logical_not", side)

    def known(self, number: Operand) -> Side:
        """Where a number is known."""
        return self.asked("equal", number, number)

    def arithmetic(self, sign: str, left: Operand, right: Operand) -> Operand:
        """`left` and `right` added, subtracted, multiplied or divided; perhaps not finite."""
        if sign == "/":
            right = self.finite(right)  # a number divided by infinity would be known again
        if left.constant is not None and right.constant is not None:
            return self.constant(_calculated(sign, left.constant, right.constant))
        if sign == "*":
            greatest = left.greatest * right.greatest
        elif sign == "/":
            greatest = left.greatest / abs(right.constant) if right.constant else math.inf
        else:
            greatest = left.greatest + right.greatest
        if not math.isfinite(greatest):
            greatest = math.inf
            self.program.careful = True
        variable = self.program.call(_ARITHMETIC[sign], left.variable, right.variable)
        return Operand(variable, greatest)

    def _call(self, function: str, operands: list[Operand]) -> Operand:
        operands = [self.finite(each) for each in operands]  # else min(infinity, 3) would be known
        if function == "abs":
            return self._numpy("absolute", operands[0])
        if function == "clip":
            value, lowest, highest = operands
            return self._numpy("minimum", self._numpy("maximum", value, lowest), highest)
        result = operands[0]
        for each in operands[1:]:
            result = self._numpy("minimum" if function == "min" else "maximum", result, each)
        return result

    def _numpy(self, function: str, *operands: Operand) -> Operand:
        constants = [each.constant for each in operands if each.constant is not None]
        if len(constants) == len(operands):
            return self.constant(float(FUNCTIONS[function](*constants)))
        variable = self.program.call(function, *(each.variable for each in operands))
        return Operand(variable, max(each.greatest for each in operands))

    def _comparison(self, sign: str, left: Node, right: Node) -> tuple[Side, Side]:
        one, other = self.finite(self.number(left)), self.finite(self.number(right))
        if sign in {"==", "!="}:
            apart = self.either(self.asked("less", one, other), self.asked("greater", one, other))
            same = self.asked("equal", one, other)
            return (same, apart) if sign == "==" else (apart, same)
        holds, fails = _SIGNS[sign]
        return self.asked(holds, one, other), self.asked(fails, one, other)

    def asked(self, function: str, left: Operand, right: Operand) -> Side:
        """Where a comparison is so; nowhere that one of the numbers is unknown."""
        if left.constant is not None and right.constant is not None:
            return bool(FUNCTIONS[function](left.constant, right.constant))
        return self.program.call(function, left.variable, right.variable)

    def _junction(self, word: str, truths: list[tuple[Side, Side]]) -> tuple[Side, Side]:
        holds, fails = [each[0] for each in truths], [each[1] for each in truths]
        if word == "and":
            return self.both(*holds), self.either(*fails)
        return self.either(*holds), self.both(*fails)

    def both(self, *sides: Side) -> Side:
        """Where all of them are so."""
        return self._joined("bitwise_and", sides, keeps=True)

    def either(self, *sides: Side) -> Side:
        """Where one of them is so."""
        return self._joined("bitwise_or", sides, keeps=False)

    def _joined(self, function: str, sides: Sequence[Side], *, keeps: bool) -> Side:
        """`keeps` is the value that leaves the others as they are; its opposite decides."""
        if (not keeps) in sides:
            return not keeps
        variables = [side for side in sides if isinstance(side, str)]
        if not variables:
            return keeps
        result = variables[0]
        for each in variables[1:]:
            result = self.program.call(function, result, each)
        return result


def _calculated(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else math.nan
