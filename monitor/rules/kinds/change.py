"""change: a fact of state happened.

    fact: session
    where: phase == "warning"          of the fact's own fields; every one where it is left out
    summary: "{{ room_name }}:平台警告 {{ reason }}"

It holds in the tick that sees the fact, and its alert goes on for `keep` (a minute, where
nobody writes it); a further fact meanwhile makes it last longer and is told no more. The
summary reads the fields of the fact. With `scope: product` it is asked of the product that
the fact names. What is only counted (comments, orders …) does not change anything: ask
their figures with a threshold.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping

import numpy as np

from monitor.events import KINDS, Fact
from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Truth
from monitor.rules.facts import FactKind
from monitor.rules.kinds.kind import Asked, Columns, Flags, Rule, Value
from monitor.signals.rooms import Floats


class Change(Rule, frozen=True, kw_only=True, tag="change"):
    """Holds where a fact came since the last tick."""

    fact: str
    where: Asked | None = None

    @classmethod
    def kept(cls) -> str:
        return "60s"

    def facts(self) -> tuple[type[Fact], ...]:
        return (KINDS[self.fact],)

    def told(self) -> tuple[str, ...]:
        return FactKind(self.fact).fields


class ChangeAsker:
    def __init__(self, rule: Change, compiler: Compiler) -> None:
        self._of = FactKind(rule.fact)
        if self._of.counted:
            what = f"`{rule.fact}` is only counted — write a threshold over its figures"
            raise ProblemError(("fact",), what)
        if rule.scope not in ("room", "product"):
            what = "a fact is one of a room or a product — write `scope: room`"
            raise ProblemError(("scope",), what)
        if rule.scope == "product" and "sku" not in self._of.fields:
            what = f"`{rule.fact}` names no product — write `scope: room`"
            raise ProblemError(("scope",), what)
        given = compiler.given
        self._where = self._of.condition("where", rule.where, given) if rule.where else None
        self._of_products = rule.scope == "product"
        self._last: dict[int, Fact] = {}  # what happened last in a row
        self.used = tuple(
            name for name in (self._where.names if self._where else ()) if "@" in name
        )

    def ask(self, columns: Columns, now: float, firing: Flags) -> Truth:
        holds = np.zeros(columns.rows, bool)
        for row, fact in self._found(columns):
            holds[row] = True
            self._last[row] = fact
        return Truth(holds, ~holds)

    def _found(self, columns: Columns) -> list[tuple[int, Fact]]:
        found = columns.tables.happened.of(self._of.kind)
        if self._of_products:
            by_room = columns.tables.products.by_room
            found = [(by_room[row].get(getattr(fact, "sku", ""), 0), fact) for row, fact in found]
        if not found or self._where is None:
            return found
        rows = np.array([row for row, _ in found])
        told = self._of.columns([fact for _, fact in found], self._where.names)
        given = {name: columns[name][rows] for name in self.used}
        holds = self._where.evaluate({**told, **given}).holds
        return [each for each, asked in zip(found, holds.tolist(), strict=True) if asked]

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return ChainMap(columns)

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        fact = self._last.get(row)
        return dict.fromkeys(self._of.fields) if fact is None else self._of.values(fact)

    def forget(self, rows: Iterable[int]) -> None:
        for row in rows:
            self._last.pop(row, None)
