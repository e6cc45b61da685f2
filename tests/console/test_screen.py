"""The bounds one page is held to."""

from __future__ import annotations

import socket

from monitor.console.access import Caller
from monitor.console.screen import BUFFER, Screen
from tests.console.acted import house
from tests.console.test_feed import page, until

NOW = 1_795_370_000.0


async def test_ten_messages_at_once_and_then_ten_a_second():
    """
    One more is refused; a tenth of a second later there is one more; never more than ten are saved.
    """
    screen = Screen(Caller("wall", "viewer", "bearer"), NOW, send_s=1.0)

    assert [True] * 10 + [False] == [screen.may_speak(NOW) for _ in range(11)]
    assert [True, False] == [screen.may_speak(NOW + 0.11) for _ in range(2)]
    assert 10 == sum(screen.may_speak(NOW + 3_600) for _ in range(20))


async def test_a_connection_has_small_buffers():
    """
    The transport's high-water mark and the kernel's send buffer (Linux doubles what is asked for).
    """
    async with house() as it, page(it):
        transport = next(iter(it.feed._screens))._transport
        assert transport is not None
        raw = transport.get_extra_info("socket")

        assert BUFFER == transport.get_write_buffer_limits()[1]
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * BUFFER


async def test_cutting_ends_the_connection_and_says_so_once():
    """
    Whoever listens to it comes back at once.
    """
    async with house() as it, page(it) as one:
        next(iter(it.feed._screens)).cut("test")

        assert 1006 == await one.closed()
    assert (0, 1) == (it.feed.screens, it.feed.counts["cut"])


async def test_what_waits_for_it_in_the_kernel_is_known():
    """
    Nothing, once it has read; nothing of one that is closed.
    """
    async with house() as it, page(it) as one:
        screen = next(iter(it.feed._screens))
        await until(lambda: (0, 0) == (screen.waiting, screen.in_kernel))
        screen.cut("test")
        await one.closed()

        assert 0 == screen.in_kernel
    assert 0 == Screen(Caller("wall", "viewer", "bearer"), NOW, send_s=1.0).in_kernel
