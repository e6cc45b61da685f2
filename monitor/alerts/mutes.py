"""Says why nobody is told of a change: the first of these that is so, in words.

    inhibition    another alert explains it (inhibitions.py)
    mute          somebody (or the config) asked for quiet: for rules, rooms, products …,
                  until an instant, or as long as the room's session goes on
    break         the room is paused: what goes on there now is planned
    quiet hours   every day between two times; critical alerts pass, unless they are named

Who was told that an alert fired is always told that it is over: only `fired`, and its
reminders, are muted. A room that is off air is not asked at all, so there is nothing to
be quiet about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from monitor.alerts.alert import Alert, Change, Severity
from monitor.alerts.inhibitions import Inhibition, Inhibitions
from monitor.alerts.routes import Describe, RoomTag
from monitor.patterns import ANY, Pattern, exact, matches

DAY_S = 86_400
MUTED = "muted: "
REMEMBERED = 20_000  # kinds of alerts whose mute is known

Aware = Annotated[datetime, Meta(tz=True)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Patterns = tuple[Pattern, ...]

__all__ = ["Breaks", "Ended", "Inhibition", "Mute", "Mutes", "QuietHours"]


class Mute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Quiet for what every field of it matches (patterns with `*`), from `start` to `until`.

    With `session` it ends at the latest with the session that its one room is in; `heard`
    is that session's id, where the room tells one.
    """

    name: str
    reason: str = ""
    by: str = ""
    rooms: Patterns = ANY
    rules: Patterns = ANY
    platforms: Patterns = ANY
    tiers: Patterns = ANY
    products: Patterns = ANY  # by sku; an alert without a product has the sku ""
    severities: tuple[Severity, ...] = ()  # empty: all
    start: Aware | None = None
    until: Aware | None = None
    session: bool = False
    heard: str | None = None

    def __post_init__(self) -> None:
        if self.session and (len(self.rooms) != 1 or not exact(self.rooms)):
            raise ValueError("`session` needs its one room — write for example rooms = [`dy-8801`]")

    def covers(self, change: Change, about: RoomTag) -> bool:
        """Whether it is meant for a change in a room of which so much is known."""
        platform = change.platform or about.platform
        return (
            (self.rooms == ANY or matches(self.rooms, change.room))
            and (self.rules == ANY or matches(self.rules, change.rule))
            and (self.platforms == ANY or matches(self.platforms, platform))
            and (self.tiers == ANY or matches(self.tiers, about.tier))
            and (self.products == ANY or matches(self.products, change.sku or ""))
            and (not self.severities or change.severity in self.severities)
        )

    def begun(self, now: float) -> bool:
        return self.start is None or self.start.timestamp() <= now

    def why_over(self, now: float, describe: Describe) -> str:
        """Why it has ended, in words; empty while it goes on."""
        if self.until is not None and self.until.timestamp() <= now:
            return "its time is up"
        if self.session:
            about = describe(self.rooms[0])
            if about.live is False:
                return "the broadcast ended"
            if self.heard is not None and about.session not in (None, self.heard):
                return "another session began"
        return ""


class QuietHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Quiet every day from `start` to `end` (local time, may pass midnight)."""

    name: str
    start: TimeOfDay
    end: TimeOfDay
    utc_offset_h: float = 8.0
    rooms: Patterns = ANY
    platforms: Patterns = ANY
    tiers: Patterns = ANY
    severities: tuple[Severity, ...] = ("warning", "notice", "info")

    def covers(self, change: Change, about: RoomTag, now: float) -> bool:
        return (
            change.severity in self.severities
            and matches(self.rooms, change.room)
            and matches(self.platforms, change.platform or about.platform)
            and matches(self.tiers, about.tier)
            and _within(self, now)
        )


class Breaks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """While a room is paused, nobody is told of `rules` there, but of those in `except_rules`."""

    severities: tuple[Severity, ...] = ("warning", "notice", "info")
    rules: Patterns = ANY
    except_rules: Patterns = ("session_*",)

    def cover(self, change: Change, about: RoomTag) -> bool:
        return (
            about.paused
            and change.severity in self.severities
            and matches(self.rules, change.rule)
            and not matches(self.except_rules, change.rule)
        )


class Ended(Struct, frozen=True):
    """A mute that is over, why, and what fires still of all it was meant for."""

    mute: Mute
    why: str
    firing: list[Change]


class Mutes:
    """Every reason to stay quiet, and what fires now (which is one of them)."""

    def __init__(
        self,
        mutes: Iterable[Mute] = (),
        quiet_hours: Iterable[QuietHours] = (),
        inhibitions: Iterable[Inhibition] = (),
        breaks: Breaks | None = None,
    ) -> None:
        self._inhibitions = Inhibitions()
        self._open: dict[str, Change] = {}  # what fires, by key
        self._taken_back: list[tuple[Mute, str]] = []
        self._known: set[str] = set()  # names of mutes that stand
        self._stood_at: float | None = None
        self._standing: list[Mute] = []  # as they stood then
        self._found: dict[tuple[object, ...], Mute | None] = {}  # of those, by what they cover
        self.replace(mutes, quiet_hours, inhibitions, breaks)

    def replace(
        self,
        mutes: Iterable[Mute],
        quiet_hours: Iterable[QuietHours],
        inhibitions: Iterable[Inhibition],
        breaks: Breaks | None = None,
    ) -> None:
        """Take new tables and keep what is known to fire. Raises ConfigError on a circle."""
        self._inhibitions.replace(inhibitions)
        self._mutes = {mute.name: mute for mute in mutes}
        self._stood_at = None
        self._quiet_hours = tuple(quiet_hours)
        self._breaks = breaks or Breaks()

    def take(self, other: Mutes) -> None:
        """Take the tables of another, as they were written."""
        self._inhibitions.take(other._inhibitions)
        self._stood_at = None
        self._mutes, self._quiet_hours, self._breaks = (
            dict(other._mutes), other._quiet_hours, other._breaks,
        )  # fmt: skip

    def add(self, mute: Mute) -> None:
        """Mute, or replace the mute of the same name."""
        self._known.discard(mute.name)
        self._stood_at = None
        self._mutes[mute.name] = mute

    def remove(self, name: str, why: str = "taken back") -> Mute | None:
        """End a mute before its time."""
        mute = self._mutes.pop(name, None)
        self._stood_at = None
        if mute is not None:
            self._taken_back.append((mute, why))
        return mute

    def standing(self, now: float) -> list[Mute]:
        """Mutes in force."""
        if self._stood_at != now:  # asked for each alert of a tick
            self._stood_at = now
            standing = [
                mute
                for mute in self._mutes.values()
                if mute.begun(now) and not (mute.until and mute.until.timestamp() <= now)
            ]
            if list(map(id, standing)) != list(map(id, self._standing)):
                self._standing = standing
                self._found.clear()
        return list(self._standing)

    def _muting(self, change: Change, now: float, about: RoomTag) -> Mute | None:
        """The first mute that covers a change. An alert is asked again and again, and
        nothing changes meanwhile, so what was found is remembered."""
        self.standing(now)
        platform = change.platform or about.platform
        what = (change.rule, change.room, change.sku, change.severity, platform, about.tier)
        if what not in self._found:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            covering = (mute for mute in self._standing if mute.covers(change, about))
            self._found[what] = next(covering, None)
        return self._found[what]

    @property
    def any(self) -> bool:
        """Whether there is one that may begin or end."""
        return bool(self._mutes or self._taken_back)

    def fresh(self, now: float) -> list[Mute]:
        """Mutes that have begun since this was asked last."""
        begun = [mute for mute in self.standing(now) if mute.name not in self._known]
        self._known = {mute.name for mute in self.standing(now)}
        return begun

    def sweep(self, now: float, describe: Describe) -> list[Ended]:
        """Forget the mutes that are over, and tell of each once."""
        ended, self._taken_back = self._taken_back, []
        for mute in list(self._mutes.values()):
            why = mute.why_over(now, describe)
            if why:
                del self._mutes[mute.name]
                self._stood_at = None
                ended.append((mute, why))
        return [
            Ended(mute, why, [c for c in self._open.values() if mute.covers(c, describe(c.room))])
            for mute, why in ended
        ]

    def note(self, change: Change) -> None:
        """Remember what fires: it may explain others."""
        self._inhibitions.note(change)
        if change.change == "fired":
            self._open[change.key] = change
        elif change.change == "resolved":
            self._open.pop(change.key, None)

    def restore(self, alerts: Iterable[Alert], now: float) -> None:
        """What fired before a restart still explains others."""
        alerts = list(alerts)
        self._inhibitions.restore(alerts, now)
        self._open |= {each.key: each.as_fired() for each in alerts if each.state != "pending"}

    def why_quiet(self, change: Change, now: float, about: RoomTag | None = None) -> str:
        """Why nobody is told of this change, in words; empty when they are told."""
        if change.change not in ("fired", "again"):
            return ""
        about = about or RoomTag()
        explained = self._inhibitions.why_quiet(change, now)
        if explained:
            return explained
        mute = self._muting(change, now, about)
        if mute is not None:
            return f"{MUTED}{mute.reason or mute.name}" + (f" ({mute.by})" if mute.by else "")
        if self._breaks.cover(change, about):
            return "a break: the room is paused"
        for hours in self._quiet_hours:
            if hours.covers(change, about, now):
                return f"quiet hours: {hours.name}"
        return ""


def _within(hours: QuietHours, now: float) -> bool:
    local = (now + hours.utc_offset_h * 3600) % DAY_S
    start, end = _seconds(hours.start), _seconds(hours.end)
    if start <= end:
        return start <= local < end
    return local >= start or local < end


def _seconds(time_of_day: str) -> int:
    hour, minute = time_of_day.split(":")
    return int(hour) * 3600 + int(minute) * 60
