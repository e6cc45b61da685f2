"""threshold: a condition over metrics.

    when: negative_share_1m > 0.25 and comments_1m >= 4

Its figures stand beside what is asked, in the alert and in its summary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.rules.conditions import Compiler
from monitor.rules.expression import Condition
from monitor.rules.kinds.kind import Asked, Columns, Lowering, Operand, Rule, Side, Value, read
from monitor.signals.rooms import Floats


class Threshold(Rule, frozen=True, kw_only=True, tag="threshold"):
    """Holds where `when` does."""

    when: Asked


class ThresholdAsker:
    def __init__(self, rule: Threshold, compiler: Compiler) -> None:
        self.condition: Condition = compiler.condition("when", rule.when)
        self.used = self.condition.names

    def lower(self, lowering: Lowering) -> tuple[Side, Side]:
        return lowering.truth(self.condition.tree)

    def given(self, lowering: Lowering) -> Mapping[str, Operand]:
        return {}

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return columns

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        return read(columns, self.used, row)

    def forget(self, rows: Iterable[int]) -> None:
        """It remembers nothing."""
