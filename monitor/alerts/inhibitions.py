"""Alerts that explain others: while a feed is stalled, what is read off it says nothing.

While rule `by` fires in a room, the rules it explains tell nobody there. What fired before
the cause was over stays explained for `LINGER_S` more: its figures are unknown until the
hole has left their windows, and so it can not end sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from monitor.alerts.alert import Alert, Change
from monitor.errors import ConfigError
from monitor.patterns import Pattern, matches

LINGER_S = 60.0
EXPLAINED = "explained by "
JUST_OVER = " (just over)"
REMEMBERED = 10_000  # causes that are over


class Inhibition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """While rule `by` fires in a room, `rules` (patterns) tell nobody there."""

    by: str
    rules: tuple[Pattern, ...]


class Inhibitions:
    """The table, and which causes fire now."""

    def __init__(self, table: Iterable[Inhibition] = ()) -> None:
        self._firing: dict[tuple[str, str], set[str]] = {}  # (rule, room) → keys
        self._over: dict[tuple[str, str], float] = {}  # (rule, room) → when it ended
        self.replace(table)

    def replace(self, table: Iterable[Inhibition]) -> None:
        """Take a new table and keep what is known to fire. Raises ConfigError on a circle."""
        table = tuple(table)
        refuse_circles(table)
        self._table = table

    def take(self, other: Inhibitions) -> None:
        """Take the table of another."""
        self._table = other._table

    def note(self, change: Change) -> None:
        """Remember what fires: it may explain others."""
        cause = (change.rule, change.room)
        if change.change == "fired":
            self._firing.setdefault(cause, set()).add(change.key)
        elif change.change == "resolved":
            keys = self._firing.get(cause, set())
            keys.discard(change.key)
            if not keys and self._firing.pop(cause, None) is not None:
                self._end(cause, change.at)

    def restore(self, alerts: Iterable[Alert], now: float) -> None:
        """What fired before a restart still explains others, or has just ended."""
        alerts = [alert for alert in alerts if alert.state != "pending"]
        for alert in alerts:
            self._firing.setdefault((alert.rule, alert.room), set()).add(alert.key)
        for alert in alerts:
            if alert.quiet.startswith(EXPLAINED):
                cause = (alert.quiet.removeprefix(EXPLAINED).removesuffix(JUST_OVER), alert.room)
                if cause not in self._firing:
                    self._end(cause, now)

    def why_quiet(self, change: Change, now: float) -> str:
        """What explains a change that fired, in words; empty where nothing does."""
        for each in self._table:
            if not matches(each.rules, change.rule):
                continue
            cause = (each.by, change.room)
            if cause in self._firing:
                return EXPLAINED + each.by
            over_at = self._over.get(cause, float("-inf"))
            if change.at <= over_at and now < over_at + LINGER_S:
                return EXPLAINED + each.by + JUST_OVER
        return ""

    def _end(self, cause: tuple[str, str], at: float) -> None:
        self._over.pop(cause, None)
        self._over[cause] = at
        if len(self._over) > REMEMBERED:
            del self._over[next(iter(self._over))]


def refuse_circles(table: Sequence[Inhibition]) -> None:
    """Two rules that explain each other would both be quiet, and nobody told.

    Raises ConfigError.
    """
    for inhibition in table:
        reached, todo = {inhibition.by}, [inhibition.by]
        while todo:
            explained = [each.rules for each in table if each.by == todo[-1]]
            todo.pop()
            for other in table:
                if any(matches(rules, other.by) for rules in explained):
                    if other.by == inhibition.by:
                        raise ConfigError(
                            f"inhibition: `{inhibition.by}` explains itself in the end, so nobody"
                            " would be told — remove one of the inhibitions"
                        )
                    if other.by not in reached:
                        reached.add(other.by)
                        todo.append(other.by)
