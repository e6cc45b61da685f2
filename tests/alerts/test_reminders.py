"""Reminders of what nobody acknowledges, against the plan written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.reminders import Plan, Reminders

T0 = 1_795_370_000.0
PLAN = Plan(60.0, 2.0, 300.0)


def told(reminders: Reminders, until_s: int, from_s: int = 0) -> list[int]:
    return [second for second in range(from_s, until_s) if reminders.due(T0 + second)]


def test_it_is_told_ever_more_seldom_up_to_the_cap():
    """60 s, then 2 min, 4 min, 5 min and 5 min later."""
    reminders = Reminders()
    reminders.begin("a|r", PLAN, T0, T0)

    assert [60, 180, 420, 720, 1020] == told(reminders, 1100)


def test_who_was_acknowledged_is_left_alone():
    reminders = Reminders()
    reminders.begin("a|r", PLAN, T0, T0)
    reminders.begin("a|q", PLAN, T0, T0)
    reminders.end("a|r")
    reminders.end("never there")

    assert ["a|q"] == reminders.due(T0 + 60)


def test_a_new_episode_begins_the_plan_anew():
    reminders = Reminders()
    reminders.begin("a|r", PLAN, T0, T0)
    reminders.begin("a|r", PLAN, T0 + 50, T0 + 50)

    assert [110, 230] == told(reminders, 300)


@pytest.mark.parametrize(("restarted", "first"), [(10, 60), (60, 180), (179, 180), (500, 720)])
def test_after_a_restart_the_plan_goes_on(restarted, first):
    reminders = Reminders()
    reminders.begin("a|r", PLAN, T0, T0 + restarted)

    assert first == told(reminders, 1100, restarted)[0]


@given(
    plans=st.lists(
        st.tuples(st.integers(5, 90), st.sampled_from([1.0, 1.5, 2.0]), st.integers(90, 300)),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_each_alert_has_a_plan_of_its_own(plans):
    reminders = Reminders()
    for index, (every, factor, cap) in enumerate(plans):
        reminders.begin(f"{index}", Plan(every, factor, cap), T0, T0)
    expected = []
    for index, (every, factor, cap) in enumerate(plans):
        due, wait = float(every), float(every)
        while due <= 600:
            at = -(-due // 1)  # asked at whole seconds
            expected.append((at, f"{index}"))
            wait = min(wait * factor, cap)
            due = at + wait

    found = [(float(s), key) for s in range(601) for key in reminders.due(T0 + s)]

    assert sorted(expected) == sorted(found)
