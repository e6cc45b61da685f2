"""absence: against a clock that is wound up again by whatever comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.rules import compile as rules
from monitor.rules.parameters import Override, Overrides
from tests.rules.kinds.asked import Table, answers, asker
from tests.stage import Stage

NAN = float("nan")
ORDERS = """\
    kind: absence
    of: order_paid
    after: 10s
    only_when: online > 100
"""
QUIET = "rules: [{id: quiet, kind: absence, of: order_paid, after: 30s, only_when: online > 100}]"


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 0, 0, 1, NAN]),  # what came, or nobody knows
            st.sampled_from([200.0, 200.0, 200.0, 50.0, NAN]),  # how many watch
            st.sampled_from([1.0, 1.0, 4.0]),  # seconds since the tick before
        ),
        max_size=30,
    )
)
@example([(0, 200.0, 1.0), (1, NAN, 1.0), (0, 200.0, 1.0), (0, 200.0, 5.0), (0, 200.0, 4.0)])
def test_it_holds_once_nothing_came_for_so_long_while_it_should(ticks):
    """The clock stands while that is unknown, and begins anew where nobody is there."""
    rule = asker(ORDERS)
    total, silent_s, now, known = 0.0, 0.0, 1000.0, False
    for came, online, elapsed in ticks:
        now += elapsed
        told = not np.isnan(came)
        total += came if told else 0
        columns = Table(paid_session=[total if told else NAN], online=[online])
        asked = told and not np.isnan(online)
        silent_s += elapsed if asked else 0.0
        if (told and (came or not known)) or online <= 100:
            silent_s = 0.0
        known = known or told
        expected = "unknown" if not asked else "holds" if silent_s >= 10 else "fails"

        assert [expected] == answers(rule, columns, now)


def test_an_order_that_does_not_come_is_told():
    """
    5 s the last order ── 35 s nothing for 30 s ── 50 s an order
    """
    stage = Stage(QUIET)
    stage.tell("viewers", online=500)
    stage.wait(5)
    stage.tell("order_paid")
    stage.wait(45)
    stage.tell("order_paid")
    stage.wait(1)

    assert [(35.25, "quiet", "fired"), (50.25, "quiet", "resolved")] == stage.told
    fired = next(change for change in stage.changes if change.change == "fired")
    assert 30.0 == fired.values["silent_s"]


def test_where_nobody_watches_nothing_is_missed():
    """The last tick that saw too few people is that at 40 s."""
    stage = Stage(QUIET)
    stage.tell("viewers", online=500)
    stage.tell("order_paid")
    stage.wait(20)
    stage.tell("viewers", online=50)
    stage.wait(20)
    stage.tell("viewers", online=500)
    stage.wait(29)
    assert [] == stage.told

    stage.wait(2)
    assert [(70.0, "quiet", "fired")] == stage.told


def test_a_feed_that_was_never_heard_has_not_fallen_silent():
    stage = Stage(QUIET)
    stage.tell("viewers", online=500)
    stage.wait(120)

    assert [] == stage.told


def test_facts_of_state_are_missed_too_and_may_be_chosen():
    """A hook every minute: a push is no hook."""
    stage = Stage(
        "rules: [{id: hookless, kind: absence, of: segment, after: 60s,"
        " where: 'segment == \"hook\"'}]"
    )
    for _ in range(5):
        stage.tell("segment", segment="hook")
        stage.wait(30)
    for _ in range(3):
        stage.tell("segment", segment="push")
        stage.wait(30)

    assert [(180.25, "hookless", "fired")] == stage.told


def test_a_product_is_asked_of_its_own_figures():
    stage = Stage("rules: [{id: a, kind: absence, scope: product, of: order_paid, after: 10s}]")
    for second in range(20):
        stage.tell("order_paid", sku="s1")
        if second < 5:
            stage.tell("order_paid", sku="s2")
        stage.wait(1)

    assert ["a|room|s2"] == [change.key for change in stage.changes if change.change == "fired"]


def test_how_long_may_be_a_parameter_that_differs():
    text = "rules: [{id: a, kind: absence, params: {patience: 30s}, of: comment, after: patience}]"
    other = Overrides([Override(rule="a", values={"patience": "10s"}, rooms=("b",))])
    stage = Stage()
    stage.shard.reload(rules.parse(text, overrides=other), stage.now)
    for room in ("a", "b"):
        stage.comment("好看", room=room)
    stage.wait(35)

    assert [(10.25, "b"), (30.25, "a")] == [
        (change.at - 1_795_370_000.0, change.room) for change in stage.changes
        if change.change == "fired"
    ]  # fmt: skip


@pytest.mark.parametrize(("heard", "answer"), [(0.0, "unknown"), (1.0, "fails")])
def test_after_a_restart_what_fires_goes_on_until_something_is_heard(heard, answer):
    """Its clock begins anew, which says nothing of what came before."""
    rule = asker(ORDERS.replace("order_paid", "units_session"))
    now = 1000.0
    for second, total in enumerate([5.0, 5.0, 5.0 + heard]):
        columns = Table(units_session=[total if second else NAN], online=[200.0])
        rule.ask(columns, now + second, np.array([True]))  # type: ignore[arg-type]
    rule._heard[:] = bool(heard)

    assert [answer] == answers(rule, columns, now + 4, firing=True)


def test_a_row_of_another_room_begins_anew():
    rule = asker(ORDERS)
    columns = Table(paid_session=[3.0], online=[200.0])
    for second in range(0, 8, 2):
        answers(rule, columns, 1000.0 + second)
    rule.forget([0, 99])

    assert ["fails", "fails", "holds"] == [
        answers(rule, columns, now)[0] for now in (1012.0, 1021.0, 1022.0)
    ]
