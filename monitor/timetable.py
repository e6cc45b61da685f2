"""Calendar work: when a room is expected to be live, and the nightly upkeep.

APScheduler works by the wall clock, which is right for a calendar and wrong for a
tick: a stepped clock would freeze rules or fire them in a storm. So nothing here is
asked more often than by the minute, and rules never are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from msgspec import Meta, Struct

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Time = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Phase = Literal["start", "end"]

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    """A session that is expected each week: `[[timetable]]` in roomwatch.toml.

    An `end` at or before `start` is on the next day.
    """

    room: str
    start: Time
    end: Time
    days: tuple[Day, ...] = DAYS
    timezone: str = ""  # that of [daemon] where empty

    @property
    def length_s(self) -> float:
        """How long it is meant to last, by the clock on the wall."""
        begin, end = (60 * int(each[:2]) + int(each[3:]) for each in (self.start, self.end))
        return float(((end - begin - 1) % 1440 + 1) * 60)


class Timetable:
    """Calls back when a session is expected to start or end, and once a night."""

    def __init__(
        self,
        on_session: Callable[[Expected, Phase], Awaitable[None]],
        upkeep: Callable[[], Awaitable[None]],
    ) -> None:
        self._on_session = on_session
        self._upkeep = upkeep
        self._sessions: Sequence[Expected] = ()
        self._timezone = "UTC"
        self._next: dict[str, float] = {}  # by room; looked up again once it has passed
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def set(self, sessions: Sequence[Expected], *, timezone: str, upkeep_at: str) -> None:
        """Expect these sessions from now on; `upkeep_at` is a `HH:MM` in `timezone`."""
        self._scheduler.remove_all_jobs()
        self._sessions = sessions
        self._timezone = timezone
        self._next.clear()
        for expected in sessions:
            for phase in ("start", "end"):
                self._scheduler.add_job(
                    self._on_session,
                    trigger(expected, phase, timezone),
                    args=(expected, phase),
                    name=f"{expected.room} {phase}",
                )
        hour, minute = upkeep_at.split(":")
        nightly = CronTrigger(hour=hour, minute=minute, timezone=ZoneInfo(timezone))
        self._scheduler.add_job(self._upkeep, nightly, name="upkeep")

    def start(self) -> None:
        """Begin to call back; needs a running event loop."""
        self._scheduler.start()

    def close(self) -> None:
        """Call nobody any more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def jobs(self) -> list[Job]:
        """What is planned."""
        jobs: list[Job] = self._scheduler.get_jobs()
        return jobs

    def next_start(self, room: str, now: float) -> float | None:
        """When the room is expected to go live next; None where nothing is planned there."""
        known = self._next.get(room)
        if known is None or known <= now:
            starts = [
                next_run(trigger(expected, "start", self._timezone), now).timestamp()
                for expected in self._sessions
                if expected.room == room
            ]
            known = self._next[room] = min(starts, default=float("inf"))
        return None if known == float("inf") else known

    def expected_now(self, now: float) -> list[Expected]:
        """The sessions that should be under way at `now`: which end before they start again."""
        return [
            expected
            for expected in self._sessions
            if next_run(trigger(expected, "end", self._timezone), now)
            < next_run(trigger(expected, "start", self._timezone), now)
        ]


def trigger(expected: Expected, phase: Phase, timezone: str) -> CronTrigger:
    """When an expected session starts or ends."""
    hour, minute = (expected.start if phase == "start" else expected.end).split(":")
    overnight = phase == "end" and expected.end <= expected.start
    days = ",".join(DAYS[(DAYS.index(day) + overnight) % 7] for day in expected.days)
    zone = ZoneInfo(expected.timezone or timezone)
    return CronTrigger(day_of_week=days, hour=hour, minute=minute, timezone=zone)


def next_run(when: Any, now: float) -> datetime:
    """The first time after `now` (epoch seconds), in UTC."""
    after = datetime.fromtimestamp(now, UTC) + timedelta(microseconds=1)
    found: datetime = when.get_next_fire_time(None, after)
    return found.astimezone(UTC)
