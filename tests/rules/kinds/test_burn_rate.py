"""burn_rate: two windows each, against the counts of every second written down."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.kinds.asked import Table, answers, asker
from tests.stage import Stage

NAN = float("nan")
RULE = """\
    kind: burn_rate
    bad: refunds_session
    total: paid_session
    objective: 0.9
    least: 5
    windows:
      - {long: 60s, short: 10s, factor: 5, severity: critical}
      - {long: 120s, short: 30s, factor: 2, severity: warning}
"""


def ago(counts: list[float], span_s: int) -> float:
    """What a count was when the window began: readings are taken at each 30th of a span."""
    step = max(1, span_s // 30)
    slots = -(-span_s // step)
    last = len(counts) - 1
    begin = (last // step - slots + 1) * step
    return counts[max(begin, 0)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=150),
    st.integers(0, 20),
)
def test_each_pair_burns_as_its_windows_say(seconds, start):
    """Bad ones are some of the total; the windows begin when we first hear of them."""
    rule = asker(RULE)
    bad, total = [0.0 + start], [20.0 + start]
    told = [answers(rule, Table(refunds_session=bad, paid_session=total), 3000.0)[0]]
    for second, (worse, more) in enumerate(seconds, start=1):
        bad.append(bad[-1] + min(worse, more))
        total.append(total[-1] + more)
        columns = Table(refunds_session=bad[-1:], paid_session=total[-1:])
        told.append(answers(rule, columns, 3000.0 + second)[0])

    def burn(span_s: int) -> tuple[float, float]:
        of = total[-1] - ago(total, span_s)
        return (bad[-1] - ago(bad, span_s)) / of / 0.1 if of else 0.0, of

    holding = [
        severity
        for long, short, factor, severity in ((60, 10, 5, "critical"), (120, 30, 2, "warning"))
        if burn(long)[1] >= 5 and min(burn(long)[0], burn(short)[0]) >= factor * (1 + 1e-9)
    ]
    near = any(
        abs(burn(span)[0] - factor) < 1e-6 for span, factor in ((60, 5), (10, 5), (120, 2), (30, 2))
    )
    if not near:
        assert ("holds" if holding else "fails") == told[-1]
        level = rule.levels(columns)[0]  # type: ignore[attr-defined]
        assert ("critical" in holding) == (rule.severities[level] == "critical")  # type: ignore[attr-defined]


def test_failures_burn_first_slowly_then_fast_and_are_told_twice():
    """
    3 in 10 from the first minute on: a warning; 8 in 10 from the third: critical.
    """
    stage = Stage(f"rules:\n  - id: a\n{RULE}")
    for second in range(300):
        tenth = second % 10
        stage.tell("order_paid", sku="s1")
        if (second > 60 and tenth < 3) or (180 < second < 240 and tenth < 8):
            stage.tell("order_refunded", sku="s1")
        stage.wait(1)
    told = [(c.severity, c.change, c.reason) for c in stage.changes if c.change != "pending"]

    assert [
        ("warning", "fired", ""),
        ("warning", "resolved", "it is worse now"),
        ("critical", "fired", ""),
    ] == told[:3]
    assert [1, 1, 2] == [c.episode for c in stage.changes if c.change != "pending"][:3]
    critical = [change for change in stage.changes if change.change == "fired"][-1]
    assert (60.0, 10.0, 5.0) == tuple(critical.values[n] for n in ("long_s", "short_s", "factor"))
    assert critical.values["burn"] >= 5


def test_too_few_burn_nothing():
    """Three of three failed, and five are the least."""
    stage = Stage(f"rules:\n  - id: a\n{RULE}")
    for _ in range(3):
        stage.tell("order_paid")
        stage.tell("order_refunded")
        stage.wait(5)

    assert [] == stage.told


def test_what_is_not_told_is_unknown():
    rule = asker(RULE)

    assert ["unknown"] == answers(rule, Table(refunds_session=[NAN], paid_session=[9.0]), 3000.0)


def test_a_new_session_begins_new_windows():
    """The counts fall to what they are now: nothing bad came since."""
    rule = asker(RULE)
    told = []
    for second, (bad, total) in enumerate([(0, 10), (40, 60), (1, 2), (1, 12)]):
        columns = Table(refunds_session=[bad], paid_session=[total])
        told += answers(rule, columns, 3000.0 + second)

    assert ["fails", "holds", "fails", "fails"] == told


def test_rows_may_come_later_and_go():
    rule = asker(RULE)
    for second in range(20):
        rows = 1 if second < 5 else 40
        columns = Table(refunds_session=[5.0 * second] * rows, paid_session=[6.0 * second] * rows)
        told = answers(rule, columns, 3000.0 + second)
    assert {"holds"} == set(told)

    rule.forget([3, 99])
    assert ["fails", "unknown"] == [
        answers(rule, Table(refunds_session=[95.0] * 40, paid_session=values), 3020.0)[3]
        for values in ([200.0] * 40, [NAN] * 40)
    ]


@pytest.mark.parametrize("seconds", [1, 100])
def test_a_pause_of_the_daemon_is_a_time_in_which_nothing_came(seconds):
    rule = asker(RULE)
    answers(rule, Table(refunds_session=[0.0], paid_session=[10.0]), 3000.0)
    told = answers(rule, Table(refunds_session=[50.0], paid_session=[60.0]), 3000.0 + seconds)

    assert ["holds" if seconds == 1 else "fails"] == told
