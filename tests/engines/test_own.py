"""Alerts of our own, on a real engine and store."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.engines.footing import Footing
from monitor.rules.compile import load
from monitor.rules.kinds.change import ChangeAsker
from tests.engines.acted import ActedSource, engine


async def test_a_rule_that_threw_is_an_alert_until_rules_are_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mistake is put in by hand. What the others say is told all the same."""
    (tmp_path / "pins.yaml").write_text(
        "rules:\n  - id: pins\n    kind: change\n    fact: pin\n", encoding="utf-8"
    )

    def throw(*_: object) -> None:
        raise RuntimeError("ours")

    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        asked = ChangeAsker.ask
        monkeypatch.setattr(ChangeAsker, "ask", throw)
        source.give(*[bench.comment(number) for number in range(3)])
        await bench.took(3)
        for _ in range(4):
            await bench.tick()
        monkeypatch.setattr(ChangeAsker, "ask", asked)
        await bench.engine.reload(Footing(rules=load(tmp_path)))
        await bench.tick()

    own = [change for change in bench.told if change.rule == "rules_broken"]
    assert "busy|r" in {change.key for change in bench.told}
    assert ["fired", "resolved"] == [change.change for change in own]
    assert "1 条规则出错,已停用(pins);其余规则照常运行。RuntimeError: ours" == own[0].summary


async def test_a_refused_reload_is_an_alert_until_the_next_good_one(tmp_path: Path) -> None:
    """Told once; how it stands is on the screen."""
    async with engine(tmp_path, ActedSource()) as bench:
        for mistakes in (["a.yaml:3:1: what — remedy", "b.yaml:1:1: more"], ["c.yaml:1:1: else"]):
            await bench.engine.refuse("rules_invalid", mistakes)
        standing = [alert.summary for alert in bench.engine.alerts()]
        await bench.engine.reload(Footing(rules=load(tmp_path)))

    assert ["fired", "resolved"] == [change.change for change in bench.told]
    assert "规则文件有 2 处错误,仍按旧规则运行:a.yaml:3:1: what — remedy" == bench.told[0].summary
    assert ["规则文件有 1 处错误,仍按旧规则运行:c.yaml:1:1: else"] == standing
