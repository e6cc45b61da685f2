"""threshold: a condition over metrics."""

from __future__ import annotations

from tests.rules.kinds.asked import Table, answers, asker

NAN = float("nan")
ANGRY = "    kind: threshold\n    when: negative_share_1m > 0.25 and comments_1m >= 4\n"


def test_it_holds_where_when_does():
    columns = Table(negative_share_1m=[0.5, 0.2, 0.5, NAN, NAN], comments_1m=[4, 9, 3, 9, 3])

    assert ["holds", "fails", "fails", "unknown", "fails"] == answers(asker(ANGRY), columns)


def test_it_tells_the_figures_it_looked_at():
    columns = Table(negative_share_1m=[0.5, NAN], comments_1m=[4, 9])

    assert {"comments_1m": 9.0, "negative_share_1m": None} == dict(
        asker(ANGRY).values(columns, 1)  # type: ignore[arg-type]
    )
