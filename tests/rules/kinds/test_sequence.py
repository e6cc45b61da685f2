"""sequence: steps in their order, against a plain function over one row."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules import compile as rules
from monitor.rules.parameters import Override, Overrides
from monitor.signals.place import CODES, NAMES
from tests.rules.kinds.asked import Table, answers, asker
from tests.stage import START, Stage

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

    expected = ["holds" if plain(*case) else "fails" if case[0] else "unknown" for case in CASES]

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
            {
                "step": "hook",
                "breach": "overrun",
                "lasted_s": 20,
                "max_s": 15,
                "over_s": 5,
                "left_s": 0,
            },
        ),
        (
            ("benefit", "hook", 0),
            {
                "step": "benefit",
                "breach": "skipped",
                "lasted_s": 0,
                "max_s": 300,
                "over_s": 0,
                "left_s": 300,
            },
        ),
        (
            ("other", "hook", 9),
            {
                "step": "other",
                "breach": None,
                "lasted_s": 9,
                "max_s": None,
                "over_s": None,
                "left_s": None,
            },
        ),
        (
            (None, None, 0),
            {
                "step": None,
                "breach": None,
                "lasted_s": None,
                "max_s": None,
                "over_s": None,
                "left_s": None,
            },
        ),
    ],
)
def test_what_it_tells_people(case, values):
    assert values == asker(STRICT).values(table([case]), 0)  # type: ignore[arg-type]


def test_the_codes_have_names():
    assert {code: NAMES[code] for code in CODES.values()} == NAMES


WARNS = """\
    kind: sequence
    steps: [{name: hook, max: 15s, warn: 12s}, {name: push, max: 180s}]
    severity: critical
"""


def test_a_step_is_warned_of_before_it_is_over():
    """
    12 s soon ── 15 s over, told anew and worse ── 20 s the push
    """
    stage = Stage(f"rules:\n  - id: a\n{WARNS}    summary: '{{{{ breach }}}} {{{{ left_s }}}}'\n")
    stage.tell("segment", segment="hook")
    stage.wait(20)
    stage.tell("segment", segment="push")
    stage.wait(1)
    told = [c for c in stage.changes if c.change in ("fired", "resolved")]

    assert [
        (12.25, "fired", "notice", "soon 2.75"),
        (15.25, "resolved", "notice", "soon 2.75"),
        (15.25, "fired", "critical", "overrun 0"),
        (20.25, "resolved", "critical", "overrun 0"),
    ] == [(c.at - START, c.change, c.severity, c.summary) for c in told]
    assert "it is worse now" == told[1].reason


def test_a_step_that_goes_on_in_time_is_only_warned_of():
    stage = Stage(f"rules:\n  - id: a\n{WARNS}")
    stage.tell("segment", segment="hook")
    stage.wait(14)
    stage.tell("segment", segment="push")
    stage.wait(1)

    assert [(12.25, "a", "fired"), (14.25, "a", "resolved")] == stage.told


def test_the_warning_is_as_long_before_a_rooms_own_limit():
    asked = asker(WARNS)
    columns = table([("hook", None, 17.25), ("hook", None, 16.75), ("hook", None, 20.25)])
    columns["segment_limit_s"] = np.full(3, 20.0)

    assert ["holds", "fails", "holds"] == answers(asked, columns)
    assert ["soon", None, "overrun"] == [asked.values(columns, row)["breach"] for row in range(3)]
    assert [0, 0, 1] == asked.levels(columns).tolist()


def test_limits_may_be_parameters_that_differ():
    """Of the second room the hook may last 20 s, and it is warned of at 18 s."""
    text = (
        "rules: [{id: a, kind: sequence, params: {most: 15s, soon: 12s},"
        " steps: [{name: hook, max: most, warn: soon}, {name: push, max: 180s}]}]"
    )
    other = Overrides([Override(rule="a", values={"most": "20s", "soon": 18}, rooms=("b",))])
    stage = Stage()
    stage.shard.reload(rules.parse(text, overrides=other), stage.now)
    for room in ("a", "b"):
        stage.tell("segment", room=room, segment="hook")
    stage.wait(25)

    assert [(12.25, "a"), (15.25, "a"), (18.25, "b"), (20.25, "b")] == [
        (change.at - START, change.room) for change in stage.changes if change.change == "fired"
    ]
    assert {15.0, 20.0} == {c.values["max_s"] for c in stage.changes if c.severity == "warning"}


OWN_TEXT = """\
    kind: sequence
    params: {most: 15s, soon: 12s}
    steps:
      - {name: hook, max: most, warn: soon}
      - {name: push, max: 180s, warn: 170s}
      - {name: benefit, max: most}
"""


@pytest.mark.parametrize("text", [STRICT, WARNS, OWN_TEXT], ids=["plain", "warns", "own"])
@given(data=st.data())
def test_what_one_row_is_told_is_what_is_asked_of_all(text, data):
    """The same limits, and a breach where there is one."""
    asked = asker(text)
    many = st.lists(st.sampled_from([NAN, 0.0, 1.0, 2.0, 3.0]), min_size=6, max_size=6)
    spans = st.lists(st.sampled_from([NAN, 0.0, 12.5, 15.0, 16.0, 175.0, 400.0]), min_size=6,
                     max_size=6)  # fmt: skip
    sure = st.lists(st.sampled_from([NAN, 0.5, 0.8, 1.0]), min_size=6, max_size=6)
    kinds = [many, many, spans, spans, sure, sure, *[spans] * (len(asked.used) - 6)]
    columns = Table(**{name: data.draw(kind) for name, kind in zip(asked.used, kinds, strict=True)})
    breaches = asked.breaches(columns)
    step, own = columns[asked.used[0]], columns[asked.used[3]]
    limits = np.array(asked._limit(columns, step, own))
    for row in range(6):
        told = asked.values(columns, row)
        if np.isnan(step[row]):
            assert set(told.values()) == {None}
            continue
        here = asked._limit_here(columns, row, int(step[row]), float(own[row]))
        np.testing.assert_equal(np.array(here), limits[:, row])
        if not columns[asked.used[4]][row] < 0.8:
            assert breaches[row] == (told["breach"] in ("overrun", "skipped", "out of order"))


def test_after_a_restart_what_was_over_goes_on_until_somebody_says_where_the_host_is():
    """Nobody knows the segment; that is no news of it."""
    text = f"rules:\n  - id: a\n{WARNS}"
    before, stage = Stage(text), Stage(text)
    before.tell("segment", segment="hook")
    before.wait(20)
    stage.now = before.now
    stage.shard.restore(before.shard.alerts(), {}, before.now)
    stage.tell("comment")
    stage.wait(30)
    assert [] == stage.told
    assert ["critical"] == [alert.severity for alert in stage.shard.alerts()]

    stage.tell("segment", segment="push")
    stage.wait(1)
    assert [(50.25, "a", "resolved")] == stage.told
