"""The bench of a reload: two hundred rules while the shard goes on ticking."""

from __future__ import annotations

from monitor.bench import reload
from monitor.rules import compile as rules


def test_a_reload_is_measured_while_ticks_go_on():
    """One rule edited, then all of them."""
    found = reload.measure(rooms=60, events=2_000)

    assert 200 == found.reload_rules
    assert 0 < found.reload_swap_ms <= max(found.reload_ms, found.reload_all_ms)
    assert found.reload_late_ms >= 0


def test_every_kind_and_scope_of_rule_is_there():
    """Fifty rules, one of them made by `missing: alert`."""
    ruleset = rules.load(reload.KINDS)

    assert 50 == len(ruleset.rules)
    assert {
        "absence", "baseline", "burn_rate", "change", "composite", "forecast", "sequence",
        "stale", "threshold", "unknown",
    } == {str(type(rule.rule).__struct_config__.tag) for rule in ruleset.rules}  # fmt: skip
    assert {"room", "product", "segment", "platform", "all"} == {
        rule.rule.scope for rule in ruleset.rules
    }


def test_a_word_more_in_a_file_edits_one_of_its_rules(tmp_path):
    folder = reload.Folder(tmp_path)
    folder.write()
    before = rules.load(tmp_path)
    folder.write(one_anew="x")
    one = rules.load(tmp_path)
    folder.write(all_anew="xx")
    every = rules.load(tmp_path)

    assert [199, 196, 196] == [
        len(new.unedited(old)) for new, old in ((one, before), (every, one), (every, before))
    ]
