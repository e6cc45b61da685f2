"""Why nobody is told: a mute, quiet hours, or another alert that explains it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.alerts.mutes import Inhibition, Mute, Mutes, QuietHours
from monitor.errors import ConfigError
from tests.alerts.changes import T0, acked, alert, fired, resolved


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(T0 + seconds, UTC)


def test_without_a_reason_people_are_told():
    """An empty reason means: told."""

    assert "" == Mutes().why_quiet(fired(), T0)


def test_a_mute_begins_and_ends_by_itself():
    """
    start     until
    10 ────── 20
    """
    mutes = Mutes([Mute(name="lunch", by="李敏", start=at(10), until=at(20))])

    found = [mutes.why_quiet(fired(), T0 + seconds) for seconds in (9, 10, 19.9, 20)]

    assert ["", "muted: lunch (李敏)", "muted: lunch (李敏)", ""] == found
    assert [] == mutes.standing(T0 + 20)


def test_a_mute_holds_for_what_it_names_only():
    """Rooms and rules may hold a `*`."""
    mutes = Mutes([Mute(name="m", rooms=("douyin:*",), rules=("angry",), severities=("warning",))])

    assert mutes.why_quiet(fired(room="douyin:7"), T0)
    assert "" == mutes.why_quiet(fired(room="taobao:7"), T0)
    assert "" == mutes.why_quiet(fired("stock", "douyin:7"), T0)
    assert "" == mutes.why_quiet(fired(room="douyin:7", severity="critical"), T0)


def test_what_is_over_is_told_in_spite_of_a_mute():
    """Who was told that it fired is told that it is over."""
    mutes = Mutes([Mute(name="all")])

    assert "" == mutes.why_quiet(resolved(fired(), T0), T0)
    assert "" == mutes.why_quiet(acked(fired(), T0), T0)


def test_an_alert_explains_others_in_its_room_while_it_fires():
    """The feed is stalled: that comments fell says nothing."""
    mutes = Mutes(inhibitions=[Inhibition(by="feed_stale", rules=("engagement_*",))])
    cause = fired("feed_stale")

    mutes.note(cause)
    during = [mutes.why_quiet(fired("engagement_drop", room), T0) for room in ("r1", "r2")]
    mutes.note(resolved(cause, T0 + 9))

    assert ["explained by feed_stale", ""] == during
    assert "" == mutes.why_quiet(fired("engagement_drop"), T0)


def test_a_cause_with_two_products_explains_until_both_are_over():
    """Two alerts of one rule in one room."""
    mutes = Mutes(inhibitions=[Inhibition(by="cause", rules=("effect",))])
    first, second = fired("cause", key="cause|r1|a"), fired("cause", key="cause|r1|b")
    mutes.note(first)
    mutes.note(second)

    mutes.note(resolved(first, T0))

    assert mutes.why_quiet(fired("effect"), T0)


def test_what_fired_before_a_restart_still_explains():
    """Else the effect would be told of before the cause is heard of again."""
    mutes = Mutes(inhibitions=[Inhibition(by="cause", rules=("effect",))])

    mutes.restore([alert(fired("cause")), alert(fired("cause", "r2"), state="pending")])

    assert mutes.why_quiet(fired("effect"), T0)
    assert "" == mutes.why_quiet(fired("effect", "r2"), T0)


def test_rules_that_explain_each_other_are_refused():
    """Both would be quiet."""

    with pytest.raises(ConfigError, match="explains itself in the end"):
        Mutes(
            inhibitions=[
                Inhibition(by="a", rules=("b",)),
                Inhibition(by="b", rules=("c*",)),
                Inhibition(by="cc", rules=("a",)),
            ]
        )


@pytest.mark.parametrize(
    ("start", "end", "hour", "quiet"),
    [
        ("23:00", "08:00", 23.5, True),
        ("23:00", "08:00", 7.9, True),
        ("23:00", "08:00", 8.0, False),
        ("12:00", "13:00", 12.5, True),
        ("12:00", "13:00", 13.0, False),
        ("12:00", "12:00", 12.0, False),
    ],
)
def test_quiet_hours_may_pass_midnight(start, end, hour, quiet):
    """In local time, at UTC+8."""
    mutes = Mutes(quiet_hours=[QuietHours(name="night", start=start, end=end)])
    midnight = datetime(2026, 11, 22, tzinfo=UTC).timestamp() - 8 * 3600

    why = mutes.why_quiet(fired(), midnight + hour * 3600)

    assert ("quiet hours: night" if quiet else "") == why


def test_critical_alerts_pass_quiet_hours():
    """Nobody sleeps through a broadcast that sells at a loss."""
    mutes = Mutes(quiet_hours=[QuietHours(name="day", start="00:00", end="23:59")])

    assert "" == mutes.why_quiet(fired(severity="critical"), T0)


def test_a_mute_can_be_added_and_taken_back():
    """By name; the same name again replaces it."""
    mutes = Mutes()

    mutes.add(Mute(name="m", reason="sound check"))
    mutes.add(Mute(name="m", reason="rehearsal"))

    assert "muted: rehearsal" == mutes.why_quiet(fired(), T0)
    assert mutes.remove("m") is not None
    assert mutes.remove("m") is None
    assert "" == mutes.why_quiet(fired(), T0)
