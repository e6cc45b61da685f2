"""The console's bench measures what it says it does."""

from __future__ import annotations

from monitor.bench.console import measure


def test_a_small_console_is_measured_from_both_sides():
    """
    Screens receive, a stuck one is cut within five seconds with little waiting for it, and a
    browser paints, where there is one.
    """
    figures = measure(4, 3, 2.0)

    assert figures.kilobytes_per_s_a_screen > 0.2
    assert 0.0 < figures.server_share < 1.0
    assert figures.stuck_cut_after_s is not None
    assert figures.stuck_cut_after_s <= 5.0
    assert figures.stuck_unsent_bytes is not None
    assert figures.stuck_unsent_bytes <= 256_000
    if figures.browser is not None:
        assert figures.browser["bytes"] <= 600_000
        assert len(figures.browser["heap_mb"]) == 5
