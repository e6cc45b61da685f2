"""What the kinds compile their fields with: every mistake becomes a ProblemError with its path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor import durations
from monitor.rules.columns import ENUMS, NAMES, PRODUCT_NAMES, ROOM_NAMES
from monitor.rules.expression import Condition, Value, compile_condition, compile_value
from monitor.rules.tree import ExpressionError
from monitor.rules.vocabulary import Given

OF_KINDS = {  # columns that only one kind gives
    "eta_s": "forecast", "slope": "forecast",
    "z": "baseline", "base": "baseline", "dev": "baseline",
}  # fmt: skip


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
    """Compiles the fields of one rule, over the metrics of its scope, what its kind gives,
    its parameters and, where it may ask of them, other rules."""

    def __init__(self, scope: str, columns: Sequence[str], given: Given | None = None) -> None:
        self.scope = scope
        self.given = given or Given()
        self.names = NAMES[scope] | set(columns)
        self._enums = ENUMS if "segment" in NAMES[scope] else {}
        self._conditions: dict[str, Condition] = {}  # by their text

    def condition(self, field: str, text: str) -> Condition:
        """The condition in `field`. Raises ProblemError."""
        found = self._conditions.get(text)
        if found is None:
            try:
                found = compile_condition(text, self.names, self._enums, self.given)
            except ExpressionError as error:
                raise self._problem(field, error) from None
            self._conditions[text] = found
        return found

    def value(self, field: str, text: str) -> Value:
        """The number in `field`. Raises ProblemError."""
        try:
            return compile_value(text, self.names, self._enums, self.given)
        except ExpressionError as error:
            raise self._problem(field, error) from None

    def _problem(self, field: str, error: ExpressionError) -> ProblemError:
        unknown = re.fullmatch("unknown name `(.*)`", error.message)
        if unknown is None:
            return ProblemError((field,), str(error), error.column)
        name, remedy = unknown[1], error.remedy
        if name in PRODUCT_NAMES - ROOM_NAMES:
            remedy = "it is one of products: write `scope: product`"
        elif name in ROOM_NAMES:
            remedy = f"rooms do not add it up, so `scope: {self.scope}` has none"
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

    def seconds(self, path: str | Sequence[str | int], text: str) -> float | str:
        """Seconds, or the column that holds them, where a parameter is named."""
        found = self.given.params.get(text)
        return self.duration(path, text) if found is None else found
