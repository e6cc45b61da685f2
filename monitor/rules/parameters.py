"""Parameters: the numbers of a rule that people may turn without touching the rule.

    params: {floor: 0.08, patience: 30s}        in the rule, used by name in its expressions

    [[params]]                                  in roomwatch.toml: another value for some
    rule = "conversion_low"
    values = {floor = 0.05}
    tiers = ["tail"]
    hours = "20:00-23:00"

Every field of an override that is written must match; of several that match, the last
one in the file is right. Spans become seconds. Hours are those of the room's own time
zone, and may pass midnight. A parameter that is the same everywhere is a plain number in
the expression; another one is a column, worked out anew when a room is new or the minute
changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from monitor import durations
from monitor.rules.scopes import Columns
from monitor.signals.rooms import Floats, Rooms
from monitor.signals.tables import Tables

DAY_MIN = 24 * 60
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")


class Override(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other values of a rule's parameters, for some rooms or some hours."""

    rule: str
    values: dict[str, float | str]
    rooms: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    hours: str = ""

    def __post_init__(self) -> None:
        if self.hours and (_HOURS.fullmatch(self.hours) is None or self.hours[-5:] > "24:00"):
            raise ValueError(
                f"`hours` is `{self.hours}`, which are none — write for example `20:00-23:00`"
            )

    @property
    def minutes(self) -> tuple[int, int] | None:
        """Of the day, from and to; None: all day."""
        found = _HOURS.fullmatch(self.hours)
        if found is None:
            return None
        from_h, from_m, to_h, to_m = map(int, found.groups())
        return from_h * 60 + from_m, to_h * 60 + to_m


@dataclass(frozen=True)
class Overrides:
    """What the config says of parameters, and how a mistake in it is told with its place."""

    items: Sequence[Override] = ()
    timezone: str = "UTC"  # of rooms that have none of their own
    mistake: Callable[[Sequence[str | int], str], str] = field(
        default=lambda path, what: what, compare=False
    )


class Parameter(Struct, frozen=True):
    """A number of a rule, and what it is where an override matches."""

    rule: str
    name: str
    value: float
    others: tuple[tuple[Override, float], ...] = ()

    @property
    def column(self) -> str:
        return f"{self.name}@{self.rule}"

    @property
    def given(self) -> float | str:
        """What an expression reads: the number, or the name of its column."""
        return self.column if self.others else self.value


def amount(written: float | str) -> float:
    """A number or a span in seconds. Raises ValueError."""
    return durations.parse(written) if isinstance(written, str) else float(written)


class Parameters:
    """The parameters that are not the same everywhere, as the rows of a scope have them."""

    def __init__(self, parameters: Iterable[Parameter] = (), timezone: str = "UTC") -> None:
        self._by_column = {each.column: each for each in parameters}
        self._timezone = timezone
        self._known: dict[str, tuple[tuple[int, int], Floats]] = {}  # of rooms, and as of when

    def column(self, name: str, columns: Columns, platforms: Sequence[str], now: float) -> Floats:
        """The parameter at each row. Raises KeyError for one that is none."""
        parameter = self._by_column[name]
        match columns.scope:
            case "room":
                return self._of_rooms(parameter, columns.look.tables, now)  # type: ignore[union-attr]
            case "product" | "segment":
                return columns.rooms[name][columns.room_of]  # type: ignore[union-attr]
        names = platforms if columns.scope == "platform" else ("",)
        return np.array([self._together(parameter, name, now) for name in names])

    def _of_rooms(self, parameter: Parameter, tables: Tables, now: float) -> Floats:
        rooms = tables.rooms
        as_of = (rooms.revision, int(now // 60))
        known = self._known.get(parameter.column)
        if known is None or known[0] != as_of:
            values = np.full(len(rooms), parameter.value)
            for override, value in parameter.others:
                values[self._matches(override, rooms, now)] = value
            known = self._known[parameter.column] = (as_of, values)
        return known[1]

    def _matches(self, override: Override, rooms: Rooms, now: float) -> np.ndarray:
        matches = np.ones(len(rooms), bool)
        for wanted, has in (
            (override.rooms, rooms.names),
            (override.tiers, rooms.tiers),
            (override.platforms, rooms.platforms),
        ):
            if wanted:
                matches &= np.array([each in wanted for each in has], bool)
        if override.hours:
            profiles: Mapping[str, object] = rooms.profiles
            zones = [getattr(profiles.get(name), "timezone", "") for name in rooms.names]
            inside = {zone: _within(override, zone or self._timezone, now) for zone in set(zones)}
            matches &= np.array([inside[zone] for zone in zones], bool)
        return matches

    def _together(self, parameter: Parameter, platform: str, now: float) -> float:
        """Of a platform, or of all: what is written for rooms or tiers is for them alone."""
        value = parameter.value
        for override, other in parameter.others:
            if override.rooms or override.tiers:
                continue
            if override.platforms and platform not in override.platforms:
                continue
            if _within(override, self._timezone, now):
                value = other
        return value


def _within(override: Override, zone: str, now: float) -> bool:
    minutes = override.minutes
    if minutes is None:
        return True
    local = datetime.fromtimestamp(now, ZoneInfo(zone))
    minute, (begin, end) = local.hour * 60 + local.minute, minutes
    if begin < end:
        return begin <= minute < end
    return minute >= begin or minute < end
