"""How long the parts of the script may last: the narrowest thing that is written holds."""

from __future__ import annotations

import math

import pytest

from monitor.signals.script import DEFAULT_S, Script

SCRIPT = Script({("", "hook"): 20.0, ("", "push"): 240.0, ("工厂溯源", "push"): 600.0})


@pytest.mark.parametrize(
    ("module", "segment", "limit"),
    [
        ("", "push", 240.0),
        ("工厂溯源", "push", 600.0),
        ("工厂溯源", "hook", 20.0),  # the module says nothing of it: the room's
        ("爆款复播", "push", 240.0),
    ],
)
def test_a_modules_limit_holds_over_the_rooms(module, segment, limit):
    assert limit == SCRIPT.limit_s(module, segment)


def test_what_is_not_written_is_unknown():
    assert math.isnan(SCRIPT.limit_s("工厂溯源", "benefit"))
    assert math.isnan(Script().limit_s("", "hook"))


def test_the_trade_has_limits_of_its_own():
    assert {"hook": 15.0, "push": 180.0, "benefit": 300.0} == DEFAULT_S
