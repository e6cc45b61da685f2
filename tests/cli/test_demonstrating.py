"""`roomwatch demo`, as people type it."""

from __future__ import annotations

import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

import monitor
from monitor.cli.demonstrating import line, shipped_rules, show
from monitor.errors import MonitorError
from tests.alerts.changes import T0, fired

ROOT = pathlib.Path(__file__).parents[2]
DEMO = [sys.executable, "-m", "monitor", "demo", "--no-browser"]


@pytest.mark.faults
def test_the_demo_tells_its_three_alerts_and_ends_by_itself() -> None:
    """Eight times faster than life: three minutes in 24 s, on a busy machine, too."""
    done = subprocess.run(
        [*DEMO, "--port", "0", "--speed", "8", "--for", "24s"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    told = re.findall(r"^(\d\d):(\d\d) \S (\w+) +\w+ +(\w+)", done.stdout, re.MULTILINE)
    at = {(change, rule): int(minute) * 60 + int(second) for minute, second, change, rule in told}

    assert 0 == done.returncode, done.stderr
    assert re.match(r"control room: http://127\.0\.0\.1:\d+ ", done.stdout)
    for rule in ("hook_timing", "stock_out", "sentiment_incident"):
        assert at["fired", rule] <= 60
        assert at["resolved", rule] <= 180


@pytest.mark.faults
def test_ctrl_c_ends_it_cleanly() -> None:
    """Without a traceback, and the state is thrown away."""
    child = subprocess.Popen(
        [*DEMO, "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=15)

    assert first.startswith("control room: ")
    assert (0, False) == (child.returncode, "Traceback" in out + err)


def test_a_port_that_is_taken_is_told() -> None:
    """With what to write instead."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [*DEMO, "--port", str(port)], cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr == (f"port {port} is taken — write another one after --port, or 0 for any\n")


def test_the_rules_are_those_of_the_checkout(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ours, wherever we stand; an installed package has none and says so."""
    monkeypatch.chdir(tmp_path)
    ours = shipped_rules()
    monkeypatch.setattr(monitor, "__file__", str(tmp_path / "site" / "monitor" / "__init__.py"))
    with pytest.raises(MonitorError, match="run it in a clone of roomwatch"):
        shipped_rules()
    monkeypatch.chdir(ROOT)

    assert ROOT / "rules" == ours == shipped_rules()


def test_a_change_is_one_line_for_people() -> None:
    """When, what, how bad, which rule, in words."""
    change = fired(at=T0, rule="stock_out", severity="critical", summary="7 号链接 已售罄")

    assert line(change, 65.9) == (
        "01:05 ▲ fired    critical stock_out                7 号链接 已售罄"
    )


def test_the_page_is_opened_where_there_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text browser in the terminal of the demo would be in its way."""
    opened = threading.Event()
    monkeypatch.setattr("webbrowser.open", lambda url: opened.set())
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    without = show("http://127.0.0.1:1")
    monkeypatch.setenv("DISPLAY", ":0")
    shown = show("http://127.0.0.1:1")

    assert (False, True) == (without, shown)
    assert opened.wait(5)
