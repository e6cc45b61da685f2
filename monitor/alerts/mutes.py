"""Says why nobody is told of a change: a mute, quiet hours, or another alert that explains it.

    mute          somebody (or the config) asked for quiet, for rooms and rules, until an instant
    quiet hours   every day between two times; critical alerts pass
    inhibition    while `by` fires in a room, the rules it explains stay quiet there

Who was told that an alert fired is always told that it is over: only `fired`, and its
reminders, are muted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated

from msgspec import Meta, Struct

from monitor.alerts.alert import Alert, Change, Severity
from monitor.errors import ConfigError

DAY_S = 86_400

Aware = Annotated[datetime, Meta(tz=True)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Mute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Quiet for rooms and rules (patterns with `*`), from `start` to `until`."""

    name: str
    reason: str = ""
    by: str = ""
    rooms: tuple[str, ...] = ("*",)
    rules: tuple[str, ...] = ("*",)
    severities: tuple[Severity, ...] = ()  # empty: all
    start: Aware | None = None
    until: Aware | None = None


class QuietHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Quiet every day from `start` to `end` (local time, may pass midnight)."""

    name: str
    start: TimeOfDay
    end: TimeOfDay
    utc_offset_h: float = 8.0
    rooms: tuple[str, ...] = ("*",)
    severities: tuple[Severity, ...] = ("warning", "notice", "info")


class Inhibition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """While rule `by` fires in a room, `rules` (patterns) tell nobody there."""

    by: str
    rules: tuple[str, ...]


class Mutes:
    """Every reason to stay quiet, and what fires now (which is one of them)."""

    def __init__(
        self,
        mutes: Iterable[Mute] = (),
        quiet_hours: Iterable[QuietHours] = (),
        inhibitions: Iterable[Inhibition] = (),
    ) -> None:
        self._firing: dict[tuple[str, str], set[str]] = {}  # (rule, room) → keys
        self.replace(mutes, quiet_hours, inhibitions)

    def replace(
        self,
        mutes: Iterable[Mute],
        quiet_hours: Iterable[QuietHours],
        inhibitions: Iterable[Inhibition],
    ) -> None:
        """Take new tables and keep what is known to fire. Raises ConfigError on a circle."""
        inhibitions = tuple(inhibitions)
        _refuse_circles(inhibitions)
        self._mutes = {mute.name: mute for mute in mutes}
        self._quiet_hours = tuple(quiet_hours)
        self._inhibitions = inhibitions

    def add(self, mute: Mute) -> None:
        """Mute, or replace the mute of the same name."""
        self._mutes[mute.name] = mute

    def remove(self, name: str) -> Mute | None:
        return self._mutes.pop(name, None)

    def standing(self, now: float) -> list[Mute]:
        """Mutes in force; those that have ended are forgotten."""
        for name in [name for name, mute in self._mutes.items() if _ended(mute, now)]:
            del self._mutes[name]
        return [mute for mute in self._mutes.values() if _begun(mute, now)]

    def note(self, change: Change) -> None:
        """Remember what fires: it may explain others."""
        if change.change == "fired":
            self._firing.setdefault((change.rule, change.room), set()).add(change.key)
        elif change.change == "resolved":
            keys = self._firing.get((change.rule, change.room))
            if keys is not None:
                keys.discard(change.key)
                if not keys:
                    del self._firing[(change.rule, change.room)]

    def restore(self, alerts: Iterable[Alert]) -> None:
        """What fired before a restart still explains others."""
        for alert in alerts:
            if alert.state != "pending":
                self._firing.setdefault((alert.rule, alert.room), set()).add(alert.key)

    def why_quiet(self, change: Change, now: float) -> str:
        """Why nobody is told of this change, in words; empty when they are told."""
        if change.change not in ("fired", "again"):
            return ""
        for inhibition in self._inhibitions:
            if (inhibition.by, change.room) in self._firing and _any(inhibition.rules, change.rule):
                return f"explained by {inhibition.by}"
        for mute in self.standing(now):
            if (
                _any(mute.rooms, change.room)
                and _any(mute.rules, change.rule)
                and (not mute.severities or change.severity in mute.severities)
            ):
                return f"muted: {mute.reason or mute.name}" + (f" ({mute.by})" if mute.by else "")
        for hours in self._quiet_hours:
            if (
                change.severity in hours.severities
                and _any(hours.rooms, change.room)
                and _within(hours, now)
            ):
                return f"quiet hours: {hours.name}"
        return ""


def _any(patterns: Sequence[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _begun(mute: Mute, now: float) -> bool:
    return mute.start is None or mute.start.timestamp() <= now


def _ended(mute: Mute, now: float) -> bool:
    return mute.until is not None and mute.until.timestamp() <= now


def _within(hours: QuietHours, now: float) -> bool:
    local = (now + hours.utc_offset_h * 3600) % DAY_S
    start, end = _seconds(hours.start), _seconds(hours.end)
    if start <= end:
        return start <= local < end
    return local >= start or local < end


def _seconds(time_of_day: str) -> int:
    hour, minute = time_of_day.split(":")
    return int(hour) * 3600 + int(minute) * 60


def _refuse_circles(inhibitions: Sequence[Inhibition]) -> None:
    """Two rules that explain each other would both be quiet, and nobody told."""
    for inhibition in inhibitions:
        reached, todo = {inhibition.by}, [inhibition.by]
        while todo:
            explained = [i.rules for i in inhibitions if i.by == todo[-1]]
            todo.pop()
            for other in inhibitions:
                if any(_any(rules, other.by) for rules in explained):
                    if other.by == inhibition.by:
                        raise ConfigError(
                            f"inhibition: `{inhibition.by}` explains itself in the end, so nobody"
                            " would be told — remove one of the inhibitions"
                        )
                    if other.by not in reached:
                        reached.add(other.by)
                        todo.append(other.by)
