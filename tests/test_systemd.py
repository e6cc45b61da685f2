"""The unit: systemd understands every line of it, and it gives away little."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess

import pytest

UNIT = pathlib.Path(__file__).parents[1] / "systemd" / "roomwatch.service"


@pytest.fixture
def analyze(tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy whose program exists; `systemd-analyze` is part of the package systemd."""
    assert shutil.which("systemd-analyze"), "install it: sudo apt-get install systemd"
    text = UNIT.read_text(encoding="utf-8")
    program = tmp_path / "roomwatch"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    copy = tmp_path / "roomwatch.service"
    text, replaced = re.subn(r"(?m)^ExecStart=\S+", f"ExecStart={program}", text)
    assert 1 == replaced
    copy.write_text(text, encoding="utf-8")
    return copy


def test_systemd_understands_every_line(analyze: pathlib.Path) -> None:
    """`verify` returns 0 for a key it does not know, so it must also say nothing."""
    done = subprocess.run(
        ["systemd-analyze", "verify", str(analyze)], check=False, capture_output=True, text=True
    )

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_a_slip_would_be_seen(analyze: pathlib.Path) -> None:
    """The test above can fail."""
    slip = analyze.read_text(encoding="utf-8").replace("WatchdogSec", "WatchdogSecs")
    analyze.write_text(slip, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(analyze)], check=False, capture_output=True, text=True
    )

    assert "WatchdogSecs" in done.stderr


def test_the_service_can_do_little_harm(analyze: pathlib.Path) -> None:
    """An exposure of at most 1.5 of 10."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(analyze)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert 0 == done.returncode, done.stdout[-500:] + done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "ExecStart=/opt/roomwatch/bin/roomwatch run --config /etc/roomwatch",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "WatchdogSec=20s",
        "StateDirectory=roomwatch",
    ],
)
def test_the_unit_and_the_daemon_speak_of_the_same(line: str) -> None:
    """Notified, watched, reloaded by SIGHUP, with its state where systemd says."""

    assert line in UNIT.read_text(encoding="utf-8").split("\n")


def test_stopping_leaves_the_daemon_its_time() -> None:
    """It drains within 10 s; systemd kills after 30."""

    assert "TimeoutStopSec=30s" in UNIT.read_text(encoding="utf-8")
