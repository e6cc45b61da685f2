"""A group of rules over its rows, with the states of their alerts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import cast

import numpy as np

from monitor.alerts.alert import Alert, Severity
from monitor.alerts.lifecycle import FIRING, Flap, Lifecycle, Step, Timing
from monitor.rules.compiled import Compiled
from monitor.rules.kinds.kind import Levelled
from monitor.rules.ruleset import Group
from monitor.rules.scopes import Columns
from monitor.signals.rooms import Floats
from monitor.signals.windows import SPANS

LONGEST_S = 300.0  # for what has no window, but began anew: a session, what other rules say
_WINDOW = re.compile(rf"_({'|'.join(SPANS)})(?:@|$)")


class Watched:
    """Rules of one scope that are asked together."""

    def __init__(self, group: Group) -> None:
        self.scope = group.scope
        self.rules = group.rules
        self.index = {rule.id: index for index, rule in enumerate(group.rules)}
        self.lifecycle = Lifecycle([_timing(rule) for rule in group.rules])
        self._questions = group.questions
        self._levelled = {
            index for index, rule in enumerate(group.rules) if hasattr(rule.asker, "severities")
        }
        self._level = np.zeros((len(group.rules), 0), np.int8)  # as people were told of it
        self._patient: dict[tuple[int, int], float] = {}  # what does not end before an instant

    def step(self, columns: Columns, now: float) -> list[Step]:
        """Ask, and move the alerts. `raised` is one that fires and has become worse."""
        if not columns.rows:
            return []
        lifecycle = self.lifecycle
        lifecycle.grow(columns.rows)
        self._questions.ask(columns, now, lifecycle.state, (lifecycle.holds, lifecycle.fails))
        if self._patient:
            self._wait(columns, now)
        steps = lifecycle.step(now)
        self._questions.stirred(step.row for step in steps)
        return self._raise(columns, steps) if self._levelled else steps

    def _wait(self, columns: Columns, now: float) -> None:
        self._questions.anew()  # next time, for what is said here is not what was answered
        on_air = columns.on_air()
        for cell, until in list(self._patient.items()):
            if now >= until or not on_air[cell[1]]:
                del self._patient[cell]
            else:
                self.lifecycle.fails[cell] = False

    def _raise(self, columns: Columns, steps: list[Step]) -> list[Step]:
        self._grow()
        for index in self._levelled:
            try:
                levels = self._levels(index).levels(columns)
            except Exception:  # noqa: BLE001  it is told all the same, if as less bad; counted
                self.rules[index].summary.failures += 1
                continue
            told = self._level[index, : columns.rows]
            for step in steps:
                if step.rule == index and step.what == "fired":
                    told[step.row] = levels[step.row]
            firing = self.lifecycle.state[index, : columns.rows] == FIRING
            worse = np.flatnonzero(firing & (levels > told))
            told[worse] = levels[worse]
            steps = steps + [Step("raised", index, row) for row in worse.tolist()]
        return steps

    def _levels(self, rule: int) -> Levelled:
        return cast(Levelled, self.rules[rule].asker)  # it was, when the group was made

    def severity(self, rule: int, row: int) -> Severity:
        """How bad the alert is that fires here."""
        if rule in self._levelled and row < self._level.shape[1]:
            return self._levels(rule).severities[self._level[rule, row]]
        return self.rules[rule].rule.severity

    def told(self, function: str, rule: str, rows: int, now: float) -> Floats:
        """What one of its rules says of each row: firing, pending, acked, firing_s."""
        index, lifecycle = self.index[rule], self.lifecycle
        lifecycle.grow(rows)
        state = lifecycle.state[index, :rows]
        match function:
            case "pending":
                return (state == 1).astype(np.float64)
            case "acked":
                return ((state >= FIRING) & lifecycle.acked[index, :rows]).astype(np.float64)
            case "firing_s":
                return np.where(state >= FIRING, now - lifecycle.fired[index, :rows], 0.0)
        return (state >= FIRING).astype(np.float64)

    def restore(
        self, cell: tuple[int, int], alert: Alert, now: float, last_at: float | None
    ) -> None:
        """Put an alert back as it was when another process asked last, at `last_at`.

        Nobody knows what happened since: that time does not count. Where the windows it
        reads have seen only a part, it ends with its broadcast or not at all.
        """
        since = alert.since
        if alert.state == "pending":
            since = now if last_at is None else since + max(now - last_at, 0.0)
        fired = alert.fired_at or now
        self.lifecycle.restore(cell, alert.state, since, now, fired)
        self._questions.anew()
        self.lifecycle.acked[cell] = alert.acked_at is not None
        self.lifecycle.flapping[cell] = alert.flapping
        if cell[0] in self._levelled:
            severities = self._levels(cell[0]).severities
            self._grow()
            if alert.severity in severities:
                self._level[cell] = severities.index(alert.severity)
        until = now + self.patience(cell[0])
        if until > now:
            self._patient[cell] = until

    def go_on(self, others: Iterable[Watched], same: Collection[str]) -> None:
        """Go on with alerts where `others` left them: the rows are the same.

        Where the question is another one (it is not in `same`), what is pending is asked anew.
        """
        for other in others:
            if other.scope != self.scope:
                continue
            if list(other.index) == list(self.index):  # as it is where a rule was edited
                self.lifecycle.take_all(other.lifecycle)
                self._level, self._patient = other._level, other._patient
            else:
                for rule in self.index.keys() & other.index.keys():
                    self._take_over(other, self.index[rule], other.index[rule])
        for rule, index in self.index.items():
            if rule not in same:
                self.lifecycle.ask_anew(index)
                if index in self._levelled:  # perhaps there are fewer now
                    worst = len(self._levels(index).severities) - 1
                    np.minimum(self._level[index], worst, out=self._level[index])

    def _take_over(self, other: Watched, here: int, there: int) -> None:
        self.lifecycle.take_over(here, other.lifecycle, there)
        self._grow()
        other._grow()
        both = here in self._levelled and there in other._levelled
        if both and self._levels(here).severities == other._levels(there).severities:
            self._level[here, : other.lifecycle.rows] = other._level[there, : other.lifecycle.rows]
        for (index, row), until in other._patient.items():
            if index == there:
                self._patient[here, row] = until

    def forget(self, rows: list[int]) -> None:
        """These rows are of other rooms (or products) from now on."""
        self.lifecycle.forget(rows)
        self._level[:, [row for row in rows if row < self._level.shape[1]]] = 0
        for cell in [cell for cell in self._patient if cell[1] in rows]:
            del self._patient[cell]
        for rule in self.rules:
            rule.asker.forget(rows)

    def _grow(self) -> None:
        more = self.lifecycle.rows - self._level.shape[1]
        if more > 0:
            self._level = np.pad(self._level, ((0, 0), (0, more)))

    def patience(self, rule: int) -> float:
        """For how long after a restart what the rule reads is not all there yet. Seconds."""
        return max(map(_began_anew, _names(self.rules[rule])), default=0.0)


def _timing(rule: Compiled) -> Timing:
    flap = Flap(*rule.flap) if rule.flap else None
    return Timing(rule.id, rule.for_s, rule.keep_s, flap)


def _names(rule: Compiled) -> set[str]:
    conditions = [each.names for each in (rule.only_when, rule.clear) if each]
    return {*rule.asker.used, *(name for names in conditions for name in names)}


def _began_anew(name: str) -> float:
    window = _WINDOW.search(name)
    if window is not None:
        return float(SPANS[window[1]])
    anew = name.endswith(("_session", ")")) or name == "minutes_live"
    return LONGEST_S if anew else 0.0
