"""What a batch is skimmed for."""

from __future__ import annotations

import pytest

from monitor.mood.features import features
from monitor.mood.hints import ASKED, ASKS, GUARDED, ODD, OWN, PHRASE, PRAISES, PUZZLES, Hints
from monitor.mood.normalise import fold

HINTS = Hints(["掉色"], ["串味"])


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("多少钱", ASKS, True), ("贵不贵", ASKS, True), ("好看吗", ASKS, True), ("好", ASKS, False),
        ("懵了", PUZZLES, True), ("真好看", PRAISES, True), ("没声音", PRAISES, False),
        ("jia货", ODD, True), ("质-量", ODD, True), ("质 量 差", ODD, True),
        ("今天 来", ODD, False),
        ("又串味了", OWN, True), ("没味", OWN, False), ("洗了掉色", PHRASE, True),
        ("我怕", GUARDED, True), ("好看", GUARDED, False), ("别家", GUARDED, True),
        ("好看吗", ASKED, True), ("多少钱", ASKED, False), ("how much", ASKS, True),
        ("lots of it", PRAISES, False), ("i love it", PRAISES, True),
    ],
)  # fmt: skip
def test_a_sign_is_seen_wherever_it_stands(text, hint, expected):
    lines = fold(["好", text, "好"])
    seen, _ = HINTS.skim(lines, features(lines))

    assert expected == bool(seen[1] & hint)
    assert not (seen[0] | seen[2]) & hint


def test_places_tell_where_a_phrase_may_begin():
    lines = fold(["好", "洗了掉色"])
    _, marks = HINTS.skim(lines, features(lines))

    assert [lines.text.index("掉")] == [
        place for place, mark in enumerate(marks.tolist()) if mark & PHRASE
    ]
