"""Who is on call, by shift, room and time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.alerts.oncall import Contact, OnCall, Shift

PEOPLE = (
    Contact(name="李敏", channels=("wecom-limin", "sms-limin")),
    Contact(name="王涛", channels=("wecom-wangtao",)),
)


def at(day: int, hour: int, minute: int = 0) -> float:
    """An instant in Shanghai, in November 2026. The 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp() - 8 * 3600


def rota(*shifts: dict[str, Any]) -> OnCall:
    evening = {"name": "晚班", "people": ("李敏", "王涛"), "start": "18:00", "end": "02:00"}
    return OnCall(
        PEOPLE, [Shift(**(evening | shift)) for shift in shifts], timezone="Asia/Shanghai"
    )


@pytest.mark.parametrize(
    ("day", "hour", "minute", "people"),
    [
        (23, 17, 59, []),
        (23, 18, 0, ["李敏", "王涛"]),
        (24, 1, 59, ["李敏", "王涛"]),  # of Monday's shift
        (24, 2, 0, []),
        (24, 18, 0, []),  # on Mondays only
    ],
)
def test_a_shift_ends_on_the_next_day(day: int, hour: int, minute: int, people: list[str]):
    """
    mon 18:00 ├────────────┤ tue 02:00
    """
    assert people == rota({"days": ("mon",)}).on_duty("dy-1", at(day, hour, minute))


def test_a_rota_is_for_the_sessions_of_its_rooms():
    """
    Where shifts overlap, the people of the first one are called before the others.
    """
    both = rota({"rooms": ("tb-*",), "people": ("王涛",)}, {"rooms": ("*",)})

    assert ["王涛", "李敏"] == both.on_duty("tb-2203", at(23, 20))
    assert ["李敏", "王涛"] == both.on_duty("dy-8801", at(23, 20))


def test_a_person_is_reached_by_all_of_their_channels():
    """
    Somebody we do not know by none.
    """
    assert ["wecom-limin", "sms-limin"] == rota().channels(["李敏", "nobody"])


def test_duties_tell_who_is_on_until_when_and_who_comes_next():
    """
    Those that are on first; a shift of one day a week is found a week ahead.
    """
    found = rota(
        {"name": "周一早班", "days": ("mon",), "start": "08:00", "end": "12:00"}, {"name": "晚班"}
    ).duties(at(23, 20))

    assert [("晚班", True, None, at(24, 2)), ("周一早班", False, at(30, 8), None)] == [
        (duty.shift, duty.on, duty.begins_at, duty.ends_at) for duty in found
    ]


def test_a_shift_has_the_clock_of_its_own_timezone():
    """
    02:00 in Shanghai is 18:00 of the day before in London, in winter.
    """
    london = rota({"timezone": "Europe/London", "start": "18:00", "end": "22:00"})

    assert ["李敏", "王涛"] == london.on_duty("a", at(24, 2))
    assert [] == london.on_duty("a", at(23, 20))
