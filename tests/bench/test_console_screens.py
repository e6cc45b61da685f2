"""The other side of the console's bench."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from monitor.bench.console_screens import listen, main, path_of, spent
from monitor.console.access import Access
from monitor.signals.views import RoomView
from tests.console.acted import house


async def test_screens_that_listen_count_what_they_are_sent():
    """
    A snapshot each at least, also for more screens than a client usually connects.
    """
    async with house(RoomView(room="a"), access=Access(open_mode=True)) as it:
        told = await listen(it.origin, 120, 2.0)

    assert told["bytes"] > 120 * 100


def test_the_time_of_the_browser_is_that_of_its_processes():
    """
    User and system, of those that still run.
    """
    times = SimpleNamespace(user=1.0, system=0.5)
    one = SimpleNamespace(cpu_times=lambda: times, is_running=lambda: True, name=lambda: "chromium")
    gone = SimpleNamespace(is_running=lambda: False, name=lambda: "sh")

    assert 1.5 == spent([one, gone])
    assert [True, False] == [path_of(one), path_of(gone)]


def test_it_prints_one_line_of_json(capsys: pytest.CaptureFixture[str]):
    """
    For the bench that started it; nobody listens here, and nothing came.
    """
    main("screens", "http://127.0.0.1:9", "0", "0.1")

    assert {"bytes": 0} == msgspec.json.decode(capsys.readouterr().out)
