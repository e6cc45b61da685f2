"""What the daemon logs of what its parts have to tell."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from structlog.testing import capture_logs

from monitor.clock import ManualClock
from monitor.config.files import InboxSettings
from monitor.daemon import plan, telling
from monitor.delivery.stats import Missed
from monitor.errors import ConfigError, RuleError
from monitor.storage.database import Trouble
from monitor.timetable import Expected
from tests.alerts.changes import fired
from tests.daemon.ground import BUSY, Ground


def test_a_change_is_a_line_with_its_fields() -> None:
    """The phrase is constant, so that it can be searched for."""
    with capture_logs() as logged:
        telling.changes([fired(sku="A1")])

    assert [("alert fired", "info", "angry", "r1", "A1")] == [
        (line["event"], line["log_level"], line["rule"], line["room"], line["sku"])
        for line in logged
    ]


def test_the_disk_is_well_again_is_no_error() -> None:
    """That it is sick is one."""
    with capture_logs() as logged:
        telling.trouble(Trouble(0.0, "disk full", "x"))
        telling.trouble(Trouble(1.0, "recovered"))

    assert [("error", "disk full"), ("info", "recovered")] == [
        (line["log_level"], line["what"]) for line in logged
    ]


def test_who_was_not_told_is_a_warning() -> None:
    """With the notice nobody got."""
    with capture_logs() as logged:
        telling.missed(Missed(0.0, "hook", "expired", "no answer in time", "a|1|fired|hook"))

    assert [("not told", "warning", "a|1|fired|hook")] == [
        (line["event"], line["log_level"], line["notice"]) for line in logged
    ]


def test_a_refused_reload_is_a_line_for_each_mistake() -> None:
    """With its address."""
    with capture_logs() as logged:
        telling.refused(ConfigError("a.toml:1: no", "a.toml:2: no"))

    assert ["a.toml:1: no", "a.toml:2: no"] == [line["mistake"] for line in logged]


async def test_an_expected_session_is_told() -> None:
    """Its start and its end."""
    with capture_logs() as logged:
        await telling.expected(Expected(room="r", start="20:00", end="22:00"), "start")

    assert [("r", "start")] == [(line["room"], line["phase"]) for line in logged]


def test_what_somebody_may_not_have_meant_is_told(tmp_path: Path) -> None:
    """A channel that is not there, a setting that is not in force yet."""
    ground = Ground(tmp_path)
    ground.write(rules=BUSY + "    notify: [boss]\n")
    ready = plan.make(ground.load(), ManualClock())
    before = replace(ready.config, main=replace(ready.config.main, inbox=InboxSettings(frames=1)))
    with capture_logs() as logged:
        telling.doubts(ready)
        telling.doubts(ready, before)

    assert ["busy: boss", "busy: boss", "[inbox]"] == [
        line.get("rule") or line["section"] for line in logged
    ]


def test_a_refused_reload_says_whose_files_are_wrong() -> None:
    assert "rules_invalid" == telling.whose(RuleError("a.yaml:1:1: what — remedy"))
    assert "config_invalid" == telling.whose(ConfigError("a.toml:1: what — remedy"))
