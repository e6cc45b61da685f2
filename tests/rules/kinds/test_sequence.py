"""sequence: steps in their order, against a plain function over one row."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from monitor.signals.place import CODES, NAMES
from tests.rules.kinds.asked import Table, answers, asker

NAN = float("nan")
STRICT = """\
    kind: sequence
    steps:
      - {name: hook, max: 15s}
      - {name: push, max: 180s}
      - {name: benefit, max: 300s}
"""
LIMITS = {"hook": 15, "push": 180, "benefit": 300}
ORDER = list(LIMITS)


def plain(step: str | None, before: str | None, lasted: float) -> str | None:
    """What is wrong, by the words of the docstring."""
    if step is None:
        return None
    if lasted > LIMITS.get(step, float("inf")):
        return "overrun"
    if step not in ORDER or before not in ORDER:
        return None
    here, there = ORDER.index(step), ORDER.index(before)
    if here == (there + 1) % 3 or here == there == 0:
        return None
    if there == 2:  # after the last step a new cycle begins
        return "skipped"
    return "skipped" if here > there else "out of order"


CASES = list(
    itertools.product(
        [None, "other", *ORDER], [None, "other", *ORDER], [0, 15, 15.25, 180, 180.25, 300.25]
    )
)


def table(cases) -> Table:
    return Table(
        segment=[NAN if step is None else CODES[step] for step, _, _ in cases],
        segment_before=[NAN if before is None else CODES[before] for _, before, _ in cases],
        segment_s=[NAN if step is None else lasted for step, _, lasted in cases],
    )


def test_every_case_is_told_as_the_plain_function_tells_it():
    asked, columns = asker(STRICT), table(CASES)

    expected = ["holds" if plain(*case) else "fails" for case in CASES]

    assert expected == answers(asked, columns)
    assert [plain(*case) for case in CASES if case[0]] == [
        asked.values(columns, row)["breach"] for row, case in enumerate(CASES) if case[0]
    ]


def test_with_a_free_order_only_overruns_count():
    asked = asker(STRICT + "    order: free\n")

    assert ["fails", "holds"] == answers(asked, table([("hook", "push", 1), ("hook", "push", 16)]))


def test_a_step_that_is_not_listed_has_no_limit():
    asked = asker("    kind: sequence\n    steps: [{name: hook, max: 15s}]\n")

    assert ["fails", "holds"] == answers(asked, table([("push", None, 900), ("hook", None, 16)]))


def test_a_rooms_own_limit_holds_over_that_of_the_rule():
    """Where the config has one; a step that the rule does not list has none."""
    asked = asker("    kind: sequence\n    steps: [{name: hook, max: 15s}]\n")
    columns = table([("hook", None, 18), ("hook", None, 18), ("hook", None, 9), ("push", None, 18)])
    columns["segment_limit_s"] = np.array([NAN, 20.0, 8.0, 8.0])

    assert ["holds", "fails", "holds", "fails"] == answers(asked, columns)
    assert [(15, 3), (20, 0), (8, 1), (None, None)] == [
        (values["max_s"], values["over_s"])
        for values in (asked.values(columns, row) for row in range(4))
    ]


@pytest.mark.parametrize(
    ("sure", "sure_before", "overrun", "skipped"),
    [
        (1.0, 1.0, "holds", "holds"),
        (0.8, 0.8, "holds", "holds"),
        (0.7, 1.0, "fails", "fails"),  # perhaps it is another step
        (1.0, 0.7, "holds", "fails"),  # perhaps the one before was another
    ],
)
def test_what_is_only_inferred_counts_where_we_are_sure(sure, sure_before, overrun, skipped):
    columns = table([("benefit", "push", 301), ("benefit", "hook", 1)])
    columns["segment_confidence"] = np.full(2, sure)
    columns["segment_before_confidence"] = np.full(2, sure_before)

    assert [overrun, skipped] == answers(asker(STRICT), columns)


def test_how_sure_is_the_rules_to_say():
    columns = table([("hook", None, 16)])
    columns["segment_confidence"] = np.array([0.5])
    lenient = asker(STRICT + "    confidence: 0.5\n")

    assert (["fails"], ["holds"]) == (answers(asker(STRICT), columns), answers(lenient, columns))


@pytest.mark.parametrize(
    ("case", "values"),
    [
        (
            ("hook", None, 20),
            {"step": "hook", "breach": "overrun", "lasted_s": 20, "max_s": 15, "over_s": 5},
        ),
        (
            ("benefit", "hook", 0),
            {"step": "benefit", "breach": "skipped", "lasted_s": 0, "max_s": 300, "over_s": 0},
        ),
        (
            ("other", "hook", 9),
            {"step": "other", "breach": None, "lasted_s": 9, "max_s": None, "over_s": None},
        ),
        (
            (None, None, 0),
            {"step": None, "breach": None, "lasted_s": None, "max_s": None, "over_s": None},
        ),
    ],
)
def test_what_it_tells_people(case, values):
    assert values == asker(STRICT).values(table([case]), 0)  # type: ignore[arg-type]


def test_the_codes_have_names():
    assert {code: NAMES[code] for code in CODES.values()} == NAMES
