"""What the kinds compile their fields with: every mistake becomes a ProblemError with its path."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import durations
from monitor.rules.columns import ENUMS, PRODUCT_NAMES, ROOM_NAMES
from monitor.rules.expression import Condition, Value, compile_condition, compile_value
from monitor.rules.tree import ExpressionError


class ProblemError(Exception):
    """A mistake in a rule: the field it is in and what is wrong — what to write."""

    def __init__(self, path: Sequence[str | int], message: str) -> None:
        super().__init__(message)
        self.path = tuple(path)
        self.message = message


class Compiler:
    """Compiles the fields of one rule, over the metrics of its scope and what its kind gives."""

    def __init__(self, scope: str, given: Sequence[str]) -> None:
        self.names = (PRODUCT_NAMES if scope == "product" else ROOM_NAMES) | set(given)

    def condition(self, field: str, text: str) -> Condition:
        try:
            return compile_condition(text, self.names, ENUMS)
        except ExpressionError as error:
            raise ProblemError(
                (field,), str(error).replace("unknown name", "unknown metric")
            ) from None

    def value(self, field: str, text: str) -> Value:
        try:
            return compile_value(text, self.names, ENUMS)
        except ExpressionError as error:
            raise ProblemError(
                (field,), str(error).replace("unknown name", "unknown metric")
            ) from None

    def duration(self, path: str | Sequence[str | int], text: str) -> float:
        """Seconds."""
        try:
            return durations.parse(text)
        except ValueError as error:
            path = (path,) if isinstance(path, str) else path
            raise ProblemError(path, str(error).replace("; write", " — write", 1)) from None
