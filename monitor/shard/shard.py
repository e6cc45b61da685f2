"""Rooms side by side: facts in, changes of alerts out.

An event only moves figures; a tick asks the rules:

    receive   batch ─ windows, people, stock, segments, mood
    tick      windows roll ─ each rule is one array over all rows ─ life cycle ─ changes

A shard never sleeps, reads a clock or logs, so the daemon, a replay and a rule test
drive the same object. Rooms are rows of columns; products are rows of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from monitor.alerts.alert import Alert, Change
from monitor.alerts.lifecycle import Step
from monitor.alerts.record import OWN, Record
from monitor.alerts.reminders import Plan, Reminders
from monitor.durations import spell
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules.columns import RoomColumns
from monitor.rules.compile import RuleSet
from monitor.rules.kinds.kind import Columns
from monitor.rules.scopes import Platforms, Scope, Scopes
from monitor.shard.describing import describe, why_over
from monitor.shard.explaining import Explanation, explain, why_not
from monitor.shard.places import Place, Places, fits
from monitor.shard.restored import Restored
from monitor.shard.seeing import see
from monitor.shard.watched import Watched
from monitor.signals import wall
from monitor.signals.detail import RoomDetail, detail
from monitor.signals.figures import Figures
from monitor.signals.rooms import Floats, Profile
from monitor.signals.tables import Settings, Tables
from monitor.signals.views import RoomView

TICK_S = 0.25


class Shard:
    """Machine[Batch, Change] over many rooms."""

    def __init__(
        self,
        rules: RuleSet,
        profiles: Mapping[str, Profile] | None = None,
        settings: Settings | None = None,
        mood: Mood | None = None,
        columns: Callable[[Tables, float], RoomColumns] = RoomColumns,
        scopes: type[Scopes] = Scopes,
    ) -> None:
        self.figures = Figures(settings or Settings(), profiles or {}, mood)
        self.record = Record()
        self._columns, self._kind = columns, scopes
        self.scopes: Scopes | None = None  # as the last tick saw them
        self._next_tick: float | None = None
        self.platforms = Platforms()
        self._places = Places(self.platforms)
        self._reminders = Reminders()
        self._use(rules)
        self._restored = Restored()
        self.gone: tuple[str, ...] = ()  # the rooms that were given up at the last tick

    def _use(self, rules: RuleSet) -> None:
        self.rules = rules
        self.watched = [Watched(group) for group in rules.groups]
        self._of_rule = {rule.id: each for each in self.watched for rule in each.rules}
        self.figures.tables.happened.want(rules.facts)

    # ── the face ──────────────────────────────────────────────────────────────

    def receive(self, items: Sequence[Batch], now: float) -> list[Change]:
        """Take batches; nothing follows until the next tick."""
        for batch in items:
            self.figures.receive(batch, now)
        self._next_tick = self._next_tick or now
        return []

    def tick(self, now: float) -> list[Change]:
        """Ask every rule."""
        self.figures.tick(now)
        groups = range(len(self.watched))
        changes = self.begin(now) + [each for group in groups for each in self.ask(group, now)]
        return changes + self.end(now)

    def begin(self, now: float) -> list[Change]:
        """A tick in parts, where others say a part of what is asked: what it looks at."""
        self._next_tick = now + TICK_S
        self.scopes = self._seen = self._scopes(now)
        return self._adopt(now) if self._restored else []

    def ask(self, group: int, now: float) -> list[Change]:
        """Ask one group of rules, in their order."""
        watched = self.watched[group]
        if watched.scope == "product" and len(self.figures.tables.products) == 1:
            return []
        return self._changes(watched, self._seen[watched.scope], now)

    def end(self, now: float) -> list[Change]:
        """What follows when all were asked."""
        self.figures.tables.happened.clear()
        return self._remind(now) + self._release(now)

    def next_tick(self) -> float | None:
        return self._next_tick

    def _scopes(self, now: float) -> Scopes:
        rooms = self._columns(self.figures.tables, now)
        parameters = self.rules.parameters
        return see(rooms, parameters, self.platforms, self._of_rule, now, self._kind)

    def column(self, scope: Scope, name: str, now: float) -> Floats:
        """A figure, a parameter (`floor@rule`) or `firing(rule)`, a row for each of the scope."""
        return self._scopes(now)[scope][name]

    # ── alerts ────────────────────────────────────────────────────────────────

    def _changes(self, watched: Watched, columns: Columns, now: float) -> list[Change]:
        changes = []
        for step in watched.step(columns, now):
            rule = watched.rules[step.rule]
            place = self._places.at(self.figures.tables, watched.scope, step.row)
            key = place.key(rule.id)
            match step.what:
                case "pending" | "fired":
                    changes.append(self._moved(step, watched, columns, place, now))
                case "raised":
                    changes.append(self._ended(key, now, "it is worse now"))
                    changes.append(self._moved(step, watched, columns, place, now))
                case "quiet":
                    self.record.drop(key)
                case "resolved":
                    changes.append(self._ended(key, now, why_over(columns, step.row)))
                case "recovering" | "back":
                    state = "firing" if step.what == "back" else "recovering"
                    self.record.note(key, state=state)
                case _:
                    self.record.note(key, unknown=step.what == "unknown")
        return changes

    def _moved(
        self, step: Step, watched: Watched, columns: Columns, place: Place, now: float
    ) -> Change:
        rule = watched.rules[step.rule]
        alert = describe(self.figures.tables, watched, columns, (step.rule, step.row), place)
        alert.state = "pending" if step.what == "pending" else "firing"
        what = "pending" if step.what == "pending" else "fired"
        if what == "fired":
            cell = (step.rule, step.row)
            watched.lifecycle.fired[cell], watched.lifecycle.acked[cell] = now, False
            if rule.realert is not None:
                self._reminders.begin(alert.key, Plan(*rule.realert), now, now)
        return self.record.moved(what, alert, now, rule.ttl_s, rule.rule.notify)

    def _ended(self, key: str, now: float, reason: str) -> Change:
        self._reminders.end(key)
        return self.record.resolved(key, now, reason)

    def _remind(self, now: float) -> list[Change]:
        """What nobody has acknowledged is told again, as it is now."""
        changes = []
        for key in self._reminders.due(now):
            alert = self.record[key]
            watched, cell = self._cell(alert)
            rule = self.rules.by_id[alert.rule]
            summary, tables = "", self.figures.tables
            if cell is not None:
                place = self._places.at(tables, watched.scope, cell[1])
                summary = describe(tables, watched, self._seen[watched.scope], cell, place).summary
            reason = f"not acknowledged for {spell(round(now - (alert.fired_at or now)))}"
            changes.append(
                self.record.again(key, now, reason, rule.ttl_s, rule.rule.notify, summary)
            )
        return changes

    def row(self, of: Alert | Change) -> int | None:
        """The row that an alert of a rule has in its scope; None while it is not known."""
        return self._places.row(self.figures.tables, self._of_rule[of.rule].scope, of)

    def _cell(self, alert: Alert) -> tuple[Watched, tuple[int, int] | None]:
        """Where an alert of a rule that is there stands; None while its row is not known."""
        watched, row = self._of_rule[alert.rule], self.row(alert)
        return watched, None if row is None else (watched.index[alert.rule], row)

    def acknowledge(
        self, key: str, episode: int, by: str, now: float
    ) -> tuple[Change | None, bool]:
        """Somebody has seen an open alert: the change, and whether they are the first."""
        change, first = self.record.acknowledged(key, episode, by, now)
        if change is not None and first and change.rule in self._of_rule:
            self._reminders.end(key)
            watched, cell = self._cell(self.record[key])
            if cell is not None:
                watched.lifecycle.grow(cell[1] + 1)
                watched.lifecycle.acked[cell] = True
        return change, first

    def alerts(self) -> list[Alert]:
        """Pending, firing and recovering alerts."""
        return self.record.alerts()

    def rooms(self, now: float) -> list[RoomView]:
        return wall.rooms(self.figures.tables, now)

    def detail(self, room: str, now: float) -> RoomDetail | None:
        """One room in full; None for one that was never heard of."""
        return detail(self.figures.tables, room, now)

    def explain(self, rule: str, room: str, sku: str | None = None) -> Explanation | str:
        """Why a rule says what it says there, as the last tick saw it; or why nobody can tell."""
        watched = self._of_rule.get(rule)
        if watched is None or self.scopes is None:
            return why_not(rule, self._of_rule)
        return explain(watched, self.scopes, self._places, (rule, room, sku))

    def _release(self, now: float) -> list[Change]:
        """Give up rooms that are over: what is still open of them is resolved."""
        rows, tables = self.figures.over(now), self.figures.tables
        self.gone = tuple(tables.rooms.names[row] for row in rows)
        if not rows:
            return []
        gone = set(self.gone)
        changes = []
        for alert in self.record.alerts():
            if alert.room in gone:
                changes += self._over(alert, now, "the room is heard of no more")
        for watched in self.watched:
            watched.forget(self._places.of_rooms(tables, watched.scope, rows))
        tables.release(rows)
        return changes

    # ── reload and restart ────────────────────────────────────────────────────

    def reload(self, rules: RuleSet, now: float) -> list[Change]:
        """Put new rules in force; windows stay, alerts stay by the id of their rule.

        A removed rule resolves its alerts. Where the question itself was edited, a pending
        alert is asked anew and a firing one goes on until the new question says otherwise.
        """
        before = self.rules
        same = rules.unedited(before)
        changes = []
        for alert in self.record.alerts():
            if alert.rule in OWN:
                continue
            rule = rules.by_id.get(alert.rule)
            if rule is None or not fits(rule.rule.scope, alert):
                changes += self._over(alert, now, "the rule was removed")
            elif alert.state == "pending" and rule.id not in same:
                self._over(alert, now, "")
        for name in same:  # what an unedited question has learned is still so
            rules.by_id[name].asker = before.by_id[name].asker
        watched = self.watched
        self._use(rules)
        for each in self.watched:
            each.go_on(watched, same)
        return changes

    def restore(
        self,
        alerts: Sequence[Alert],
        episodes: Mapping[str, int] | None = None,
        last_at: float | None = None,
    ) -> None:
        """Take up alerts that were open before; they wait for their room to be heard of.

        Since `last_at` nobody has asked; of a pending alert that time does not count.
        """
        self.record.restore(alerts, episodes or {})
        self._restored.take(alerts, last_at)

    def _over(self, alert: Alert, now: float, reason: str) -> list[Change]:
        """An open alert is asked no more; of a pending one nobody knows."""
        self._restored.drop(alert.key)
        if alert.state == "pending":
            self.record.drop(alert.key)
            return []
        return [self._ended(alert.key, now, reason)]

    def _adopt(self, now: float) -> list[Change]:
        """Give restored alerts their cells, as soon as their rows are known."""
        changes: list[Change] = []
        for alert, reason in self._restored.over(now, self._of_rule):
            changes += self._over(alert, now, reason)
        for alert in self._restored.waiting():
            watched, cell = self._cell(alert)
            if cell is None:
                continue
            self._restored.drop(alert.key)
            watched.restore(cell, alert, now, self._restored.last_at)
            plan = watched.rules[cell[0]].realert
            if plan and alert.fired_at is not None and alert.acked_at is None:
                self._reminders.begin(alert.key, Plan(*plan), alert.fired_at, now)
        for alert in self._restored.given_up(now):
            changes += self._over(alert, now, "not heard of since the restart")
        return changes
