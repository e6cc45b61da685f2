"""Why nobody is told: a mute, a break, quiet hours, or another alert that explains it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from monitor.alerts.mutes import Breaks, Inhibition, Mute, Mutes, QuietHours
from monitor.alerts.routes import RoomTag
from tests.alerts.changes import T0, acked, fired, resolved


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


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({"products": ("s1",)}, True),
        ({"products": ("s2",)}, False),
        ({"platforms": ("dou*",)}, True),
        ({"platforms": ("taobao",)}, False),
        ({"tiers": ("head",)}, True),
        ({"tiers": ("tail",)}, False),
        ({"rules": ("out",), "rooms": ("r1",), "severities": ("warning",)}, True),
        ({"rules": ("out",), "rooms": ("r2",)}, False),
    ],
)
def test_a_mute_covers_what_all_of_its_fields_match(fields, covers):
    change = fired("out", sku="s1", key="out|r1|s1")

    assert covers is Mute(name="m", **fields).covers(change, RoomTag("一号", "douyin", "head"))


def test_a_pattern_has_few_stars():
    """Each is a search of its own, and a mute is asked for each alert."""
    for pattern, good in (("*a*b*c*", True), ("*a*b*c*d*", False), ("", False), ("x" * 301, False)):
        try:
            msgspec.convert({"name": "m", "rules": [pattern]}, Mute)
        except msgspec.ValidationError:
            assert not good
        else:
            assert good


def test_a_mute_for_a_session_ends_with_it():
    """
    live, session s1 ── live, s2       another session began
                     └─ off air        the broadcast ended
    A room of which nothing is known (a restart) is waited for.
    """
    mute = Mute(name="m", rooms=("r1",), session=True, heard="s1")
    why = [
        mute.why_over(T0, {"r1": RoomTag(live=live, session=session)}.__getitem__)
        for live, session in ((True, "s1"), (None, None), (True, None), (True, "s2"), (False, "s1"))
    ]

    assert ["", "", "", "another session began", "the broadcast ended"] == why


@pytest.mark.parametrize("rooms", [("*",), ("dy-*",), ("a", "b")])
def test_a_mute_for_a_session_needs_one_room(rooms):
    with pytest.raises(ValueError, match="needs its one room — write"):
        Mute(name="m", rooms=rooms, session=True)


def test_a_mute_that_is_over_is_told_once_with_what_still_fires_of_it():
    """Whether it was hushed or fired aloud before."""
    mutes = Mutes([Mute(name="m", rules=("angry",), until=at(10))])
    for change in (fired(), fired(room="r2"), fired("other"), resolved(fired(room="r2"), T0)):
        mutes.note(change)

    assert [] == mutes.sweep(T0 + 9, lambda room: RoomTag())
    [ended] = mutes.sweep(T0 + 10, lambda room: RoomTag())
    assert ("m", "its time is up", ["angry|r1"]) == (
        ended.mute.name, ended.why, [change.key for change in ended.firing],
    )  # fmt: skip
    assert [] == mutes.sweep(T0 + 11, lambda room: RoomTag())


def test_a_mute_that_is_taken_back_is_over_with_that_reason():
    mutes = Mutes([Mute(name="m")])
    mutes.remove("m", "ended by 李敏")

    assert ["ended by 李敏"] == [each.why for each in mutes.sweep(T0, lambda room: RoomTag())]


def test_a_mute_is_fresh_once_when_it_begins():
    mutes = Mutes([Mute(name="m", start=at(10))])

    assert [0, 1, 0] == [len(mutes.fresh(T0 + seconds)) for seconds in (9, 10, 11)]
    mutes.add(Mute(name="m", start=at(12)))
    assert [1, 0] == [len(mutes.fresh(T0 + seconds)) for seconds in (12, 13)]


@pytest.mark.parametrize(
    ("given", "quiet"),
    [
        ({}, True),
        ({"severity": "critical"}, False),
        ({"severity": "data_lost"}, False),
        ({"rule": "session_paused"}, False),
    ],
)
def test_a_break_is_quiet_but_for_what_is_critical_and_what_tells_of_it(given, quiet):
    """As nobody has written it otherwise."""
    paused = RoomTag(paused=True)

    assert quiet is bool(Mutes().why_quiet(fired(**given), T0, paused))
    assert "" == Mutes().why_quiet(fired(**given), T0, RoomTag(paused=False))


def test_what_a_break_silences_may_be_written():
    mutes = Mutes(breaks=Breaks(severities=("critical",), rules=("a*",), except_rules=()))
    paused = RoomTag(paused=True)

    assert "a break: the room is paused" == (
        mutes.why_quiet(fired(severity="critical"), T0, paused)
    )
    assert "" == mutes.why_quiet(fired("b", severity="critical"), T0, paused)
    assert "" == mutes.why_quiet(fired(), T0, paused)


def test_the_first_reason_is_told():
    """Of an alert that is explained, muted, in a break and in quiet hours."""
    mutes = Mutes(
        [Mute(name="m")],
        [QuietHours(name="day", start="00:00", end="23:59")],
        [Inhibition(by="cause", rules=("angry",))],
    )
    cause, paused = fired("cause", severity="critical"), RoomTag(paused=True)
    mutes.note(cause)
    reasons = [mutes.why_quiet(fired(), T0, paused)]
    mutes.note(resolved(cause, T0 - 100))
    reasons.append(mutes.why_quiet(fired(), T0, paused))
    mutes.remove("m")
    reasons.append(mutes.why_quiet(fired(), T0, paused))
    reasons.append(mutes.why_quiet(fired(), T0))

    assert [
        "explained by cause", "muted: m", "a break: the room is paused", "quiet hours: day",
    ] == reasons  # fmt: skip


def test_new_tables_take_the_place_of_all_and_what_fires_is_kept():
    mutes = Mutes([Mute(name="m", rules=("x",))])
    mutes.note(fired("cause"))
    mutes.take(Mutes(inhibitions=[Inhibition(by="cause", rules=("angry",))]))

    assert [] == mutes.standing(T0)
    assert "explained by cause" == mutes.why_quiet(fired(), T0)


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


def test_critical_alerts_pass_quiet_hours_unless_they_are_named():
    """Nobody sleeps through a broadcast that sells at a loss, but by their own will."""
    all_day = {"name": "day", "start": "00:00", "end": "23:59"}
    critical = fired(severity="critical")

    assert "" == Mutes(quiet_hours=[QuietHours(**all_day)]).why_quiet(critical, T0)
    assert Mutes(quiet_hours=[QuietHours(**all_day, severities=("critical",))]).why_quiet(
        critical, T0
    )


def test_quiet_hours_may_be_those_of_some_platforms_and_tiers():
    mutes = Mutes(
        quiet_hours=[
            QuietHours(
                name="day", start="00:00", end="23:59", platforms=("douyin",), tiers=("tail",)
            )
        ]
    )
    tags = (
        RoomTag(platform="douyin", tier="tail"),
        RoomTag(platform="douyin", tier="head"),
        RoomTag(platform="taobao", tier="tail"),
    )

    assert [True, False, False] == [bool(mutes.why_quiet(fired(), T0, tag)) for tag in tags]


def test_a_mute_can_be_added_and_taken_back():
    """By name; the same name again replaces it."""
    mutes = Mutes()

    mutes.add(Mute(name="m", reason="sound check"))
    mutes.add(Mute(name="m", reason="rehearsal"))

    assert "muted: rehearsal" == mutes.why_quiet(fired(), T0)
    assert mutes.remove("m") is not None
    assert mutes.remove("m") is None
    assert "" == mutes.why_quiet(fired(), T0)


def test_what_was_found_for_an_alert_is_asked_again_when_the_mutes_are_others():
    """And kept apart by all that a mute may name."""
    mutes = Mutes([Mute(name="m", tiers=("head",), until=at(10))])
    head, tail = RoomTag(tier="head"), RoomTag(tier="tail")
    found = [mutes.why_quiet(fired(), T0, tag) for tag in (head, tail, head)]
    found.append(mutes.why_quiet(fired(), T0 + 10, head))
    mutes.add(Mute(name="m", tiers=("tail",)))
    found += [mutes.why_quiet(fired(), T0 + 10, tag) for tag in (head, tail)]

    assert ["muted: m", "", "muted: m", "", "", "muted: m"] == found
