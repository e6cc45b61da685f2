"""The figures of the script, as rules see them."""

from __future__ import annotations

from monitor.signals.hooks import VERDICTS
from monitor.signals.metrics import ENUMS
from monitor.signals.place import CODES
from tests.stage import Stage


def test_without_a_sign_nothing_is_known():
    stage = Stage()
    stage.comment("在")
    stage.wait(1)

    assert [None] * 7 == [
        stage.figure(name)
        for name in (
            "segment", "segment_s", "segment_confidence", "cycle", "hook_price_drop", "hook_lift",
            "hook_verdict",
        )
    ]  # fmt: skip


def test_where_the_host_is_and_how_sure_that_is():
    """
    pin 0 ── cue push 10 ── 30
    """
    stage = Stage()
    stage.tell("pin")
    stage.wait(1)
    guessed = [stage.figure(name) for name in ("segment", "segment_confidence", "cycle")]
    stage.wait(9)
    stage.tell("segment", segment="push")
    stage.wait(20)

    assert [CODES["hook"], 0.5, 1] == guessed
    assert [CODES["push"], 1.0, 0.5, 20] == [
        stage.figure(name)
        for name in (
            "segment", "segment_confidence", "segment_before_confidence", "segment_s",
        )
    ]  # fmt: skip


def test_a_price_that_fell_in_the_hook_is_known():
    stage = Stage()
    stage.tell("segment", segment="hook")
    stage.wait(1)
    before = stage.figure("hook_price_drop")
    stage.tell("price", amount_minor=9900, was_minor=19900)
    stage.wait(1)

    assert (0, 1) == (before, stage.figure("hook_price_drop"))


def test_a_hook_is_measured_half_a_minute_after_it():
    """
    60 s of ten a second ── hook 10 s ── thirty a second from its end on
    """
    stage = Stage()
    seen = []
    for second in range(102):
        if second in (60, 70):
            stage.tell("segment", segment="hook" if second == 60 else "push")
        stage.comment("在", times=30 if second >= 70 else 10)
        stage.wait(1)
        seen.append(stage.figure("hook_verdict"))

    assert seen.index(VERDICTS["moved"]) == 99
    lift, low, high = (stage.figure(f"hook_lift{bound}") for bound in ("", "_low", "_high"))
    assert 0 < (low or 0) < (lift or 0) < (high or 0)
    assert ENUMS["hook_verdict"] is VERDICTS
