"""What rules do by themselves: once an episode, seldom, and not unless somebody said so."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from monitor.alerts.acting import MINUTE_S, Acting, Action
from monitor.alerts.alert import Act, Command
from monitor.alerts.dispatch import Dispatch, DispatchSettings
from monitor.alerts.mutes import Mute, Mutes
from monitor.alerts.routes import RoomTag, Route, Routes
from tests.alerts.changes import T0, alert, fired, resolved

HERE = RoomTag("一号", "douyin")


def acting(**fields: Any) -> Acting:
    """`angry` takes down what it is about."""
    action = Action(**{"name": "take_down", "channel": "goods", "live": True} | fields)
    return Acting([action], {"angry": ("take_down", "unheard_of")})


def follow(machine: Acting, *changes: Any, at: float = 0.0) -> list[str]:
    """The ids of the commands that follow."""
    return [
        notice.id
        for change in changes
        for notice in machine.follow(change, T0 + at, HERE, late_ttl_s=3600.0)
    ]


def states(machine: Acting) -> list[tuple[str, str, str]]:
    """(room, action, state) of all that is new on the record."""
    found = [(change.room, act.action, act.state) for change, act in machine.news]
    machine.news.clear()
    return found


def test_a_command_is_a_notice_of_its_own_to_the_actions_channel():
    """Worth sending as long as the rule's own, with what the config adds."""
    change = fired(ttl_s=20, notify=("ops",))
    (notice,) = acting(with_={"state": "off"}).follow(change, T0, HERE, 3600.0)

    assert "act|take_down|angry|r1|1|fired|goods" == notice.id
    assert Command(action="take_down", key="angry|r1", values={"state": "off"}) == notice.command
    assert ("goods", "一号", T0 + 20) == (notice.channel, notice.room_name, notice.expires_at)
    assert ("rule angry acts: take_down", ()) == (notice.reason, notice.change.notify)


def test_a_command_may_have_a_time_of_its_own():
    (notice,) = acting(ttl_s=5).follow(fired(), T0, HERE, 3600.0)

    assert T0 + 5 == notice.expires_at


def test_without_live_nothing_is_sent_and_all_is_on_record():
    machine = acting(live=False)

    assert not Action(name="a", channel="c").live
    assert [] == follow(machine, fired())
    assert [("r1", "take_down", "dry run")] == states(machine)
    assert ["dry run"] == [act.state for act in machine.of("angry|r1|1")]


def test_an_episode_is_acted_on_once():
    machine = acting()
    first = follow(machine, fired(), fired(), fired(change="again"))

    assert 1 == len(first)
    assert 1 == len(follow(machine, fired(episode=2)))


def test_more_than_so_many_in_a_minute_are_refused():
    """Over all rooms; a minute after the first there is room for one more."""
    machine = acting(per_minute=2)
    changes = [fired(room=f"r{number}") for number in range(4)]

    assert 2 == len(follow(machine, *changes[:3]))
    assert ["asked", "asked", "refused"] == [state for _, _, state in states(machine)]
    assert 0 == len(follow(machine, changes[3], at=MINUTE_S - 0.1))
    assert 1 == len(follow(machine, fired(room="r9"), at=MINUTE_S))


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        ({"rooms": ("r*",)}, True),
        ({"rooms": ("x*",)}, False),
        ({"platforms": ("douyin",)}, True),
        ({"platforms": ("taobao",)}, False),
    ],
)
def test_an_action_is_for_some_rooms_and_platforms(fields, acts):
    assert acts is bool(follow(acting(**fields), fired()))


def test_a_rule_that_names_nothing_does_nothing():
    machine = acting()

    assert [] == follow(machine, fired("calm"))
    assert [] == states(machine)


def test_what_became_of_a_command_stands_with_the_alert():
    machine = acting()
    (notice,) = machine.follow(fired(), T0, HERE, 3600.0)
    machine.settled(notice, "sent", T0 + 2)

    assert (Act(action="take_down", at=T0 + 2, state="sent"),) == machine.of("angry|r1|1")
    assert ["asked", "sent"] == [state for _, _, state in states(machine)]


def test_what_became_of_a_command_of_before_a_restart_is_on_record_too():
    """Its alert may be over: only the command is known."""
    (notice,) = acting().follow(fired(), T0, HERE, 3600.0)
    after = acting()
    after.settled(notice, "dead", T0 + 9)

    assert [("r1", "take_down", "dead")] == states(after)


def test_a_restart_does_nothing_twice():
    """The open alert remembers what was done for it."""
    before = acting(live=False)
    follow(before, fired())
    after = acting(live=False)
    after.restore([alert(fired(), acts=before.of("angry|r1|1"))])

    assert [] == follow(after, fired())
    assert [] == states(after)


def test_new_rules_and_a_new_config_keep_what_was_done():
    machine = acting()
    follow(machine, fired())
    machine.take(acting(live=False))

    assert [] == follow(machine, fired())
    assert ["asked"] == [act.state for act in machine.of("angry|r1|1")]
    assert [] == follow(machine, fired(episode=2))


@pytest.mark.parametrize("name", ["Take", "9", "a-b", "", "a" * 65])
def test_an_action_has_a_plain_name(name):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": name, "channel": "c"}, Action)


# ── within dispatch ───────────────────────────────────────────────────────────


def dispatch(machine: Acting, *mutes: Mute) -> Dispatch:
    return Dispatch(
        Routes([Route(name="all", channels=("ops",))], channels=("ops", "goods")),
        Mutes(mutes),
        DispatchSettings(wait_s=2.0),
        lambda room: HERE,
        machine,
    )


def told(machine: Dispatch, *changes: Any, at: float = 0.0) -> list[str]:
    machine.receive(changes, T0 + at)
    return [notice.id for notice in machine.tick(T0 + at)]


def test_dispatch_acts_when_it_tells_people():
    """At once where it is critical."""
    machine = dispatch(acting())

    assert ["angry|r1|1|fired|ops", "act|take_down|angry|r1|1|fired|goods"] == told(
        machine, fired(severity="critical")
    )
    assert [] == told(machine, at=5)


def test_what_fired_and_was_resolved_while_it_waited_is_not_acted_on():
    machine = dispatch(acting())

    assert [] == told(machine, fired())
    assert [] == told(machine, resolved(fired(), T0 + 1), at=1)
    assert [] == told(machine, at=5)


def test_what_nobody_is_told_of_is_not_acted_on():
    """Until they are."""
    machine = dispatch(acting(), Mute(name="m"))

    assert [] == told(machine, fired(severity="critical"))
    machine.mutes.remove("m")
    assert "act|take_down|angry|r1|1|fired|goods" in told(machine, at=5)


def test_an_action_may_undo_another_when_the_alert_is_over():
    machine = dispatch(acting(on="resolved"))
    change = fired(severity="critical")

    assert ["angry|r1|1|fired|ops"] == told(machine, change)
    assert "act|take_down|angry|r1|1|resolved|goods" in told(
        machine, resolved(change, T0 + 5), at=5
    )


def test_an_alert_on_a_screen_shows_what_was_done():
    machine = dispatch(acting(live=False))
    told(machine, fired(severity="critical"))
    seen = machine.seen(alert(fired()))

    assert [("take_down", "dry run")] == [(act.action, act.state) for act in seen.acts]
    assert seen is machine.seen(seen)
