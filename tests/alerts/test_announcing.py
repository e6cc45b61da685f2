"""What people are told of a mute itself."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.alerts import announcing
from monitor.alerts.mutes import Ended, Mute
from tests.alerts.changes import T0, fired


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(T0 + seconds, UTC)


def mute(**fields) -> Mute:
    return Mute(
        **{"name": "m", "rules": ("stock_*",), "rooms": ("r1",), "reason": "彩排", "by": "李敏"}
        | fields
    )


def test_a_mute_is_told_when_it_begins():
    """By its room's channels, as a notice."""
    change = announcing.began(mute(start=at(0), until=at(60)), T0)

    assert change is not None
    assert ("mute|m", "r1", "muted", "notice", "彩排", "李敏") == (
        change.key, change.room, change.change, change.severity, change.reason, change.by,
    )  # fmt: skip
    assert f"stock_* · r1 → {at(60):%m-%d %H:%M} UTC" == change.summary


def test_a_mute_says_that_it_ends_with_the_broadcast():
    change = announcing.began(mute(start=at(0), until=at(60), session=True), T0)

    assert change is not None
    assert "stock_* · r1 → session" == change.summary


def test_a_mute_that_stood_before_a_restart_is_not_told_again():
    assert None is announcing.began(mute(start=at(-announcing.FRESH_S)), T0)
    assert None is announcing.began(mute(), T0)


def test_a_mute_is_told_when_it_ends_and_something_fires_still():
    """Five are named, more are counted."""
    firing = [fired(room=f"r{number}") for number in range(7)]
    change = announcing.over(Ended(mute(rooms=("r*",)), "its time is up", firing), T0)

    assert change is not None
    assert ("unmuted", "", "its time is up", {"still_firing": 7.0}) == (
        change.change, change.room, change.reason, change.values,
    )  # fmt: skip
    assert "stock_* · r*: angry|r0, angry|r1, angry|r2, angry|r3, angry|r4 + 2" == change.summary


def test_a_mute_that_ends_in_peace_or_ended_long_ago_is_not_told():
    assert None is announcing.over(Ended(mute(), "its time is up", []), T0)
    old = mute(until=at(-announcing.FRESH_S))
    assert None is announcing.over(Ended(old, "its time is up", [fired()]), T0)


def test_a_mute_is_spelled_by_what_it_names():
    assert "*" == announcing.spell(Mute(name="m"))
    assert "a, b · douyin · critical" == announcing.spell(
        Mute(name="m", rules=("a", "b"), platforms=("douyin",), severities=("critical",))
    )
