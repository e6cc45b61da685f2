"""Alerts that explain others in their room."""

from __future__ import annotations

import pytest

from monitor.alerts.inhibitions import LINGER_S, Inhibition, Inhibitions
from monitor.errors import ConfigError
from tests.alerts.changes import T0, alert, fired, resolved

TABLE = [Inhibition(by="cause", rules=("effect", "engagement_*"))]


def test_an_alert_explains_others_in_its_room_while_it_fires():
    """The feed is stalled: that comments fell says nothing."""
    found = Inhibitions(TABLE)
    found.note(fired("cause"))

    assert ["explained by cause", "", "", ""] == [
        found.why_quiet(change, T0)
        for change in (
            fired("engagement_drop"),
            fired("engagement_drop", "r2"),
            fired("stock_out"),
            fired("cause"),
        )
    ]


def test_what_fired_before_the_cause_was_over_stays_explained_for_a_while():
    """
    cause    ├────────┤ 9
    effect       ├───────────────…   explained until 9 + LINGER_S
    later              ├──…          told
    """
    found = Inhibitions(TABLE)
    found.note(fired("cause"))
    found.note(resolved(fired("cause"), T0 + 9))
    effect, later = fired("effect", at=T0 + 5), fired("effect", at=T0 + 10)

    told = "explained by cause (just over)"
    assert told == found.why_quiet(effect, T0 + 10)
    assert told == found.why_quiet(effect, T0 + 8.9 + LINGER_S)
    assert "" == found.why_quiet(effect, T0 + 9 + LINGER_S)
    assert "" == found.why_quiet(later, T0 + 10)


def test_a_cause_with_two_products_explains_until_both_are_over():
    """Two alerts of one rule in one room."""
    found = Inhibitions(TABLE)
    first, second = fired("cause", key="cause|r1|a"), fired("cause", key="cause|r1|b")
    found.note(first)
    found.note(second)
    found.note(resolved(first, T0))

    assert "explained by cause" == found.why_quiet(fired("effect"), T0)


def test_what_fired_before_a_restart_still_explains():
    """Else the effect would be told of before the cause is heard of again."""
    found = Inhibitions(TABLE)
    found.restore([alert(fired("cause")), alert(fired("cause", "r2"), state="pending")], T0)

    assert found.why_quiet(fired("effect"), T0)
    assert "" == found.why_quiet(fired("effect", "r2"), T0)


def test_a_cause_that_was_over_just_before_a_restart_is_remembered_by_its_effect():
    found = Inhibitions(TABLE)
    effect = alert(fired("effect"), quiet="explained by cause (just over)")
    found.restore([effect], T0 + 5)

    assert found.why_quiet(effect.as_fired(), T0 + 6)
    assert "" == found.why_quiet(effect.as_fired(), T0 + 5 + LINGER_S)


def test_rules_that_explain_each_other_are_refused():
    """Both would be quiet."""

    with pytest.raises(ConfigError, match="explains itself in the end"):
        Inhibitions(
            [
                Inhibition(by="a", rules=("b",)),
                Inhibition(by="b", rules=("c*",)),
                Inhibition(by="cc", rules=("a",)),
            ]
        )


def test_another_table_keeps_what_fires():
    found = Inhibitions()
    found.note(fired("cause"))
    found.take(Inhibitions(TABLE))

    assert found.why_quiet(fired("effect"), T0)
