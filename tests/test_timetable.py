"""Calendar work."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from monitor import timetable
from monitor.timetable import Expected, Phase, Timetable


def at(text: str) -> float:
    """Epoch seconds of a UTC time."""
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


def run(expected: Expected, phase: Phase, now: str) -> str:
    """The next start or end after `now`, in UTC."""
    when = timetable.trigger(expected, phase, "Asia/Shanghai")
    return timetable.next_run(when, at(now)).strftime("%a %Y-%m-%d %H:%M")


EVENING = Expected(room="dy-1", start="20:00", end="23:00", days=("mon", "fri"))
NIGHT = Expected(room="dy-1", start="22:00", end="01:30", days=("sun",))


def test_an_expected_session_is_local_time() -> None:
    """20:00 in Shanghai is noon UTC; 2026-11-22 is a Sunday."""

    assert "Mon 2026-11-23 12:00" == run(EVENING, "start", "2026-11-22 21:00")
    assert "Mon 2026-11-23 15:00" == run(EVENING, "end", "2026-11-22 21:00")
    assert "Fri 2026-11-27 12:00" == run(EVENING, "start", "2026-11-23 12:00")


def test_a_session_may_end_the_next_day() -> None:
    """Sunday's night ends on Monday, also where the week turns over."""

    assert "Sun 2026-11-22 14:00" == run(NIGHT, "start", "2026-11-22 10:00")
    assert "Sun 2026-11-22 17:30" == run(NIGHT, "end", "2026-11-22 10:00")


def test_a_session_may_have_its_own_timezone() -> None:
    """Berlin's clocks were set back in October, and its 20:00 is 19:00 UTC in winter."""
    expected = Expected(room="tt-1", start="20:00", end="21:00", timezone="Europe/Berlin")

    assert "Sat 2026-10-24 18:00" == run(expected, "start", "2026-10-24 10:00")
    assert "Sun 2026-10-25 19:00" == run(expected, "start", "2026-10-25 10:00")


def test_when_a_room_goes_live_next_is_known_until_it_has_passed() -> None:
    """
    Of all its sessions the first to come; another plan is looked up anew.
    """

    async def nothing(*_: Any) -> None: ...

    it = Timetable(nothing, nothing)
    it.set((EVENING, NIGHT), timezone="Asia/Shanghai", upkeep_at="04:10")
    found = [
        it.next_start(room, at(now))
        for room, now in (
            ("dy-1", "2026-11-22 10:00"),
            ("dy-1", "2026-11-22 13:59"),
            ("dy-1", "2026-11-22 14:00"),
            ("elsewhere", "2026-11-22 10:00"),
        )
    ]
    it.set((), timezone="Asia/Shanghai", upkeep_at="04:10")

    sunday, monday = at("2026-11-22 14:00"), at("2026-11-23 12:00")
    assert [sunday, sunday, monday, None] == found
    assert it.next_start("dy-1", at("2026-11-22 10:00")) is None


def test_what_should_be_live_now_is_known_at_start() -> None:
    """
    UTC      12:00 ├── live ──┤ 15:00
    asked  11:59      12:00      14:59      15:00
    """

    async def nothing(*_: Any) -> None: ...

    table = Timetable(nothing, nothing)
    table.set([EVENING], timezone="Asia/Shanghai", upkeep_at="04:10")
    asked = ("11:59", "12:00", "14:59", "15:00")

    assert [[], [EVENING], [EVENING], []] == [
        table.expected_now(at(f"2026-11-23 {time}")) for time in asked
    ]


def test_a_new_timetable_replaces_the_old_one() -> None:
    """After a reload, what is not in the config any more is not expected any more."""

    async def nothing(*_: Any) -> None: ...

    table = Timetable(nothing, nothing)
    table.set([EVENING, NIGHT], timezone="UTC", upkeep_at="04:10")
    table.set([EVENING], timezone="UTC", upkeep_at="04:10")

    assert ["dy-1 start", "dy-1 end", "upkeep"] == [job.name for job in table.jobs()]


async def test_the_calendar_calls_back() -> None:
    """A run that is months late is made up, once, and in the loop."""
    heard: list[tuple[str, str]] = []
    done = asyncio.Semaphore(0)

    async def session(expected: Expected, phase: Phase) -> None:
        heard.append((expected.room, phase))
        done.release()

    async def upkeep() -> None:
        heard.append(("upkeep", ""))
        done.release()

    table = Timetable(session, upkeep)
    table.set([EVENING], timezone="Asia/Shanghai", upkeep_at="04:10")
    table.start()
    try:
        for job in table.jobs():
            assert (None, True, 1) == (job.misfire_grace_time, job.coalesce, job.max_instances)
            job.modify(next_run_time=datetime(2026, 1, 1, tzinfo=UTC))
        async with asyncio.timeout(10):
            for _ in range(3):
                await done.acquire()
    finally:
        table.close()
        table.close()

    assert [("dy-1", "end"), ("dy-1", "start"), ("upkeep", "")] == sorted(heard)


@pytest.mark.parametrize("time", ["24:00", "8:00", "20:60", "20.00", "20:00 "])
def test_a_time_of_day_is_hours_and_minutes(time: str) -> None:
    """What is not one is refused when the file is read."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"room": "a", "start": time, "end": "21:00"}, Expected)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("20:00", "22:30", 2.5), ("20:00", "01:00", 5), ("08:00", "08:00", 24)],
)
def test_a_session_may_go_on_past_midnight(start: str, end: str, hours: float) -> None:
    assert hours * 3600.0 == Expected(room="a", start=start, end=end).length_s
