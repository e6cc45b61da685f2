"""What `missing: alert` adds to a rule: an alert of its own where its question has no answer.

id          the rule's, with `.unknown`
holds       where the rule is asked and its condition is neither true nor false
for         the rule's `missing_for`
severity    data_lost
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from monitor.rules.conditions import Compiler
from monitor.rules.expression import Truth
from monitor.rules.kinds.kind import Columns, Flags, Rule, Value, read
from monitor.signals.rooms import Floats


class Unknown(Rule, frozen=True, kw_only=True, tag="unknown"):
    """Made of a rule with `missing: alert`; nobody writes one."""

    of: str
    about: tuple[str, ...] = ()


def unknown(rule: Rule, names: Sequence[str]) -> Unknown:
    """The alert of a rule that says `missing: alert` and reads these columns."""
    return Unknown(
        id=f"{rule.id}.unknown",
        scope=rule.scope,
        of=rule.id,
        about=tuple(names),
        for_=rule.missing_for,
        severity="data_lost",
        ttl=rule.ttl,
        role=rule.role,
        action="检查采集端;恢复前这条规则不作判断",
        summary=f"{{{{ room_name }}}}:{rule.id} 缺数据,无法判断",
        notify=rule.notify,
    )


class UnknownAsker:
    """Asked by Questions itself, of the answers of the rule it belongs to."""

    def __init__(self, rule: Unknown, compiler: Compiler) -> None:
        self.of = rule.of
        self.used = rule.about

    def ask(self, columns: Columns, now: float, firing: Flags) -> Truth:
        nothing = np.zeros(columns.rows, bool)
        return Truth(nothing, ~nothing)

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return columns

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        return read(columns, self.used, row)

    def forget(self, rows: Iterable[int]) -> None:
        """It remembers nothing."""
