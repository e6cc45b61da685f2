"""Rooms that several shards hold, asked of together: what each of them gives, added up.

    shard      room, product, segment ─ asked here; what `platform` and `all` read: a Share
    shards     Shares ─ SharedColumns ─ platform, all: asked where all Shares are

A rule of rooms may ask of one of a platform, which asks of one of rooms: then that is done
in levels, and after each the shards are told what the rules of its platforms say.

    level      0                           1
    shards     comments_10s > 5            firing(platform_silent)
    together   rooms_silent > 3            …

Sums are the same as of one shard but for the last bit of what is no whole number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from monitor.rules.columns import TOGETHER_NAMES, Derive, RoomColumns, TogetherColumns, whole
from monitor.rules.ruleset import RuleSet
from monitor.rules.scopes import Platforms, Scope, Scopes
from monitor.signals.metrics import FIGURES
from monitor.signals.rooms import Floats

TOGETHER: tuple[Scope, ...] = ("platform", "all")


class Share(Struct):
    """What the rooms of one shard give to a scope; a row each in the order of `names`."""

    scope: Scope
    names: list[str]  # the platforms; of all rooms there is one row
    parts: dict[str, list[list[float]]]  # of each column
    currencies: list[list[str]] = []  # told where money is asked of


class Stages:
    """In which order groups of rules are asked, by shards and together."""

    def __init__(self, rules: RuleSet) -> None:
        of_groups = levels(rules)
        self.last = max(of_groups, default=0)
        scopes = [group.scope for group in rules.groups]
        self.apart: list[list[int]] = [[] for _ in range(self.last + 1)]  # by level
        self.together: list[list[int]] = [[] for _ in range(self.last + 1)]
        for group, level in enumerate(of_groups):
            (self.together if scopes[group] in TOGETHER else self.apart)[level].append(group)
        self.wanted: list[dict[Scope, set[str]]] = []  # by level; each column once
        for groups in self.together:
            found = wanted(rules, groups)
            for before in self.wanted:
                for scope, names in before.items():
                    found.get(scope, set()).difference_update(names)
            self.wanted.append(found)


def levels(rules: RuleSet) -> tuple[int, ...]:
    """The level of each group of rules."""
    of_rule: dict[str, tuple[int, bool]] = {}
    found = []
    for group in rules.groups:
        together = group.scope in TOGETHER
        below = [of_rule[name] for rule in group.rules for name in rule.asks_of]
        level = max((each + (apart and not together) for each, apart in below), default=0)
        found.append(level)
        of_rule.update((rule.id, (level, together)) for rule in group.rules)
    return tuple(found)


def wanted(rules: RuleSet, groups: Sequence[int]) -> dict[Scope, set[str]]:
    """Which columns the shards have to give so that these groups of rules can be asked."""
    found: dict[Scope, set[str]] = {}
    for group in (rules.groups[index] for index in groups):
        names = found.setdefault(group.scope, {"rooms_live"})
        for rule in group.rules:
            conditions = (name for each in rule.conditions.values() for name in each.names)
            for name in {*rule.asker.used, *conditions, *rule.summary.used}:
                of = rules.by_id.get(name[:-1].partition("(")[2])
                apart = of is not None and of.rule.scope not in TOGETHER
                if apart or name in TOGETHER_NAMES:
                    names.add(name)
    return found


def share(scopes: Scopes, platforms: Sequence[str], names: dict[Scope, set[str]]) -> list[Share]:
    """What a shard gives, as its rooms are now."""
    found = []
    for scope, columns in names.items():
        together = scopes[scope]
        assert isinstance(together, TogetherColumns), "the scope is one of TOGETHER"
        money = any(name in FIGURES and FIGURES[name].unit == "minor" for name in columns)
        found.append(
            Share(
                scope,
                list(platforms) if scope == "platform" else [""],
                {name: [part.tolist() for part in together.parts(name)] for name in columns},
                [sorted(here) for here in together.currencies()] if money else [],
            )
        )
    return found


class SharedColumns(dict[str, Floats]):
    """Name to array, a row for each platform, or one for all rooms; of the shares of shards."""

    def __init__(self, scope: Scope, rooms: RoomColumns, row_of: dict[str, int]) -> None:
        super().__init__()
        self.scope = scope
        self.rooms = rooms
        self.tables = rooms.tables
        self.rows = len(row_of)
        self.group_of = np.empty(0, np.int64)
        self._row_of = row_of
        self._parts: dict[str, list[Floats]] = {}
        self._paid_in: list[set[str]] = [set() for _ in row_of]

    def take(self, shares: Sequence[Share]) -> None:
        """Add up what shards give, each column once."""
        for each in shares:
            rows = [self._row_of[name] for name in each.names]
            for name, parts in each.parts.items():
                sums = self._parts.setdefault(name, [np.full(self.rows, np.nan) for _ in parts])
                for there, part in zip(sums, parts, strict=True):
                    there[rows] = _together(name, there[rows], np.array(part))
            for row, currencies in zip(rows, each.currencies, strict=False):
                self._paid_in[row].update(currencies)

    def __missing__(self, name: str) -> Floats:
        if name in self._parts:
            column = whole(name, self._parts[name], self._several_currencies)
        else:
            column = self.rooms.derive(name, self)
        self[name] = column
        return column

    def _several_currencies(self) -> np.ndarray:
        return np.array([len(here) > 1 for here in self._paid_in], bool)

    def on_air(self) -> np.ndarray:
        """Where at least one room is live."""
        on_air = self["rooms_live"] > 0.0
        if self.scope == "platform":
            on_air[:1] = False  # row 0 is no platform
        return on_air


class SharedScopes(Scopes):
    """The scopes of one tick where the rooms are elsewhere: the others have no rows."""

    def __init__(self, rooms: RoomColumns, platforms: Platforms, derive: Derive) -> None:
        super().__init__(rooms, platforms, derive)
        self.__dict__["platform"] = SharedColumns("platform", rooms, platforms.row_of)
        self.__dict__["all"] = SharedColumns("all", rooms, {"": 0})

    def take(self, shares: Sequence[Share]) -> None:
        """What the shards give for a level."""
        for scope in TOGETHER:
            self.__dict__[scope].take([each for each in shares if each.scope == scope])


def _together(name: str, one: Floats, other: Floats) -> Floats:
    """Two parts of a column; what nobody knows counts for nothing."""
    if name.startswith("firing_s("):
        return np.fmax(one, other)
    return np.where(np.isnan(one), other, np.where(np.isnan(other), one, one + other))
