"""A queue with two bounds: what does not fit is refused, and what waits stays in order."""

from __future__ import annotations

import asyncio
from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from monitor.frames import Frame
from monitor.sources.waiting import Waiting


def frame(size):
    return Frame(data=b"x" * size, received_at=0.0)


@given(st.lists(st.one_of(st.integers(0, 30), st.none()), max_size=60))
def test_it_agrees_with_a_list_and_keeps_both_bounds(steps):
    """A number offers a frame of that size, None takes one."""

    async def play():
        waiting, oracle = Waiting(5, 50), deque()
        for size in steps:
            if size is not None:
                fits = len(oracle) < 5 and (not oracle or sum(map(len, oracle)) + size <= 50)
                assert fits == waiting.offer(frame(size))
                if fits:
                    oracle.append(b"x" * size)
            elif oracle:
                assert oracle.popleft() == (await waiting.take()).data
            assert (len(oracle), sum(map(len, oracle))) == (len(waiting), waiting.bytes)

    asyncio.run(play())


def test_one_frame_always_fits():
    """A bound on bytes below a frame's size must not stop everything."""
    waiting = Waiting(5, 10)

    assert waiting.offer(frame(100))
    assert not waiting.offer(frame(1))


async def test_taking_waits_for_an_offer():
    """And a reader that waits is woken by it."""
    waiting = Waiting(5, 50)
    taking = asyncio.create_task(waiting.take())
    await asyncio.sleep(0)
    waiting.offer(frame(3))

    assert b"xxx" == (await taking).data


def test_cleared_it_has_room_again():
    """Nothing waits, and no byte is counted."""
    waiting = Waiting(1, 50)
    waiting.offer(frame(3))
    waiting.clear()

    assert (0, 0) == (len(waiting), waiting.bytes)
    assert waiting.offer(frame(4))
