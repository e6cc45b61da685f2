"""What rules were asked in a test, and which of their terms were ever true and ever false.

A term is a comparison or a bare name. Those of `only_when` count everywhere, those of
`when` where the rule is asked (on air, and `only_when` holds), those of `clear` where
its alert fires.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.alerts.alert import Change
from monitor.rules.compile import Compiled, RuleSet
from monitor.rules.kinds.kind import Columns
from monitor.shard import Shard

WITH_NO_ROW = ("product", "platform")  # row 0 of these is none


class Term(Struct):
    """A part of a condition: where it stands, and what was seen of it."""

    rule: str
    field: str
    text: str
    column: int  # in the text of the field, from 1
    was_true: bool = False
    was_false: bool = False

    @property
    def lacks(self) -> str:
        """What was never seen of it; empty when all was."""
        if self.was_true and self.was_false:
            return ""
        if not (self.was_true or self.was_false):
            return "neither true nor false"
        return "never false" if self.was_true else "never true"


class _Sight:
    """One rule: its terms, and where its alerts fire."""

    def __init__(self, rule: Compiled) -> None:
        self.rule = rule
        self.firing: dict[str, Change] = {}  # by key
        self.when = rule.conditions.get("when")
        self.terms = [
            (Term(rule.id, field, each.text, each.tree.start + 1), each)
            for field, condition in rule.conditions.items()
            for each in condition.terms
        ]

    def rows(self, shard: Shard, columns: Columns) -> NDArray[np.bool_]:
        """Where its alerts fired before this tick."""
        found = np.zeros(columns.rows, bool)
        for change in self.firing.values():
            row = shard.row(change)
            if row is not None:
                found[row] = True
        return found


class Watch:
    """Sees the ticks of a test."""

    def __init__(self, rules: RuleSet, *, terms: bool = False) -> None:
        self.refused: set[str] = set()  # rules that were asked and known not to hold
        self._with_terms = terms
        self._sights = [_Sight(rule) for rule in rules.rules]

    def terms(self) -> Iterator[Term]:
        for sight in self._sights:
            yield from (term for term, _ in sight.terms)

    def see(self, shard: Shard, changes: Iterable[Change]) -> None:
        """Once a tick, after the rules were asked."""
        assert shard.scopes is not None, "it has ticked"
        changes = list(changes)
        for sight in self._sights:
            columns = shard.scopes[sight.rule.rule.scope]
            if columns.rows > (columns.scope in WITH_NO_ROW):
                self._see(sight, shard, columns)
            for change in changes:
                if change.rule == sight.rule.id and change.change == "fired":
                    sight.firing[change.key] = change
                elif change.rule == sight.rule.id and change.change == "resolved":
                    sight.firing.pop(change.key, None)

    def _see(self, sight: _Sight, shard: Shard, columns: Columns) -> None:
        rule = sight.rule
        open_terms = (
            [(term, condition) for term, condition in sight.terms if term.lacks]
            if self._with_terms
            else []
        )
        if rule.id in self.refused and not open_terms:
            return
        on_air = np.ones(columns.rows, bool) if rule.rule.off_air else columns.on_air()
        asked = on_air
        if rule.only_when is not None:
            asked = on_air & rule.only_when.evaluate(columns).holds
        beside = rule.asker.beside(columns)
        if rule.id not in self.refused and asked.any():
            known = asked & sight.when.evaluate(beside).fails if sight.when is not None else asked
            if known.any():
                self.refused.add(rule.id)
        everywhere = np.ones(columns.rows, bool)
        everywhere[:1] = columns.scope not in WITH_NO_ROW
        where = {"only_when": everywhere, "when": asked}
        for term, condition in open_terms:
            rows = where.get(term.field)
            if rows is None:
                rows = where[term.field] = sight.rows(shard, columns)
            if rows.any():
                truth = condition.evaluate(beside)
                term.was_true = term.was_true or bool(truth.holds[rows].any())
                term.was_false = term.was_false or bool(truth.fails[rows].any())
