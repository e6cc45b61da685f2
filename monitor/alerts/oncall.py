"""Who is on call: people, how they are reached, and the shifts that say who is called when.

A shift is for the sessions of some rooms. Its people stand in the order in which they are
called. An `end` at or before `start` is on the next day. Where shifts overlap, all of their
people are on duty, those of the first shift before the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Time = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOKED_AHEAD = 8  # days: a shift that is on one day of the week is found


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody, and the channels that reach them and nobody else."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    channels: tuple[str, ...]


class Shift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When some people are on call for some rooms."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    people: tuple[str, ...]
    start: Time
    end: Time
    rooms: tuple[str, ...] = ("*",)
    days: tuple[Day, ...] = DAYS
    timezone: str = ""  # that of [daemon] where empty

    def spans(self, around: date, days: Iterable[int], zone: ZoneInfo) -> list[tuple[float, float]]:
        """From when to when it lasts, for days counted from one."""
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        found = []
        for offset in days:
            day = around + timedelta(days=offset)
            if DAYS[day.weekday()] not in self.days:
                continue
            last = day + timedelta(days=1) if self.end <= self.start else day
            began = datetime.combine(day, start, zone).timestamp()
            found.append((began, datetime.combine(last, end, zone).timestamp()))
        return found


class Duty(Struct, frozen=True, kw_only=True):
    """A shift as it is now: on until `ends_at`, or on again at `begins_at`."""

    shift: str
    rooms: tuple[str, ...]
    people: tuple[str, ...]
    on: bool
    begins_at: float | None = None
    ends_at: float | None = None


class OnCall:
    """The rota."""

    def __init__(
        self,
        people: Iterable[Contact] = (),
        shifts: Sequence[Shift] = (),
        *,
        timezone: str = "UTC",
    ) -> None:
        self._channels = {person.name: person.channels for person in people}
        self._shifts = shifts
        self._timezone = timezone

    def on_duty(self, room: str, now: float) -> list[str]:
        """Who is to be called for a room, the first one first."""
        return list(
            dict.fromkeys(
                name
                for shift in self._shifts
                if any(fnmatchcase(room, pattern) for pattern in shift.rooms)
                and self._span(shift, now) is not None
                for name in shift.people
            )
        )

    def channels(self, names: Iterable[str]) -> list[str]:
        """How to reach them."""
        return [channel for name in names for channel in self._channels.get(name, ())]

    def duties(self, now: float) -> list[Duty]:
        """Every shift: those that are on, then the others by when they begin."""
        found = []
        for shift in self._shifts:
            span = self._span(shift, now)
            begins_at = None if span else self._next(shift, now)
            found.append(
                Duty(
                    shift=shift.name,
                    rooms=shift.rooms,
                    people=shift.people,
                    on=span is not None,
                    begins_at=begins_at,
                    ends_at=span[1] if span else None,
                )
            )
        return sorted(found, key=lambda duty: (not duty.on, duty.begins_at or 0.0))

    def _span(self, shift: Shift, now: float) -> tuple[float, float] | None:
        zone, today = self._place(shift, now)
        spans = shift.spans(today, (0, -1), zone)
        return next((span for span in spans if span[0] <= now < span[1]), None)

    def _next(self, shift: Shift, now: float) -> float | None:
        zone, today = self._place(shift, now)
        spans = shift.spans(today, range(LOOKED_AHEAD), zone)
        return min((began for began, _ in spans if began > now), default=None)

    def _place(self, shift: Shift, now: float) -> tuple[ZoneInfo, date]:
        zone = ZoneInfo(shift.timezone or self._timezone)
        return zone, datetime.fromtimestamp(now, UTC).astimezone(zone).date()
