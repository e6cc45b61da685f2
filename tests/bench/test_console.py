"""The console's bench measures what it says it does."""

from __future__ import annotations

import msgspec
import pytest

from monitor.bench import console, run
from monitor.bench.console import Figures, goals, measure
from monitor.bench.console_screens import LOOKS


def test_a_small_console_is_measured_from_both_sides():
    """
    Screens receive, a stuck one is cut within five seconds with little waiting for it, and a
    browser paints, where there is one.
    """
    figures = measure(4, 3, 2.0, 2.0)

    assert figures.kilobytes_per_s_a_screen > 0.2
    assert 0.0 < figures.server_share < 1.0
    assert figures.stuck_cut_after_s is not None
    assert figures.stuck_cut_after_s <= 5.0
    assert figures.stuck_unsent_bytes is not None
    assert figures.stuck_unsent_bytes <= 256_000
    if figures.browser is not None:
        assert figures.browser["bytes"] <= 600_000
        assert len(figures.browser["heap_mb"]) == len(figures.browser["nodes"]) == LOOKS + 1
        assert figures.browser["first_paint_ms"] > 0


def test_each_figure_stands_beside_what_it_is_held_to():
    """
    What could not be measured holds nothing; a heap that grows is told by how much.
    """
    figures = Figures(
        rooms=60, screens=200, seconds=1.0, server_share=0.02, server_share_per_200_screens=0.02,
        kilobytes_per_s_a_screen=20.0, stuck_cut_after_s=5.5, stuck_unsent_bytes=90_000,
        browser={
            "share_of_a_core": 0.2, "seconds": 600.0, "first_paint_ms": 300, "bytes": 700_000,
            "heap_mb": [4.0, 4.1, 4.0, 4.2, 4.9, 5.0, 6.3], "nodes": [100, 100],
        },
    )  # fmt: skip
    told = {goal.what: (goal.value, goal.holds) for goal in goals(figures)}

    assert (0.02, True) == told["server, 200 screens"]
    assert (5.5, False) == told["stuck screen, cut after"]
    assert (90_000, True) == told["stuck screen, waiting"]
    assert (0.2, True) == told["browser, 60 rooms at 2 Hz"]
    assert (2.2, False) == told["heap, grown in 600 s"]
    assert (700_000, False) == told["over the wire until then"]
    figures.browser = None
    assert [False] * 5 == [goal.holds for goal in goals(figures)][-5:]


def test_the_command_prints_each_and_fails_where_one_is_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """
    As text and as JSON.
    """
    figures = Figures(
        rooms=1, screens=1, seconds=1.0, server_share=0.2, server_share_per_200_screens=0.2,
        kilobytes_per_s_a_screen=20.0, stuck_cut_after_s=None, stuck_unsent_bytes=None,
        browser=None,
    )  # fmt: skip
    monkeypatch.setattr(console, "measure", lambda *given: figures)

    assert 1 == run.main(["console"])
    out = capsys.readouterr().out
    assert "server, 200 screens                   0.2 of 0.1 of a core MISSED" in out
    assert "not measured of 5 s" in out
    assert 1 == run.main(["console", "--json"])
    assert not msgspec.json.decode(capsys.readouterr().out)["holds"]
