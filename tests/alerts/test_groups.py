"""Changes of a room wait for each other, critical ones for nobody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.groups import Groups
from tests.alerts.changes import T0, acked, fired, resolved


def test_changes_of_a_room_go_together_once_the_first_has_waited():
    """
    0 ──── 1.5 ── 2        r1: a, b
           1.5 ─────── 3.5 r2: c
    """
    groups = Groups(wait_s=2)
    a, b, c = fired("a"), fired("b"), fired("c", "r2")

    groups.add(a, T0)
    groups.add(b, T0 + 1.5)
    groups.add(c, T0 + 1.5)

    assert [] == groups.due(T0 + 1.9)
    assert T0 + 2 == groups.next_due()
    assert [[a, b]] == groups.due(T0 + 2)
    assert [[c]] == groups.due(T0 + 3.5)
    assert groups.next_due() is None


def test_a_critical_change_waits_for_nothing_and_stands_alone():
    """What waits in its room goes on waiting."""
    groups = Groups(wait_s=2)
    slow, fast = fired("slow"), fired("fast", severity="critical")

    groups.add(slow, T0)
    groups.add(fast, T0)

    assert [[fast]] == groups.due(T0)
    assert [slow] == groups.waiting()


def test_what_is_over_before_anybody_was_told_is_told_to_nobody():
    """Also an acknowledgement in between."""
    groups = Groups(wait_s=2)
    first, other = fired("a"), fired("b")

    for change in (first, other, acked(first, T0 + 1), resolved(first, T0 + 1)):
        groups.add(change, T0)

    assert [[other]] == groups.due(T0 + 2)
    assert 1 == groups.collapsed


def test_the_end_of_what_was_told_is_told():
    """Only both unsent collapse; and another episode is another alert."""
    groups = Groups(wait_s=0)
    first = fired("a")
    groups.add(first, T0)
    groups.due(T0)
    over = resolved(first, T0 + 1)
    again = fired("a", episode=2)

    groups.add(again, T0 + 1)
    groups.add(over, T0 + 1)

    assert [[again, over]] == groups.due(T0 + 1)


def test_the_end_of_the_last_episode_goes_before_the_next_one():
    """Else people would hear `fired`, then `resolved`, of what fires."""
    groups = Groups(wait_s=2)
    over = resolved(fired("a"), T0)
    worse = fired("a", episode=2, severity="critical")
    groups.add(over, T0)
    groups.add(fired("b"), T0)

    groups.add(worse, T0 + 1)

    assert [[over], [worse]] == groups.due(T0 + 1)
    assert ["b"] == [change.rule for change in groups.waiting()]


def test_a_critical_pair_in_one_batch_collapses_too():
    """It was over before the tick."""
    groups = Groups()
    change = fired("a", severity="critical")

    groups.add(change, T0)
    groups.add(resolved(change, T0), T0)

    assert [] == groups.due(T0 + 9)
    assert groups.next_due() is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.sampled_from(["r1", "r2"]),
            st.sampled_from(["critical", "warning"]),
            st.booleans(),
            st.floats(0, 3),
        )
    )
)
def test_every_change_comes_out_once_or_collapses_with_its_pair(steps):
    """Whatever the order: in = out + 2 × collapsed, and nothing stays for ever."""
    groups = Groups(wait_s=2)
    now, firing, episode, put, got = T0, {}, {}, 0, []

    for rule, room, severity, end, pause in steps:
        key = (rule, room)
        if end and key in firing:
            groups.add(resolved(firing.pop(key), now), now)
        elif key not in firing:
            episode[key] = episode.get(key, 0) + 1
            firing[key] = fired(rule, room, severity=severity, episode=episode[key])
            groups.add(firing[key], now)
        else:
            put -= 1
        put += 1
        now += pause
        got += [change for group in groups.due(now) for change in group]
    got += [change for group in groups.due(now + 2) for change in group]

    assert put == len(got) + 2 * groups.collapsed
    assert len(got) == len({(change.told_as, change.change) for change in got})
    assert groups.next_due() is None
