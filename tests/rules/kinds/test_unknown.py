"""`missing: alert`: where a question has no answer, that is an alert of its own."""

from __future__ import annotations

import numpy as np

from tests.rules.kinds.asked import Table, answers, asker
from tests.stage import Stage

RULE = """\
rules:
  - id: low
    kind: threshold
    when: comments_1m < 3 and online > 10
    missing: alert
    missing_for: 5s
    role: 值班
"""


def test_a_question_without_an_answer_is_told_as_lost_data():
    """Nobody has said how many watch: unknown from the first tick on, told 5 s later."""
    stage = Stage(RULE)
    stage.comment("好看")
    stage.wait(6)
    stage.tell("viewers", online=5)
    stage.wait(1)

    assert [(5.25, "low.unknown", "fired"), (6.25, "low.unknown", "resolved")] == stage.told
    fired = next(change for change in stage.changes if change.change == "fired")
    assert ("data_lost", "值班", {"comments_1m": 1.0, "online": None}) == (
        fired.severity, fired.role, fired.values,
    )  # fmt: skip


def test_a_question_that_has_an_answer_is_no_lost_data():
    """Nor is one that is answered by what is known alone."""
    stage = Stage(RULE)
    stage.comment("好看", times=5)
    stage.wait(10)

    assert [] == stage.told


def test_the_rule_itself_is_not_moved_by_what_is_unknown():
    """It fires, then the feed of viewers is silent: it goes on, and so says the other."""
    stage = Stage(RULE)
    stage.tell("viewers", online=20)
    stage.comment("好看")
    stage.wait(1)
    stage.shard.figures.tables.gauges["online"][0] = np.nan
    stage.wait(10)

    assert [(0.25, "low", "fired"), (6.25, "low.unknown", "fired")] == stage.told
    assert [True, False] == [alert.unknown for alert in stage.shard.alerts()]


def test_alone_it_says_nothing():
    """Its answers are made of those of its rule, where both are asked."""
    rule = asker("    kind: threshold\n    when: online > 1\n    missing: alert\n")

    assert ["unknown"] == answers(rule, Table(online=[np.nan]))
