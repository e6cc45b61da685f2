"""What the kinds compile their fields with: every mistake becomes a ProblemError with its path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor import durations
from monitor.rules.columns import ENUMS, PRODUCT_NAMES, ROOM_NAMES
from monitor.rules.expression import Condition, Value, compile_condition, compile_value
from monitor.rules.tree import ExpressionError

OF_KINDS = {"eta_s": "forecast", "slope": "forecast"}  # columns that only one kind gives


class ProblemError(Exception):
    """A mistake in a rule: the field it is in and what is wrong — what to write.

    `column` is where in the field's text, from 1; 0 where all of it is meant.
    """

    def __init__(self, path: Sequence[str | int], message: str, column: int = 0) -> None:
        super().__init__(message)
        self.path = tuple(path)
        self.message = message
        self.column = column


class Compiler:
    """Compiles the fields of one rule, over the metrics of its scope and what its kind gives."""

    def __init__(self, scope: str, given: Sequence[str]) -> None:
        self.names = (PRODUCT_NAMES if scope == "product" else ROOM_NAMES) | set(given)

    def condition(self, field: str, text: str) -> Condition:
        """The condition in `field`. Raises ProblemError."""
        try:
            return compile_condition(text, self.names, ENUMS)
        except ExpressionError as error:
            raise self._problem(field, error) from None

    def value(self, field: str, text: str) -> Value:
        """The number in `field`. Raises ProblemError."""
        try:
            return compile_value(text, self.names, ENUMS)
        except ExpressionError as error:
            raise self._problem(field, error) from None

    def _problem(self, field: str, error: ExpressionError) -> ProblemError:
        unknown = re.fullmatch("unknown name `(.*)`", error.message)
        if unknown is None:
            return ProblemError((field,), str(error), error.column)
        name, remedy = unknown[1], error.remedy
        if name in PRODUCT_NAMES:
            remedy = "it is one of products: write `scope: product`"
        elif name in OF_KINDS:
            remedy = f"only `kind: {OF_KINDS[name]}` has it, in its own `when` and `clear`"
        return ProblemError((field,), f"unknown metric `{name}` — {remedy}", error.column)

    def duration(self, path: str | Sequence[str | int], text: str) -> float:
        """Seconds. Raises ProblemError."""
        try:
            return durations.parse(text)
        except ValueError as error:
            path = (path,) if isinstance(path, str) else path
            raise ProblemError(path, str(error).replace("; write", " — write", 1)) from None
