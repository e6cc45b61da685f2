"""A tick's questions: each rule is one array over all rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.rules.columns import ProductColumns, RoomColumns
from monitor.rules.compiled import Compiled
from monitor.rules.expression import Condition, compile_many
from monitor.rules.kinds.kind import Columns
from monitor.rules.kinds.threshold import ThresholdAsker
from monitor.rules.kinds.unknown import UnknownAsker
from monitor.signals.together import Counts

Bools = NDArray[np.bool_]


class Questions:
    """Asks rules of one scope, and writes the answers into matrices of rules × rows.

    Plain conditions are compiled into one function, so that what several rules compare
    is compared once.
    """

    def __init__(self, rules: Sequence[Compiled]) -> None:
        self.rules = tuple(rules)
        conditions: list[Condition] = []
        self._plain: list[tuple[int, int]] = []  # (rule, place among the conditions)
        only: list[tuple[int, int]] = []  # the same of `only_when`
        self._own: list[int] = []
        self._unknown: list[tuple[int, int]] = []  # (rule, the rule whose answer it wants)
        places = {rule.id: index for index, rule in enumerate(self.rules)}
        for index, rule in enumerate(self.rules):
            if isinstance(rule.asker, ThresholdAsker):
                self._plain.append((index, len(conditions)))
                conditions.append(rule.asker.condition)
            elif isinstance(rule.asker, UnknownAsker):
                self._unknown.append((index, places[rule.asker.of]))
            else:
                self._own.append(index)
            if rule.only_when is not None:
                only.append((index, len(conditions)))
                conditions.append(rule.only_when)
        self._clears = [
            (index, rule.clear) for index, rule in enumerate(self.rules) if rule.clear is not None
        ]
        self._clear_rules = np.array([index for index, _ in self._clears], np.int64)
        self._hopeful = [
            index for index, rule in enumerate(self.rules) if rule.rule.missing == "ok"
        ]
        self._off_air = np.array([rule.rule.off_air for rule in self.rules], bool)[:, None]
        self._ask_all = compile_many(conditions) if conditions else None
        self._counts = Counts({name for each in conditions for name in each.names})
        self._plain_rules = np.array([index for index, _ in self._plain], np.int64)
        self._only_rules = np.array([index for index, _ in only], np.int64)
        self._only_places = np.array([place for _, place in only], np.int64)
        self._plain_places = np.array([place for _, place in self._plain], np.int64)

    def ask(
        self, columns: Columns, now: float, state: np.ndarray, answers: tuple[Bools, Bools]
    ) -> None:
        """Fill `answers` (holds, fails), of at least `columns.rows` rows, from the columns.

        `state` is the life cycle's: a rule with a `clear` is asked that of rows that fire (2)
        or recover (3).
        """
        rows = columns.rows
        holds, fails = answers[0][:, :rows], answers[1][:, :rows]
        if self._ask_all is not None:
            if isinstance(columns, RoomColumns | ProductColumns):
                columns.fetch(self._counts)
            all_hold, all_fail = self._ask_all(columns)
            holds[self._plain_rules] = all_hold[self._plain_places]
            fails[self._plain_rules] = all_fail[self._plain_places]
        for index in self._own:
            firing = state[index, :rows] >= 2
            holds[index], fails[index] = self.rules[index].asker.ask(columns, now, firing)
        if len(self._only_rules):
            holds[self._only_rules] &= all_hold[self._only_places]
            fails[self._only_rules] |= all_fail[self._only_places]
        for index in self._hopeful:
            np.logical_not(holds[index], out=fails[index])
        if self._clears:
            anywhere = (state[self._clear_rules, :rows] >= 2).any(axis=1)
            for place in np.flatnonzero(anywhere).tolist():
                index, clear = self._clears[place]
                firing = state[index, :rows] >= 2
                answer = clear.evaluate(self.rules[index].asker.beside(columns))
                ends = firing & answer.holds & ~holds[index]
                holds[index] |= firing & answer.fails
                fails[index] = np.where(firing, ends, fails[index])
        if len(self._only_rules):  # who is not asked any more has nothing to clear
            holds[self._only_rules] &= ~all_fail[self._only_places]
            fails[self._only_rules] |= all_fail[self._only_places]
        for index, of in self._unknown:
            np.logical_or(holds[of], fails[of], out=fails[index])
            np.logical_not(fails[index], out=holds[index])
        on_air = columns.on_air()
        if not on_air.all():
            asked = on_air | self._off_air
            holds &= asked
            fails |= ~asked
