"""A rule that throws, which is a mistake of ours, put in by hand: the others go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monitor.errors import MonitorError
from monitor.rules import compile as rules
from monitor.rules.asking import Questions
from monitor.rules.columns import RoomColumns
from monitor.rules.faults import MOST
from monitor.rules.kinds.change import ChangeAsker
from monitor.rules.kinds.forecast import ForecastAsker
from monitor.rules.kinds.threshold import ThresholdAsker
from monitor.shard import Shard
from monitor.shard.shard import TICK_S
from tests.stage import Stage

BUSY = """
rules:
  - id: busy
    kind: threshold
    when: comments_10s >= 3
"""
ODD = (
    BUSY
    + """
  - id: odd
    kind: change
    fact: pin
"""
)
SOON = (
    BUSY
    + """
  - id: soon
    kind: forecast
    value: likes_session
    reaches: 100
    when: eta_s < 1e8
    missing: alert
    missing_for: 1s
"""
)


def throwing(
    original: Callable[..., Any], times: int = 1000
) -> tuple[Callable[..., Any], list[int]]:
    """A method that throws so many times; and how often it was called."""
    called = [0]

    def throw(self: Any, *args: Any) -> Any:
        called[0] += 1
        if called[0] <= times:
            raise RuntimeError("ours")
        return original(self, *args)

    return throw, called


def soon() -> Stage:
    """The forecast fires."""
    stage = Stage(SOON)
    stage.tell("session", phase="start")
    for _ in range(8):
        stage.tell("like", value=2)
        stage.wait(1.0)
    return stage


def crowd(stage: Stage, seconds: int = 1) -> None:
    for _ in range(seconds):
        stage.tell("comment", times=3, text="好看")
        stage.wait(1.0)


def test_a_rule_that_throws_is_switched_off_and_the_others_fire(monkeypatch):
    throw, called = throwing(ChangeAsker.ask)
    monkeypatch.setattr(ChangeAsker, "ask", throw)
    stage = Stage(ODD)
    stage.tell("session", phase="start")
    crowd(stage, 3)
    odd = stage.shard.rules.by_id["odd"].faults

    assert [(TICK_S, "busy", "fired")] == stage.told
    assert (MOST, MOST, True, "RuntimeError: ours") == (called[0], odd.times, odd.off, odd.what)
    assert "in throw" in odd.trouble
    assert not stage.shard.rules.by_id["busy"].faults.times


def test_one_that_throws_now_and_then_goes_on(monkeypatch):
    throw, called = throwing(ChangeAsker.ask, MOST - 1)
    monkeypatch.setattr(ChangeAsker, "ask", throw)
    stage = Stage(ODD)
    crowd(stage, 3)
    odd = stage.shard.rules.by_id["odd"].faults

    assert called[0] > MOST
    assert (MOST - 1, 0, False) == (odd.times, odd.in_a_row, odd.off)


def test_what_fires_when_its_rule_is_switched_off_ends_with_the_broadcast(monkeypatch):
    """Nobody knows whether it still holds: it is unknown, and no rule that tells so fires."""
    stage = soon()
    fired = [rule for _, rule, change in stage.told if change == "fired"]
    monkeypatch.setattr(ForecastAsker, "learn", throwing(ForecastAsker.learn)[0])
    stage.wait(60)
    (still,) = stage.shard.alerts()
    off = stage.shard.rules.by_id["soon"].faults.off
    crowd(stage)
    stage.tell("session", phase="end")
    stage.wait(10)

    assert ["soon.unknown", "soon"] == fired  # that it could not tell yet was told at first
    assert ("soon", True, True) == (still.rule, still.unknown, off)
    assert ["busy"] == [rule for at, rule, what in stage.told if at > 10 and what == "fired"]
    assert [] == stage.shard.alerts()


def test_in_the_tick_in_which_it_threw_nobody_knows(monkeypatch):
    """Whatever it had learned before."""
    stage = soon()
    monkeypatch.setattr(ForecastAsker, "learn", throwing(ForecastAsker.learn, 1)[0])
    known = []
    for _ in range(3):
        stage.wait(TICK_S)
        known += [not alert.unknown for alert in stage.shard.alerts() if alert.rule == "soon"]

    assert [False, True, True] == known


class Blind(RoomColumns):
    """One figure can not be read."""

    def read(self, name: str) -> Any:
        if name == "hook_lift":
            raise RuntimeError("ours")
        return super().read(name)


class BlindCourt(Blind):
    figured = False


@pytest.mark.parametrize("columns", [Blind, BlindCourt])
def test_of_rules_that_are_one_program_the_one_that_throws_is_found(columns):
    stage = Stage(BUSY)
    text = (
        BUSY
        + """
  - id: lifted
    kind: threshold
    when: hook_lift > 1
"""
    )
    stage.shard = Shard(rules.parse(text), columns=columns)
    crowd(stage, 3)
    by_id = stage.shard.rules.by_id

    assert [(TICK_S, "busy", "fired")] == stage.told
    assert by_id["lifted"].faults.off
    assert not by_id["busy"].faults.times


def test_what_is_no_rules_fault_is_not_hidden(monkeypatch):
    """All of them together can not be asked, each by itself can: who drives us must know."""
    monkeypatch.setattr(Questions, "_fill", throwing(Questions._fill)[0])
    stage = Stage(ODD)

    with pytest.raises(RuntimeError, match="ours"):
        crowd(stage)
    assert not any(rule.faults.times for rule in stage.shard.rules.rules)


def test_an_alert_of_which_the_figures_can_not_be_told_is_told_without(monkeypatch):
    monkeypatch.setattr(ThresholdAsker, "values", throwing(ThresholdAsker.values)[0])
    stage = Stage(BUSY)
    crowd(stage)
    stage.wait(20)
    fired, resolved = stage.changes
    rule = stage.shard.rules.by_id["busy"]

    assert ("fired", "resolved") == (fired.change, resolved.change)
    assert ("busy: room", {}) == (fired.summary, fired.values)
    assert (1, 0) == (rule.summary.failures, rule.faults.times)


def test_a_court_wants_to_know(monkeypatch):
    monkeypatch.setattr(ChangeAsker, "ask", throwing(ChangeAsker.ask, 1)[0])
    stage = Stage(ODD)
    crowd(stage)

    with pytest.raises(MonitorError, match=r"(?s)odd: .*RuntimeError: ours"):
        stage.shard.rules.check()
    Stage(ODD).shard.rules.check()
