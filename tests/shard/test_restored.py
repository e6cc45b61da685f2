"""Alerts of the process before us."""

from __future__ import annotations

from monitor.shard.restored import GIVEN_UP_S, Restored
from tests.shard.test_watched import alert


def test_they_wait_until_they_are_put_back_or_given_up():
    restored = Restored()
    one, other = alert(key="busy|a", room="a"), alert(key="busy|b", room="b")
    restored.take([one, other], 5.0)
    restored.over(100.0, {one.rule})
    early = restored.given_up(100.0 + GIVEN_UP_S - 1)
    restored.drop("busy|a")

    assert 5.0 == restored.last_at
    assert [] == early
    assert [other] == restored.waiting() == restored.given_up(100.0 + GIVEN_UP_S)
    assert 1 == len(restored)


def test_what_no_rule_asks_of_any_more_is_over():
    restored = Restored()
    own = alert(key="rules_invalid||", rule="rules_invalid", room="")
    gone = alert(key="gone|a", rule="gone")
    restored.take([own, gone], None)

    assert [(own, "the files were read anew"), (gone, "the rule was removed")] == restored.over(
        0.0, {"busy"}
    )
