"""Which terms of a rule were seen true, and which false."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from monitor.courts import cases, trial
from monitor.courts.cases import Case
from monitor.courts.cover import Watch
from monitor.mood.mood import Mood
from monitor.rules import compile as rules

RULE = """\
rules:
  - id: loud
    kind: threshold
    only_when: online > 5
    when: comments_10s >= 3 and not paused
    clear: comments_10s < 2 or likes_10s > 9
"""


def watched(text: str = RULE, until: str = "5s", **figures: Any) -> Watch:
    """What was seen while figures were so."""
    series = [{"figure": name, "values": values} for name, values in figures.items()]
    case = msgspec.convert({"name": "a", "until": until, "expect": [], "series": series}, Case)
    ruleset = rules.parse(text)
    watch = Watch(ruleset, terms=True)
    trial.play(case, cases.read(case), ruleset, Mood(), watch.see)
    return watch


def lacking(**figures: Any) -> dict[str, str]:
    return {term.text: term.lacks for term in watched(**figures).terms() if term.lacks}


def test_every_term_is_seen_both_ways_where_the_figures_go_both_ways():
    assert {} == lacking(
        online="5 9",
        until="9s",
        paused="1x1 0x6 1",
        comments_10s="0x2 3 2 2 3 1",
        likes_10s="0x4 10",
    )


def test_terms_of_when_count_where_the_rule_is_asked():
    """Nobody watches: it is not, so nothing is known of them; nor of `clear`, as none fires."""
    never = "neither true nor false"

    assert {
        "online > 5": "never true",
        "comments_10s >= 3": never,
        "paused": never,
        "comments_10s < 2": never,
        "likes_10s > 9": never,
    } == lacking(online="5", paused="0 1", comments_10s="0 3", likes_10s="0 10")


def test_terms_of_clear_count_while_an_alert_fires():
    """The last tick of it too; what was before it fired does not count."""
    found = lacking(online="9", paused="0", comments_10s="1x1 3x1 1", likes_10s="10x1 0")

    assert "comments_10s < 2" not in found
    assert "never true" == found["likes_10s > 9"]


@pytest.mark.parametrize(
    ("figures", "refused"),
    [
        ({"online": 9, "paused": 0, "comments_10s": 2}, True),
        ({"online": 9, "paused": 0, "comments_10s": 3}, False),  # it holds
        ({"online": 5, "paused": 0, "comments_10s": 2}, False),  # it is not asked
        ({"online": 9, "paused": 0, "comments_10s": "stale"}, False),  # nobody knows
    ],
)
def test_a_rule_is_refused_where_it_is_asked_and_known_not_to_hold(figures, refused):
    assert ({"loud"} if refused else set()) == watched(**figures).refused


def test_what_a_kind_gives_is_seen_too():
    text = """\
rules: [{id: soon, kind: forecast, value: online, when: eta_s < 45}]
"""
    watch = watched(text, until="20s", online="100-2x20")

    assert [("soon", "when", "eta_s < 45", 1, True, True)] == [
        (term.rule, term.field, term.text, term.column, term.was_true, term.was_false)
        for term in watch.terms()
    ]
    assert {"soon"} == watch.refused
