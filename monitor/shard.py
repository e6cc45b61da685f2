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
from monitor.alerts.lifecycle import Lifecycle, Step, Timing
from monitor.alerts.record import Record
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.rules.asking import Questions
from monitor.rules.columns import ProductColumns, RoomColumns
from monitor.rules.compile import Compiled, RuleSet
from monitor.rules.kinds.kind import Columns
from monitor.signals import wall
from monitor.signals.detail import RoomDetail, detail
from monitor.signals.figures import Figures
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings, Tables
from monitor.signals.views import RoomView

TICK_S = 0.25
GIVEN_UP_S = 3600.0  # after a restart: an open alert whose room is not heard of for so long


class _Scope:
    """The rules of one scope, with the states of their alerts."""

    def __init__(self, rules: tuple[Compiled, ...]) -> None:
        self.rules = rules
        self.questions = Questions(rules)
        self.lifecycle = Lifecycle([Timing(rule.id, rule.for_s, rule.keep_s) for rule in rules])

    def step(self, columns: Columns, now: float) -> list[Step]:
        if not self.rules or not columns.rows:
            return []
        lifecycle = self.lifecycle
        lifecycle.grow(columns.rows)
        self.questions.ask(columns, now, lifecycle.state, (lifecycle.holds, lifecycle.fails))
        return lifecycle.step(now)

    def forget(self, rows: list[int]) -> None:
        """These rows are of other rooms (or products) from now on."""
        self.lifecycle.forget(rows)
        for rule in self.rules:
            rule.asker.forget(rows)


