"""The shipped rules pass the tests they are shipped with."""

from __future__ import annotations

import pathlib

import pytest

from monitor.courts import court, mutation
from monitor.mood.mood import Mood
from monitor.rules import compile as rules

RULES = pathlib.Path(__file__).parents[2] / "rules"


@pytest.mark.parametrize("path", rules.files(RULES), ids=lambda path: path.stem)
def test_a_shipped_rule_says_what_its_tests_expect(path):
    """It fires in one of them, is quiet in another, and each of its terms is seen both ways."""
    report = court.run(path, Mood(), cover=True)

    assert report.verdicts
    assert {} == {verdict.name: verdict.wrong for verdict in report.verdicts if verdict.wrong}
    assert [] == report.uncovered


@pytest.mark.parametrize("path", rules.files(RULES), ids=lambda path: path.stem)
def test_the_tests_of_a_shipped_rule_notice_when_it_is_wrong(path):
    """Nine in ten of its mutants at least."""
    found = mutation.run(path)

    assert found.killed
    assert found.enough, found.survivors


def test_every_shipped_rule_says_who_does_what():
    """A role, an action and a summary; and how long a notice of it is worth anything."""
    shipped = rules.load(RULES).rules

    assert [] == [
        rule.id for rule in shipped
        if not (rule.rule.role and rule.rule.action and rule.rule.summary and rule.ttl_s)
    ]  # fmt: skip


def test_the_rules_that_the_demo_promises_are_there():
    promised = {"hook_timing", "stock_out", "sentiment_incident", "engagement_drop", "feed_stalled"}

    assert promised <= set(rules.load(RULES).by_id)


def test_a_stalled_feed_explains_what_is_said_of_the_mood():
    """Goods and segments it does not explain."""
    explained = set(rules.load(RULES).explains["feed_stalled"])

    assert {"engagement_drop", "sentiment_incident", "comments_stalled"} <= explained
    assert explained.isdisjoint({"feed_stalled", "stock_out", "stock_soon", "hook_timing"})
