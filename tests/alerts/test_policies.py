"""Which alerts go which steps."""

from __future__ import annotations

from monitor.alerts.policies import Policy, Step
from tests.alerts.changes import fired as change

STEPS = (Step(after_s=15.0, on_call=1),)


def test_a_policy_takes_what_matches_every_field_given():
    """
    Critical ones and lost data where nothing is said.
    """
    usual = Policy(name="usual", steps=STEPS)
    stock = Policy(name="stock", steps=STEPS, severities=("warning",), rooms=("dy-*",))

    assert usual.matches(change(severity="critical"))
    assert usual.matches(change(severity="data_lost"))
    assert not usual.matches(change(severity="warning"))
    assert stock.matches(change(severity="warning", room="dy-1"))
    assert not stock.matches(change(severity="warning", room="tb-1"))
