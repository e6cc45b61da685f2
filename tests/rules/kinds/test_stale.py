"""stale: a feed is silent, longer than the room's own pace explains."""

from __future__ import annotations

import pytest

from monitor.rules import compile as rules
from monitor.rules.parameters import Override, Overrides
from tests.rules.kinds.asked import Table, answers, asker
from tests.stage import Stage

NAN = float("nan")
STALLED = "    kind: stale\n    feeds: [any, comments]\n    after: 20s\n    expected: 30\n"


@pytest.mark.parametrize(
    ("any_age", "any_missed", "age", "missed", "answer"),
    [
        (1, 5, 1, 5, "fails"),
        (20, 30, 1, 5, "holds"),
        (1, 5, 20, 30, "holds"),  # any one of them is enough
        (19.75, 300, 1, 5, "fails"),  # not long enough
        (900, 29, 1, 5, "fails"),  # the room is quiet
        (1, 5, NAN, NAN, "fails"),  # no comments were ever heard
        (NAN, NAN, NAN, NAN, "unknown"),
    ],
)
def test_it_holds_after_a_time_and_a_number_of_messages(any_age, any_missed, age, missed, answer):
    columns = Table(
        feed_age_s=[any_age],
        feed_missed=[any_missed],
        feed_age_s_comments=[age],
        feed_missed_comments=[missed],
    )

    assert [answer] == answers(asker(STALLED), columns)


def test_it_tells_the_feed_that_misses_most():
    columns = Table(
        feed_age_s=[5], feed_missed=[20], feed_age_s_comments=[60], feed_missed_comments=[200]
    )

    assert {"feed": "comments", "age_s": 60.0, "missed": 200.0} == dict(
        asker(STALLED).values(columns, 0)  # type: ignore[arg-type]
    )


def test_without_settings_it_asks_for_any_message():
    columns = Table(feed_age_s=[20], feed_missed=[30])

    assert ["holds"] == answers(asker("    kind: stale\n"), columns)


def test_how_long_may_be_a_parameter_that_differs():
    """Of the second room the silence may last a minute."""
    text = "rules: [{id: a, kind: stale, params: {patience: 20s}, after: patience, expected: 10}]"
    other = Overrides([Override(rule="a", values={"patience": "1m"}, rooms=("b",))])
    stage = Stage()
    stage.shard.reload(rules.parse(text, overrides=other), stage.now)
    for _ in range(60):
        for room in ("a", "b"):
            stage.comment("好看", room=room)
        stage.wait(1)
    stage.wait(70)

    assert ["a", "b"] == [change.room for change in stage.changes if change.change == "fired"]
    first, second = (change.at for change in stage.changes if change.change == "fired")
    assert 40 == pytest.approx(second - first, abs=1)
