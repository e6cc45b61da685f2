"""One rule: its spans, parameters and what makes it another question."""

from __future__ import annotations

import pytest

from monitor.rules import compile as rules
from monitor.rules.compiled import COSMETIC, KINDS, AnyRule
from monitor.rules.kinds.kind import Rule
from monitor.rules.kinds.unknown import Unknown


def one(**fields: str):
    settings = {"id": "a", "kind": "threshold", "when": "comments_1m > 4", **fields}
    text = "\n    ".join(f"{name}: {value}" for name, value in settings.items())
    return rules.parse(f"rules:\n  - {text}\n").rules[0]


def test_spans_are_in_seconds():
    rule = one(**{"for": "10s", "keep": "1m", "ttl": "500ms"})

    assert (10.0, 60.0, 0.5) == (rule.for_s, rule.keep_s, rule.ttl_s)


def test_keep_and_keep_for_are_one():
    assert one(keep="9s").keep_s == one(keep_for="9s").keep_s


def test_flapping_and_reminders_are_spans_too():
    rule = one(flap="{times: 3, within: 10m, calm: 1m}", realert="{every: 30s, factor: 3}")

    assert ((3, 600.0, 60.0), (30.0, 3.0, 300.0)) == (rule.flap, rule.realert)
    assert (None, None) == (one().flap, one().realert)
    assert one(realert="{every: 10m}").realert == (600.0, 2.0, 600.0)


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({}, True),
        ({"severity": "critical", "summary": "x", "action": "y", "notify": "[desk]"}, True),
        ({"realert": "{every: 30s}"}, True),
        ({"when": "comments_1m > 5"}, False),
        ({"params": "{floor: 3}"}, False),
        ({"for": "1s"}, False),
        ({"clear": "comments_1m < 2"}, False),
        ({"flap": "{times: 3}"}, False),
    ],
)
def test_an_edit_of_words_asks_the_same_question(fields, same):
    assert same is one(**fields).same_question(one())


def test_another_kind_is_another_question():
    other = rules.parse("rules: [{id: a, kind: stale}]").rules[0]

    assert not other.same_question(one())


def test_what_is_cosmetic_is_a_field():
    assert set(Rule.__struct_fields__) >= COSMETIC


def test_every_kind_that_can_be_written_can_be_asked():
    assert set(KINDS) == {*AnyRule.__args__, Unknown}


def test_a_summary_reads_parameters_and_words():
    """A parameter that is the same everywhere, and the word of an enumeration."""
    rule = one(params="{floor: 5s}", summary="'{{ floor }} {{ segment }} {{ online }}'")
    columns = {"segment": [2.0], "online": [float("nan")], "comments_1m": [1.0]}

    assert {"floor": 5.0, "segment": "push", "online": None} == rule.figures(columns, 0, ())
    assert {"segment": "push", "floor": 5.0} == rule.figures(columns, 0, {"online": 1})
