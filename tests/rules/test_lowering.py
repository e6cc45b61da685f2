"""How few calls a tree takes, and where a check for infinities stands."""

from __future__ import annotations

from monitor.rules.grammar import parse_condition, parse_value
from monitor.rules.lowering import Lowering

NAMES = ("a", "b")


def calls(text: str) -> list[str]:
    """The numpy functions a condition calls, in order."""
    lowering = Lowering()
    lowering.arrays(parse_condition(text, NAMES, {}), "a")
    return [call for call, _ in lowering.program.calls if call != "column"]


def careful(text: str) -> bool:
    lowering = Lowering()
    lowering.number(parse_value(text, NAMES, {}))
    return lowering.program.careful


def test_a_comparison_is_two_calls_and_not_is_none():
    assert ["less", "greater_equal"] == calls("a < 3")
    assert ["less", "greater_equal"] == calls("not a < 3")


def test_constants_are_worked_out_while_compiling():
    assert ["less", "greater_equal"] == calls("a < abs(-3) * 2 + clip(9, 0, 7) and 2 > 1")
    assert ["full", "full"] == calls("a < 3 or 1 < 2")[-2:]


def test_only_what_may_leave_the_range_of_a_float_is_checked():
    assert not careful("a * b + a - b / 4")
    assert careful("a / b")
    assert careful("a * b * a * b")
    assert ["divide", "subtract", "add", "less", "greater_equal"] == calls("a / b < 3")
    assert ["multiply", "less", "greater_equal"] == calls("a * b < 3")


def test_a_greatest_is_carried_through_every_step():
    lowering = Lowering()

    def greatest(text: str) -> float:
        return lowering.number(parse_value(text, NAMES, {})).greatest

    assert 1e100 == greatest("-abs(min(a, 3))")
    assert 5e99 == greatest("a / 2")
    assert 2e100 == greatest("a + b")
