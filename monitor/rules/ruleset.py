"""All rules in force, in groups that are asked together."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.errors import MonitorError
from monitor.rules.asking import Questions
from monitor.rules.compiled import Compiled
from monitor.rules.explaining import explains
from monitor.rules.parameters import Parameters
from monitor.rules.scopes import ORDER, Scope


class Group:
    """Rules of one scope that ask of no rule in this group or a later one."""

    def __init__(self, scope: Scope, rules: Sequence[Compiled]) -> None:
        self.scope = scope
        self.rules = tuple(rules)
        self.questions = Questions(rules)


class RuleSet:
    """All rules in force.

    `groups` are in the order in which they are asked: first what asks of figures alone,
    then what asks of those answers, and so on; in each depth by scope, rules in the order
    of the files. To make one takes a while: everything that is asked is compiled here.
    """

    def __init__(self, rules: Sequence[Compiled] = (), timezone: str = "UTC") -> None:
        """The rules MUST NOT ask of each other in a circle."""
        self.rules = tuple(rules)
        self.by_id = {rule.id: rule for rule in rules}
        self.parameters = Parameters(
            (each for rule in rules for each in rule.params if each.others), timezone
        )
        self.facts = {kind for rule in rules for kind in rule.rule.facts()}  # that it must see
        depths = {rule.id: self._depth(rule) for rule in rules}
        self.groups = tuple(
            Group(scope, asked)
            for depth in range(max(depths.values(), default=0) + 1)
            for scope in ORDER
            if (asked := [r for r in rules if depths[r.id] == depth and r.rule.scope == scope])
        )

    def _depth(self, rule: Compiled) -> int:
        return max((1 + self._depth(self.by_id[name]) for name in rule.asks_of), default=0)

    @property
    def explains(self) -> dict[str, tuple[str, ...]]:
        """Each rule that explains others while it fires in their room, and those."""
        return explains([rule.rule for rule in self.rules])

    @property
    def acts(self) -> dict[str, tuple[str, ...]]:
        """The rules that act by themselves, and the names of what they do."""
        return {rule.id: rule.rule.act for rule in self.rules if rule.rule.act}

    def unedited(self, before: RuleSet) -> set[str]:
        """The ids of those rules that ask what they asked before."""
        return {
            rule.id
            for rule in self.rules
            if rule.id in before.by_id and rule.same_question(before.by_id[rule.id])
        }

    def check(self) -> None:
        """Raises MonitorError where a rule threw since it was loaded: for courts and benches."""
        threw = [f"{rule.id}: {rule.faults.trouble}" for rule in self.rules if rule.faults.times]
        if threw:
            raise MonitorError("\n".join(threw))

    def of(self, scope: Scope) -> tuple[Compiled, ...]:
        """The rules of a scope, in the order of the files."""
        return tuple(rule for rule in self.rules if rule.rule.scope == scope)


def circle(rule: Compiled, by_id: dict[str, Compiled]) -> list[str]:
    """The ids on the way from a rule back to itself; empty where there is none."""
    todo: list[list[str]] = [[name] for name in sorted(rule.asks_of)]
    seen: set[str] = set()
    while todo:
        way = todo.pop()
        if way[-1] == rule.id:
            return way
        if way[-1] not in seen and way[-1] in by_id:
            seen.add(way[-1])
            todo += [[*way, name] for name in sorted(by_id[way[-1]].asks_of)]
    return []
