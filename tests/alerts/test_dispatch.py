"""Who is told what, once, and why."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.alerts.dispatch import Dispatch, DispatchSettings
from monitor.alerts.mutes import Inhibition, Mute, Mutes
from monitor.alerts.routes import RoomTag, Route, Routes
from tests.alerts.changes import T0, acked, alert, fired, resolved

CHANNELS = ("ops", "desk")


def dispatch(*routes: Route, mutes: Mutes | None = None, **settings) -> Dispatch:
    table = Routes(routes or [Route(name="all", channels=("ops",))], channels=CHANNELS)
    return Dispatch(
        table, mutes, DispatchSettings(**settings), lambda room: RoomTag(f"room {room}", "douyin")
    )


def play(machine: Dispatch, *changes, at: float = 0.0) -> list[str]:
    """Give it changes and tick; what was told, as ids."""
    machine.receive(changes, T0 + at)
    return [notice.id for notice in machine.tick(T0 + at)]


def test_a_critical_alert_is_told_in_the_same_tick_with_its_reason():
    """The notice carries all that a channel needs."""
    machine = dispatch(console_url="https://room.example/")
    change = fired(severity="critical", ttl_s=20)
    machine.receive([change], T0)

    [notice] = machine.tick(T0)

    assert ("angry|r1|1|fired|ops", "ops", change) == (notice.id, notice.channel, notice.change)
    assert ("route all", "room r1", T0 + 20) == (
        notice.reason,
        notice.room_name,
        notice.expires_at,
    )
    assert "https://room.example/#alert=angry%7Cr1" == notice.link


def test_pending_changes_tell_nobody():
    """Nor do those that say why nobody was told."""
    machine = dispatch(wait_s=0)

    told = play(machine, *(fired(change=kind) for kind in ("pending", "muted", "inhibited")))

    assert [] == told
    assert machine.next_tick() is None


def test_other_alerts_of_a_room_become_one_notice():
    """The worst comes first; it waits 2 s for the others."""
    machine = dispatch()

    assert [] == play(machine, fired("a", severity="info"))
    assert [] == play(machine, fired("b"), at=1)
    assert T0 + 2 == machine.next_tick()
    [notice] = machine.tick(T0 + 2)
    assert "b|r1|1|fired|ops" == notice.id
    assert ("b|r1|1", "a|r1|1") == notice.tells_of


def test_only_who_was_told_that_it_fired_hears_that_it_is_over():
    """Routes may have changed in between: that does not matter."""
    machine = dispatch(wait_s=0)
    change = fired()

    assert ["angry|r1|1|fired|ops"] == play(machine, change)
    machine.replace(
        Routes([Route(name="new", channels=("desk",))], channels=CHANNELS),
        DispatchSettings(wait_s=0),
    )
    assert ["angry|r1|1|acked|ops"] == play(machine, acked(change, T0 + 1), at=1)
    assert ["angry|r1|1|resolved|ops"] == play(machine, resolved(change, T0 + 2), at=2)
    assert [] == play(machine, resolved(change, T0 + 3), at=3)
    assert [] == play(machine, resolved(fired("never_told"), T0 + 3), at=3)


def test_the_end_of_an_episode_is_told_though_the_next_has_begun():
    """In the order they happened."""
    machine = dispatch()
    first = fired()
    play(machine, first)
    play(machine, at=2)
    again = fired(episode=2, severity="critical")

    assert [] == play(machine, resolved(first, T0 + 3), at=3)
    told = play(machine, again, at=3.5)

    assert ["angry|r1|1|resolved|ops", "angry|r1|2|fired|ops"] == told


def test_what_is_over_is_worth_telling_for_longer():
    """`ttl_s` is for what fired."""
    machine = dispatch(wait_s=0, late_ttl_s=600)
    change = fired(ttl_s=20)
    play(machine, change)
    machine.receive([resolved(change, T0 + 5)], T0 + 5)

    [notice] = machine.tick(T0 + 5)

    assert T0 + 605 == notice.expires_at


def test_a_pair_that_nobody_was_told_of_is_dropped():
    """Fired and over within the wait."""
    machine = dispatch()
    change = fired()
    play(machine, change)

    assert [] == play(machine, resolved(change, T0 + 1), at=1)
    assert [] == play(machine, at=9)
    assert {"waiting": 0, "quiet": 0, "collapsed": 1} == machine.counts()


def test_what_is_muted_is_told_when_the_mute_ends_and_it_still_fires():
    """
    0 ────── 30        muted
    fired                told at 30: still firing
    """
    until = datetime.fromtimestamp(T0 + 30, UTC)
    machine = dispatch(mutes=Mutes([Mute(name="check", until=until)]), wait_s=0)
    machine.receive([fired(ttl_s=20)], T0)

    assert [] == machine.tick(T0)
    assert "muted: check" == machine.why_quiet("angry|r1")
    assert [] == machine.tick(T0 + 29)
    [over, notice] = machine.tick(T0 + 30)
    assert ("unmuted", "*: angry|r1", "its time is up", {"still_firing": 1.0}) == (
        over.change.change, over.change.summary, over.change.reason, over.change.values,
    )  # fmt: skip
    assert "still firing: no longer muted: check" == notice.change.reason
    assert T0 + 50 == notice.expires_at
    assert "" == machine.why_quiet("angry|r1")


def test_what_is_over_while_muted_is_never_told():
    """Nobody was told that it fired."""
    mutes = Mutes([Mute(name="all")])
    machine = dispatch(mutes=mutes, wait_s=0)
    change = fired()
    play(machine, change)
    play(machine, resolved(change, T0 + 1), at=1)
    mutes.remove("all")

    assert [] == play(machine, at=10)


def test_a_cause_in_the_same_batch_explains_its_effect():
    """Whatever their order in it."""
    machine = dispatch(
        mutes=Mutes(inhibitions=[Inhibition(by="stalled", rules=("drop",))]), wait_s=0
    )

    told = play(machine, fired("drop"), fired("stalled", severity="data_lost"))

    assert ["stalled|r1|1|fired|ops"] == told
    assert "explained by stalled" == machine.why_quiet("drop|r1")


def test_a_storm_is_one_digest_that_lists_the_rooms():
    """A hundred rooms at once; 5 s later those that came after."""
    machine = dispatch(wait_s=0, digest_over=5, digest_every_s=5)
    changes = [fired(room=f"r{number}", severity="critical") for number in range(100)]
    machine.receive(changes, T0)

    [digest] = machine.tick(T0)

    assert (100, "r0", 100) == (len(digest.rooms), digest.rooms[0], len(digest.tells_of))
    assert "critical" == digest.change.severity
    assert "100 changes of angry at once" == digest.reason
    late = [fired(room=f"late{number}", severity="critical") for number in range(3)]
    assert [] == play(machine, *late, at=1)
    [second] = machine.tick(T0 + 5)
    assert ("late0", "late1", "late2") == second.rooms
    assert digest.id != second.id


def test_after_a_storm_everybody_who_was_told_hears_that_it_is_over():
    """State is kept for each alert; their ends are a digest too."""
    machine = dispatch(wait_s=0, digest_over=5)
    changes = [fired(room=f"r{number}") for number in range(10)]
    play(machine, *changes)

    machine.receive([resolved(change, T0 + 20) for change in changes], T0 + 20)
    [digest] = machine.tick(T0 + 20)

    assert 10 == len(digest.rooms)
    assert "resolved" == digest.change.change


def test_what_waits_is_received_again_after_a_restart():
    """The daemon stores `waiting` with the rest; a new dispatch goes on."""
    before = dispatch()
    play(before, fired("a"))
    after = dispatch()

    after.restore([alert(fired("a"))], [], before.waiting(), T0 + 1)

    assert ["a|r1|1|fired|ops"] == [notice.id for notice in after.tick(T0 + 3)]


def test_after_a_restart_it_knows_who_was_told():
    """So that they hear the end, and nobody hears the beginning twice."""
    before = dispatch(wait_s=0)
    change = fired()
    before.receive([change], T0)
    told = before.tick(T0)
    after = dispatch(wait_s=0)

    after.restore([alert(change)], told, [], T0 + 1)

    assert [] == play(after, at=2)
    assert ["angry|r1|1|resolved|ops"] == play(after, resolved(change, T0 + 3), at=3)


def test_an_open_alert_that_nobody_was_told_of_is_told_after_a_restart():
    """Its notice was lost with the process."""
    machine = dispatch(wait_s=0)

    machine.restore([alert(fired()), alert(fired("p"), state="pending")], [], [], T0 + 100)
    [notice] = machine.tick(T0 + 100)

    assert "angry|r1|1|fired|ops" == notice.id
    assert "still firing: restarted" == notice.change.reason


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from([f"r{number}" for number in range(8)]),
            st.sampled_from(["critical", "warning"]),
            st.sampled_from(["fired", "resolved", "acked"]),
            st.sampled_from([0.0, 0.0, 0.25, 1.0, 4.0]),
        ),
        max_size=80,
    )
)
def test_nobody_hears_twice_and_everybody_hears_the_end(steps):
    """
    For any history: ids are unique, and what a channel was told fired it is told
    is over, in that order, if it is over.
    """
    machine = dispatch(digest_over=2)
    now, firing, episode, over, told = T0, {}, {}, set(), []

    for rule, room, severity, kind, pause in steps:
        key = (rule, room)
        if kind == "fired" and key not in firing:
            episode[key] = episode.get(key, 0) + 1
            firing[key] = fired(rule, room, at=now, severity=severity, episode=episode[key])
            machine.receive([firing[key]], now)
        elif kind != "fired" and key in firing:
            change = firing[key]
            if kind == "resolved":
                over.add(firing.pop(key).told_as)
                machine.receive([resolved(change, now)], now)
            else:
                machine.receive([acked(change, now)], now)
        now += pause
        told += machine.tick(now)
    for _ in range(40):
        now += 1
        told += machine.tick(now)

    heard = [(name, n.change.change) for n in told for name in n.tells_of]
    begun = [name for name, kind in heard if kind == "fired"]
    ended = [name for name, kind in heard if kind == "resolved"]
    assert len(begun) == len(set(begun))
    assert sorted(over & set(begun)) == sorted(ended)
    assert all(heard.index((name, "fired")) < heard.index((name, "resolved")) for name in ended)
    assert {change.told_as for change in firing.values()} <= set(begun)
    assert 0 == machine.counts()["waiting"]


def reminder(change, at: float, times: int = 1):
    return replace(change, at=at, change="again", times=times, reason="not acknowledged for 1m")


def test_whoever_was_told_is_reminded_each_time():
    """And nobody else; as a notice of its own, worth as long as the first one."""
    machine = dispatch(wait_s=0)
    change = fired(severity="critical", ttl_s=20)
    play(machine, change)

    machine.receive([reminder(change, T0 + 60)], T0 + 60)
    [notice] = machine.tick(T0 + 60)
    again = play(machine, reminder(change, T0 + 180, 2), at=180)

    assert ("angry|r1|1|again1|ops", T0 + 80, "critical") == (
        notice.id, notice.expires_at, notice.lane,
    )  # fmt: skip
    assert ["angry|r1|1|again2|ops"] == again


def test_nobody_is_reminded_of_what_is_muted():
    """It was told before, so the end of the mute tells only of itself."""
    machine = dispatch(wait_s=0)
    change = fired()
    play(machine, change)
    machine.mutes.add(Mute(name="m"))

    assert [] == play(machine, reminder(change, T0 + 60), at=60)
    assert "" == machine.why_quiet(change.key)
    machine.mutes.remove("m")
    assert [f"mute|m|{round(T0 + 62)}|unmuted|ops"] == play(machine, at=62)


def test_whom_an_escalation_told_is_told_of_the_end_too():
    """And of the acknowledgement, each once."""
    machine = dispatch()
    change = fired(severity="critical")
    machine.receive([change], T0)
    [notice] = machine.tick(T0)
    machine.also_told(replace(notice, channel="desk", reason="escalation", step=1))

    assert ["angry|r1|1|acked|ops", "angry|r1|1|acked|desk"] == play(
        machine, acked(replace(change, severity="critical"), T0 + 20), at=20
    )
