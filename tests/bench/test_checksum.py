"""Sixteen characters that stand for a whole run."""

from __future__ import annotations

from monitor.bench.checksum import checksum, lines

SAMPLES = [(1.0, "a", (1.0, float("nan"))), (2.0, "a", (3.0, 0.1))]
MOVED = [(1.25, "busy|a", "fired"), (9.0, "busy|a", "resolved")]


def test_order_does_not_matter_and_every_value_does():
    whole = checksum(SAMPLES, MOVED)

    assert whole == checksum(SAMPLES[::-1], MOVED[::-1])
    assert whole != checksum(SAMPLES[:1], MOVED)
    assert whole != checksum(SAMPLES, MOVED[:1])
    assert whole != checksum([(1.0, "a", (2.0, float("nan"))), SAMPLES[1]], MOVED)
    assert whole != checksum(SAMPLES, [(1.5, "busy|a", "fired"), MOVED[1]])
    assert 16 == len(whole)


def test_each_thing_is_a_line_to_compare():
    assert [
        "1.000 a 1 nan",
        "2.000 a 3 0.1",
        "1.250 busy|a fired",
        "9.000 busy|a resolved",
    ] == lines(SAMPLES, MOVED)
