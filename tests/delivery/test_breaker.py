"""A breaker opens after five failures in a row, and tries again with one notice."""

from __future__ import annotations

from monitor.delivery.breaker import LONGEST_S, Breaker


def test_five_failures_in_a_row_open_it():
    """A success in between starts the count anew."""
    breaker = Breaker()

    opened = [breaker.failed(0) for _ in range(4)]
    breaker.succeeded()
    opened += [breaker.failed(0) for _ in range(5)]

    assert [False] * 8 + [True] == opened
    assert "open" == breaker.state(14.9)
    assert 15.0 == breaker.ready_at()


def test_a_probe_closes_it_or_opens_it_for_twice_as_long():
    """
    0 ─ open ─ 15 probe fails ── open 30 ── 45 probe succeeds ── closed
    """
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(0)

    assert "half_open" == breaker.state(15)
    breaker.failed(15)
    assert ("open", "half_open") == (breaker.state(44), breaker.state(45))
    breaker.succeeded()
    assert ("closed", 0.0) == (breaker.state(45), breaker.ready_at())


def test_it_is_never_open_for_longer_than_a_minute():
    """So that a channel that is back is found."""
    breaker = Breaker()

    for second in range(50):
        breaker.failed(second)

    assert 49 + LONGEST_S == breaker.ready_at()
