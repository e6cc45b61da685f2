"""An expression of a rule, compiled to numpy and asked over all rows at once.

A column is a float64 array, a row for each room or product; NaN is unknown.
Truth is three-valued (Kleene) and kept as two arrays: where it holds and where
it fails; where it does neither, it is unknown.

    and      holds: both hold       fails: one fails
    or       holds: one holds       fails: both fail
    not      the two arrays change places
    x < c    holds: x < c           fails: x >= c     (NaN is neither, by IEEE 754)
    x == c   holds: x == c          fails: x < c or x > c

Arithmetic over the unknown is unknown, and so is what is not finite (a division
by zero). A check for that stands only where the greatest possible result, worked
out while compiling, leaves the range of a float; so a column MUST hold numbers
below 1e100, which leaves money and counts some room.

The function is generated: its text consists of our own `v1`, `k1` and the names
of numpy functions; no text of a user ever becomes part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, Never, TypeAlias

import numpy as np
from numpy.typing import NDArray

from monitor.rules.grammar import parse_condition, parse_value
from monitor.rules.lowering import Lowering
from monitor.rules.tree import Column, ExpressionError, Node, columns, terms, written
from monitor.rules.vocabulary import Enums, Given

__all__ = [
    "Condition",
    "ExpressionError",
    "Truth",
    "Value",
    "compile_condition",
    "compile_value",
]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Columns: TypeAlias = Mapping[str, Floats]


class Truth(NamedTuple):
    """Where a condition holds and where it fails; bool, a row each. Read only."""

    holds: Flags
    fails: Flags


@dataclass(frozen=True, eq=False)
class Condition:
    """A compiled condition; `names` are the columns it needs, sorted.

    `evaluate` takes those columns, all of one length, and MUST NOT be given
    infinities. What it returns may be shared, so it MUST NOT be written to.
    """

    text: str
    names: tuple[str, ...]
    tree: Node
    source: str  # what `tree` was written in

    @cached_property
    def evaluate(self) -> Callable[[Columns], Truth]:
        """Asks it alone. Made when it is first wanted: a tick asks all of them together."""
        lowering = Lowering()
        arrays = lowering.arrays(self.tree, self.names[0])
        evaluate: Callable[[Columns], Truth] = lowering.program.function(*arrays, make=Truth)
        return evaluate

    @cached_property
    def terms(self) -> tuple[Condition, ...]:
        """Its comparisons and bare names, in order, each as a condition of its own."""
        found = terms(self.tree)
        return tuple(
            Condition(written(each, self.source), columns(each), each, self.source)
            for each in found
        )


@dataclass(frozen=True, eq=False)
class Value:
    """A compiled number: float64, NaN where it is unknown. Else as Condition."""

    text: str
    names: tuple[str, ...]
    tree: Node
    evaluate: Callable[[Columns], Floats]


def compile_condition(
    text: str, names: Collection[str], enums: Enums | None = None, given: Given | None = None
) -> Condition:
    """Compile a condition over columns called `names`.

    `enums` gives the columns that hold codes, and the code of each of their words; `given`
    what a rule may name beside columns. Raises ExpressionError.
    """
    tree = parse_condition(text, names, enums or {}, given)
    used = columns(tree)
    if not used:
        _refuse_constant()
    return Condition(text.strip(), used, tree, text)


def compile_value(
    text: str, names: Collection[str], enums: Enums | None = None, given: Given | None = None
) -> Value:
    """Compile a number over columns called `names`. Raises ExpressionError."""
    tree = parse_value(text, names, enums or {}, given)
    used = columns(tree)
    if not used:
        _refuse_constant()
    if isinstance(tree, Column):  # it is there already
        return Value(text.strip(), used, tree, itemgetter(tree.name))
    lowering = Lowering()
    operand = lowering.finite(lowering.number(tree))
    result = operand.variable
    if operand.constant is not None:
        result = lowering.program.filled(lowering.program.column(used[0]), operand.constant)
    return Value(text.strip(), used, tree, lowering.program.function(result, make=_only))


def _only(array: Floats) -> Floats:
    return array


def _refuse_constant() -> Never:
    raise ExpressionError(1, "names nothing that is measured", "write for example `online > 100`")
