"""Facts as columns: what `where` of a rule asks of each fact that came since the last tick.

    where: phase == "warning"            a word of those the fact may hold
    where: source == "paid" and value > 100

A field with a fixed set of words is an enumeration; any other text may be compared with
any text in quotes. A field that is not told is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import msgspec
import numpy as np

from monitor.events import KINDS, Fact
from monitor.rules.conditions import ProblemError
from monitor.rules.expression import Condition, compile_condition
from monitor.rules.tree import ExpressionError
from monitor.rules.vocabulary import Given
from monitor.shapes import suggest
from monitor.signals.figures import COUNTED
from monitor.signals.rooms import Floats

APART = ("room", "at", "id", "at_from", "session")  # what a fact is known by


class Words(dict[str, float]):
    """The words that a condition names, each with a code; any word is one."""

    def __contains__(self, word: object) -> bool:
        return True

    def __missing__(self, word: str) -> float:
        code = self[word] = float(len(self) + 1)
        return code


class FactKind:
    """One kind of fact that a rule names, and its fields."""

    def __init__(self, name: str, path: Sequence[str | int] = ("fact",)) -> None:
        """Raises ProblemError for a name that is none."""
        if name not in KINDS:
            raise ProblemError(path, f"unknown fact `{name}` — {suggest(name, KINDS)}")
        self.kind = KINDS[name]
        self.name = name
        self.fields = tuple(each for each in self.kind.__struct_fields__ if each not in APART)
        self.enums: dict[str, dict[str, float]] = {}
        for field in msgspec.structs.fields(self.kind):
            if field.name in self.fields:
                words = _words(field.type)
                if words is not None:
                    self.enums[field.name] = words

    @property
    def counted(self) -> bool:
        """Whether it comes by the thousand, so that it is only counted."""
        return self.kind in COUNTED

    def condition(self, field: str, text: str, given: Given) -> Condition:
        """What `where` asks. Raises ProblemError."""
        names = [name for name in self.fields if name not in self.enums]
        try:
            return compile_condition(text, names, self.enums, given)
        except ExpressionError as error:
            message = str(error).replace("unknown name", f"`{self.name}` has no field", 1)
            raise ProblemError((field,), message, error.column) from None

    def columns(self, facts: Sequence[Fact], names: Sequence[str]) -> dict[str, Floats]:
        """Fields of facts as columns: numbers, or the codes of words."""
        return {
            name: np.array([self._number(name, getattr(fact, name)) for fact in facts], float)
            for name in names
            if name in self.fields
        }

    def _number(self, name: str, value: Any) -> float:
        if value is None:
            return float("nan")
        if isinstance(value, str):
            return dict.get(self.enums[name], value, 0.0)
        return float(value)

    def values(self, fact: Fact) -> Mapping[str, float | str | None]:
        """The fields of one fact, for people."""
        return {
            name: float(value) if isinstance(value, int | float) else value
            for name in self.fields
            for value in (getattr(fact, name),)
        }


def _words(kind: Any) -> dict[str, float] | None:
    """The words that a field may hold, None where it holds no words."""
    parts = [kind, *get_args(kind)]
    for part in parts:
        if get_origin(part) is Literal:
            return {str(word): float(code) for code, word in enumerate(get_args(part), start=1)}
    return Words() if any(part is str or str in get_args(part) for part in parts) else None
