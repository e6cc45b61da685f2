"""Health changes at once; the log hears of it once, then at most once a minute."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from monitor.clock import ManualClock
from monitor.frames import Frame
from monitor.sources.standing import Standing


@pytest.fixture
def clock():
    return ManualClock()


def told(logs):
    return [(line["log_level"], line["state"], line["untold"]) for line in logs]


def test_a_change_of_state_is_told_at_once(clock):
    """Trouble is a warning, its end is not."""
    with capture_logs() as logs:
        standing = Standing("a", clock)
        standing.connected()
        standing.degraded("gone")
        standing.refused("wrong password")
        standing.connected()

    assert [
        ("info", "connected", 0),
        ("warning", "degraded", 0),
        ("warning", "refused", 0),
        ("info", "connected", 0),
    ] == told(logs)


def test_the_same_trouble_is_told_once_a_minute(clock):
    """With the number of times it was not told in between."""
    with capture_logs() as logs:
        standing = Standing("a", clock)
        for _ in range(120):
            standing.degraded("gone")
            clock.advance(1)

    assert [("warning", "degraded", 0), ("warning", "degraded", 59)] == told(logs)


def test_it_counts_connections_refusals_and_frames(clock):
    """And says when the last frame came."""
    standing = Standing("a", clock)
    standing.refused("wrong password")
    standing.connected()
    standing.took(Frame(data=b"abc", received_at=7.0))

    health = standing.health
    assert (1, 1, 1, 3, 7.0) == (
        health.connects,
        health.refused,
        health.frames,
        health.bytes,
        health.last_frame_at,
    )


def test_how_long_a_connection_stood_is_measured_while_it_stands(clock):
    """A source that never connected stood for no time at all."""
    standing = Standing("a", clock)
    clock.advance(100)
    before = standing.stood_s()
    standing.connected()
    clock.advance(12)
    during = standing.stood_s()
    standing.degraded("gone")

    assert (0.0, 12.0, 0.0) == (before, during, standing.stood_s())


def test_a_stopped_source_is_no_longer_connected(clock):
    """But one that was refused stays so, with its reason."""
    one, other = Standing("a", clock), Standing("b", clock)
    one.connected()
    one.stopped()
    other.refused("wrong password")
    other.stopped()

    assert ("starting", "stopped") == (one.health.state, one.health.detail)
    assert ("refused", "wrong password") == (other.health.state, other.health.detail)
