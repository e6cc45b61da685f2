"""What the page of health tells of rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.daemon import plan
from monitor.daemon.rulebook import Rulebook
from monitor.errors import RuleError
from tests.alerts.changes import alert, fired
from tests.daemon.ground import BUSY, Ground

CALM = BUSY.replace("rules:\n", "").replace("id: busy", "id: calm")


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


def test_a_rule_is_told_with_what_fires_and_what_is_wrong_with_it(ground: Ground) -> None:
    """Those with errors first: a summary that fails, a channel that is not there."""
    ground.write(rules=BUSY + CALM + "    notify: [boss]\n")
    book = Rulebook()
    ready = plan.make(ground.load(), ManualClock())
    book.in_force(ready, 5.0)
    firing = alert(fired("busy", "r1"))
    figures = book.figures([firing])

    assert [("calm", 0, 0, ["boss"]), ("busy", 1, 0, [])] == [
        (each["rule"], each["firing"], each["failures"], each["unknown_channels"])
        for each in figures["rules"]
    ]
    assert (2, 5.0, None, []) == (
        figures["in_force"],
        figures["loaded_at"],
        figures["refused_at"],
        figures["mistakes"],
    )
    ready.ruleset.by_id["busy"].summary.failures = 2
    assert ["rules: the summary fails of busy"] == book.worries()
    ready.ruleset.by_id["calm"].faults.found("Traceback\nValueError: ours")
    assert "rules: switched off, for they threw: calm" == book.worries()[-1]
    told = {each["rule"]: each["trouble"] for each in book.figures([])["rules"]}
    assert {"calm": "ValueError: ours", "busy": ""} == told


def test_a_refused_reload_is_told_until_one_is_taken(ground: Ground) -> None:
    """With every mistake, where it stands and what to write."""
    book = Rulebook()
    assert ([], 0) == (book.worries(), book.figures([])["in_force"])
    book.refused(RuleError("rules/a.yaml:4:5: a", "rules/b.yaml:1:1: b"), 7.0)
    figures = book.figures([])

    assert (7.0, ["rules/a.yaml:4:5: a", "rules/b.yaml:1:1: b"]) == (
        figures["refused_at"],
        figures["mistakes"],
    )
    assert ["rules: the last reload was refused (mistakes: 2)"] == book.worries()
    book.in_force(plan.make(ground.load(), ManualClock()), 8.0)
    assert [] == book.worries()
