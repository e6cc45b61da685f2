"""stale: a feed is silent, longer than the room's own pace explains."""

from __future__ import annotations

import pytest

from tests.rules.kinds.asked import Table, answers, asker

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
