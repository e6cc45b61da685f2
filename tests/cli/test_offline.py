"""Verbs that need no daemon."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.cli import main
from tests.daemon.ground import BUSY, Ground

ROOT = Path(__file__).parents[2]
PASSES = """\
tests:
  - name: three comments are many
    play:
      - {at: 1s, type: comment, text: 好, times: 3}
    until: 3s
    expect:
      - {at: 1s, rule: busy, change: fired}
  - name: two are not
    play:
      - {at: 1s, type: comment, text: 好, times: 2}
    until: 3s
    expect: []
"""


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


Said = pytest.CaptureFixture[str]


def test_what_is_shipped_is_all_right(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """`roomwatch check`, `roomwatch test rules/`, in the checkout."""
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.chdir(ROOT)

    assert (0, 0) == (main(["check"]), main(["test", "rules"]))
    assert re.fullmatch(r"all right: \d+ rules\n\d+ passed, 0 failed\n", capsys.readouterr().out)


def test_every_mistake_of_config_and_rules_is_told_at_once(ground: Ground, capsys: Said) -> None:
    """The rules' too, although the config is broken; they are in the folder that was named."""
    ground.write(rules=BUSY.replace("comments", "comment"), daemon="langage = 1")
    config, rules = str(ground.folder / "config"), str(ground.folder / "rules")

    assert 2 == main(["check", "--config", config, rules])
    assert ["config/roomwatch.toml:2", "rules/busy.yaml:4:11"] == [
        line.removeprefix(f"{ground.folder}/").partition(": ")[0]
        for line in capsys.readouterr().err.splitlines()
    ]


def test_check_looks_at_channels_that_rules_ask_for(ground: Ground, capsys: Said) -> None:
    """One that is not there is told, and no mistake: routes tell instead."""
    ground.write(rules=BUSY + "    notify: [boss]\n")

    assert 0 == main(["check", "--config", str(ground.folder / "config")])
    said = capsys.readouterr()
    assert ("all right: 1 rules\n", "busy: no channel `boss`; routes tell instead\n") == said


def test_check_looks_at_actions_that_rules_name(ground: Ground, capsys: Said) -> None:
    """One that is not configured is told, and no mistake: nothing is done."""
    ground.write(rules=BUSY + "    act: [take_down]\n")

    assert 0 == main(["check", "--config", str(ground.folder / "config")])
    assert "busy: no action `take_down`; nothing is done\n" == capsys.readouterr().err


def test_check_takes_rules_alone(ground: Ground, capsys: Said) -> None:
    """And a single file of them."""

    assert 0 == main(["check", str(ground.folder / "rules" / "busy.yaml")])
    assert "all right: 1 rules\n" == capsys.readouterr().out


def test_a_test_that_fails_is_named_and_ends_with_1(ground: Ground, capsys: Said) -> None:
    """One that passes is counted."""
    tests = ground.folder / "rules" / "busy_test.yaml"
    tests.write_text(PASSES, encoding="utf-8")
    good = main(["test", str(ground.folder / "rules")])
    tests.write_text(PASSES.replace("{at: 1s, rule", "{at: 2s, rule"), encoding="utf-8")
    bad = main(["test", str(ground.folder / "rules")])
    said = capsys.readouterr().out.splitlines()

    assert (0, 1) == (good, bad)
    assert "2 passed, 0 failed" == said[0]
    assert said[1] == f"FAILED  {tests}:2:5: three comments are many"
    assert said[2].startswith(f"        {tests}:7:9: missing: 2s busy fired")
    assert "1 passed, 1 failed" == said[-1]


def test_a_test_run_tells_which_terms_it_never_showed(ground: Ground, capsys: Said) -> None:
    """`--cover`: of busy's one term both."""
    (ground.folder / "rules" / "busy_test.yaml").write_text(PASSES, encoding="utf-8")

    assert 0 == main(["test", "--cover", str(ground.folder / "rules")])
    assert "1 of 1 terms seen true and false\n2 passed, 0 failed\n" == capsys.readouterr().out


def test_a_test_run_tells_which_wrong_rules_it_would_not_notice(
    ground: Ground, capsys: Said
) -> None:
    """`--mutate`: nobody plays exactly two, and `>= 2` would pass; that is less than enough."""
    rules = ground.folder / "rules"
    tests = rules / "busy_test.yaml"
    tests.write_text(PASSES, encoding="utf-8")
    sharp = (main(["test", "--mutate", str(rules)]), capsys.readouterr().out.splitlines())
    tests.write_text(PASSES.replace("times: 2", "times: 1"), encoding="utf-8")
    blunt = (main(["test", "--mutate", str(rules)]), capsys.readouterr().out.splitlines())

    assert (0, "4 of 4 mutants killed (100.0 %); 90 % are enough") == (sharp[0], sharp[1][-1])
    assert (1, "3 of 4 mutants killed (75.0 %); 90 % are enough") == (blunt[0], blunt[1][-1])
    assert [
        f"SURVIVED  {rules / 'busy.yaml'}:4:27: busy: when: comments_10s >= 3 → comments_10s >= 2"
    ] == blunt[1][1:-1]


def test_the_schema_is_json(capsys: Said) -> None:
    """Of both wire forms."""

    assert 0 == main(["schema"])
    assert isinstance(json.loads(capsys.readouterr().out), dict)
