"""Figures of a channel."""

from __future__ import annotations

from monitor.delivery.stats import REMEMBERED, Latency


def test_quantiles_are_values_that_were_measured():
    """Of the last thousand only."""
    latency = Latency()

    for number in range(REMEMBERED + 100):
        latency.add(number)

    assert REMEMBERED + 99 == latency.last
    assert 600 == latency.quantile(0.5)
    assert 1090 == latency.quantile(0.99)


def test_without_a_notice_there_is_no_figure():
    """Unknown is not zero; and a clock that differs gives no negative span."""
    latency = Latency()

    assert (None, None) == (latency.last, latency.quantile(0.5))
    latency.add(-3)
    assert 0 == latency.last