class Shard:
    """Machine[Batch, Change] over many rooms."""

    def __init__(
        self,
        rules: RuleSet,
        profiles: Mapping[str, Profile] | None = None,
        settings: Settings | None = None,
        mood: Mood | None = None,
        columns: Callable[[Tables, float], RoomColumns] = RoomColumns,
    ) -> None:
        self.figures = Figures(settings or Settings(), profiles or {}, mood)
        self.record = Record()
        self._columns = columns
        self._next_tick: float | None = None
        self._use(rules)
        self._restored: dict[str, Alert] = {}
        self._give_up_at: float | None = None  # what is still restored then is over
        self.gone: tuple[str, ...] = ()  # the rooms that were given up at the last tick

    def _use(self, rules: RuleSet) -> None:
        self.rules = rules
        self._room = _Scope(rules.room)
        self._product = _Scope(rules.product)

    # ── the face ──────────────────────────────────────────────────────────────

    def receive(self, items: Sequence[Batch], now: float) -> list[Change]:
        """Take batches; nothing follows until the next tick."""
        for batch in items:
            self.figures.receive(batch, now)
        if self._next_tick is None:
            self._next_tick = now
        return []

    def tick(self, now: float) -> list[Change]:
        """Ask every rule."""
        self.figures.tick(now)
        self._next_tick = now + TICK_S
        changes = self._adopt(now) if self._restored else []
        rooms = self._columns(self.figures.tables, now)
        changes += self._changes(self._room, rooms, now)
        if self._product.rules and len(self.figures.tables.products) > 1:
            changes += self._changes(self._product, ProductColumns(rooms), now)
        return changes + self._release(now)

    def next_tick(self) -> float | None:
        return self._next_tick

    # ── alerts ────────────────────────────────────────────────────────────────

    def _changes(self, scope: _Scope, columns: Columns, now: float) -> list[Change]:
        changes = []
        for step in scope.step(columns, now):
            rule = scope.rules[step.rule]
            key = self._key(rule, step.row)
            if step.what == "quiet":
                self.record.drop(key)
                continue
            if step.what == "resolved":
                off_air = not columns.on_air()[step.row]
                reason = "the broadcast ended" if off_air else "condition ended"
                changes.append(self.record.resolved(key, now, reason))
                continue
            alert = self._describe(scope, columns, step)
            changes.append(self.record.moved(step.what, alert, now, rule.ttl_s, rule.rule.notify))
        return changes

    def _describe(self, scope: _Scope, columns: Columns, step: Step) -> Alert:
        rule = scope.rules[step.rule]
        room, sku, about = self._about(rule, step.row)
        values = dict(rule.asker.values(columns, step.row))
        crowd = self.figures.tables.crowd
        evidence = crowd.evidence(step.row) if crowd is not None and rule.of_incidents else {}
        if rule.of_wording:
            evidence |= self.figures.tables.wording.evidence(step.row)
        for name in ("incident", "wording"):
            about[name] = str(evidence.pop(name, ""))
        for name in rule.summary.used:
            if name not in values:
                value = float(columns[name][step.row])
                values[name] = None if value != value else value  # noqa: PLR0124  NaN is unknown
        return Alert(
            key=self._key(rule, step.row),
            rule=rule.id,
            room=room,
            sku=sku,
            state="pending" if step.what == "pending" else "firing",
            episode=0,  # the record counts them
            severity=rule.rule.severity,
            since=float(scope.lifecycle.since[step.rule, step.row]),
            summary=rule.summary.render(rule.id, {**about, **values}),
            role=rule.rule.role,
            action=rule.rule.action,
            playbook=str(evidence.pop("playbook", rule.rule.playbook)),
            values={**values, **evidence},
        )

    def _about(self, rule: Compiled, row: int) -> tuple[str, str | None, dict[str, str]]:
        tables = self.figures.tables
        sku = None
        title = ""
        if rule.rule.scope == "product":
            sku = tables.products.skus[row]
            title = tables.products.titles[row] or sku
            row = int(tables.products.room_of[row])
        room = tables.rooms.names[row]
        profile = tables.rooms.profiles.get(room)
        name = (profile.name if profile else "") or room
        platform = tables.rooms.platforms[row]
        return room, sku, {"room": room, "room_name": name, "platform": platform, "product": title}

    def _key(self, rule: Compiled, row: int) -> str:
        room, sku, _ = self._about(rule, row)
        return f"{rule.id}|{room}" if sku is None else f"{rule.id}|{room}|{sku}"

    def acknowledge(
        self, key: str, episode: int, by: str, now: float
    ) -> tuple[Change | None, bool]:
        """Somebody has seen an open alert: the change, and whether they are the first."""
        return self.record.acknowledged(key, episode, by, now)

    def alerts(self) -> list[Alert]:
        """Pending, firing and recovering alerts."""
        return self.record.alerts()

    def rooms(self, now: float) -> list[RoomView]:
        return wall.rooms(self.figures.tables, now)

    def detail(self, room: str, now: float) -> RoomDetail | None:
        """One room in full; None for one that was never heard of."""
        return detail(self.figures.tables, room, now)

    def _release(self, now: float) -> list[Change]:
        """Give up rooms that are over: what is still open of them is resolved."""
        rows = self.figures.over(now)
        tables = self.figures.tables
        self.gone = tuple(tables.rooms.names[row] for row in rows)
        if not rows:
            return []
        gone = set(self.gone)
        changes = []
        for alert in self.record.alerts():
            if alert.room in gone:
                changes += self._over(alert, now, "the room is heard of no more")
        self._room.forget(rows)
        self._product.forget(
            [product for row in rows for product in tables.products.by_room[row].values()]
        )
        tables.release(rows)
        return changes

    # ── reload and restart ────────────────────────────────────────────────────

    def reload(self, rules: RuleSet, now: float) -> list[Change]:
        """Put new rules in force; windows stay, alerts stay by the id of their rule.

        A removed rule resolves its alerts. Where the question itself was edited, a pending
        alert is asked anew and a firing one goes on until the new question says otherwise.
        """
        changes = []
        kept = []
        for alert in self.record.alerts():
            before, after = self.rules.by_id.get(alert.rule), rules.by_id.get(alert.rule)
            if after is None or (after.rule.scope == "product") != (alert.sku is not None):
                changes += self._over(alert, now, "the rule was removed")
            elif alert.state == "pending" and not (before and after.same_question(before)):
                self.record.drop(alert.key)
            else:
                kept.append(alert)
        for rule in rules.rules:  # what an unedited question has learned is still so
            same = self.rules.by_id.get(rule.id)
            if same is not None and rule.same_question(same):
                rule.asker = same.asker
        episodes = self.record.episodes
        self._use(rules)
        self._restored = {}
        self.restore(kept, episodes)
        return changes + self._adopt(now)

    def introduce(self, profiles: Mapping[str, Profile]) -> None:
        """The config says other things of rooms now: their names, their limits."""
        tables = self.figures.tables
        tables.rooms.profiles = dict(profiles)
        tables.segments.measured_anew()

    def restore(self, alerts: Sequence[Alert], episodes: Mapping[str, int] | None = None) -> None:
        """Take up alerts that were open before; they wait for their room to be heard of."""
        self.record.restore(alerts, episodes or {})
        self._restored.update({alert.key: alert for alert in alerts})
        self._give_up_at = None

    def _over(self, alert: Alert, now: float, reason: str) -> list[Change]:
        """An open alert is asked no more; of a pending one nobody knows."""
        self._restored.pop(alert.key, None)
        if alert.state == "pending":
            self.record.drop(alert.key)
            return []
        return [self.record.resolved(alert.key, now, reason)]

    def _adopt(self, now: float) -> list[Change]:
        """Give restored alerts their cells, as soon as their rows are known."""
        changes: list[Change] = []
        tables = self.figures.tables
        if self._give_up_at is None:
            self._give_up_at = now + GIVEN_UP_S
        for key, alert in list(self._restored.items()):
            scope = self._product if alert.sku is not None else self._room
            rule = next((n for n, one in enumerate(scope.rules) if one.id == alert.rule), None)
            if rule is None:
                changes += self._over(alert, now, "the rule was removed")
                continue
            row = tables.rooms.row_of.get(alert.room)
            if row is not None and alert.sku is not None:
                row = tables.products.by_room[row].get(alert.sku)
            if row is None:
                if now >= self._give_up_at:
                    changes += self._over(alert, now, "not heard of since the restart")
                continue
            del self._restored[key]
            scope.lifecycle.restore((rule, row), alert.state, alert.since, now)
        return changes
