"""Frames with numbers, and who is too far behind for them."""

from __future__ import annotations

from typing import Any

import msgspec

from monitor.console.reel import RING, Reel


def reel() -> Reel:
    return Reel(lambda: {"whole": True})


def test_a_frame_names_its_number_and_the_one_it_builds_on():
    """
    And without parts there is none.
    """
    one = reel()

    assert not one.add("delta", {}, 5.0)
    assert one.add("delta", {"a": 1}, 5.0)
    frame: dict[str, Any] = msgspec.json.decode((one.since(0) or [])[0])
    assert {"type": "delta", "seq": 1, "base": 0, "server_time": 5.0, "a": 1} == frame


def test_the_ring_reaches_back_so_far_and_not_into_the_future():
    """
    Whoever is further back, or from before a restart, needs the whole.
    """
    one = reel()
    for number in range(RING + 3):
        one.add("delta", {"a": number}, 0.0)

    assert RING == len(one.since(3) or [])
    assert [None] * 3 == [one.since(seq) for seq in (2, -1, one.seq + 1)]
    assert [] == one.since(one.seq)


def test_the_whole_is_encoded_once_for_each_number():
    """
    Unless it changed without a frame.
    """
    one = reel()
    first = one.snapshot(1.0)

    assert first is one.snapshot(2.0)

    one.forget_snapshot()

    assert b'"server_time":3.0' in one.snapshot(3.0)
