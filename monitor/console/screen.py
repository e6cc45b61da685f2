"""One connected page: how far it is, what is due to it, and the bounds it is held to.

It is cut (`abort`, nothing is flushed) when one send takes longer than its deadline. What
it has not read waits in the transport and the kernel, at most `BUFFER` each and one frame.
"""

from __future__ import annotations

import asyncio
import fcntl
import socket as sockets
import sys
import termios
from contextlib import suppress
from typing import Protocol

import structlog
from aiohttp import WSMsgType, web

from monitor.console.access import Caller

MESSAGE_BYTES = 4_096
MESSAGES_PER_S = 10.0
BUFFER = 65_536  # bytes

log = structlog.get_logger()


class ScreenGoneError(Exception):
    """The screen left or was cut; nothing more can be sent to it."""


class Watched(Protocol):
    """What a screen may show: numbered frames, and the whole (reel.py)."""

    @property
    def seq(self) -> int: ...

    def since(self, seq: int) -> list[bytes] | None: ...

    def snapshot(self, now: float) -> bytes: ...


class Screen:
    """A WebSocket with deadlines. `heard_at` is when anything last came from it."""

    def __init__(self, caller: Caller, now: float, *, send_s: float) -> None:
        self.caller = caller
        self.seq: int | None = None  # None: it shows nothing yet; -1: it needs a snapshot
        self.wake = asyncio.Event()
        self.picture: Watched | None = None  # what it shows
        self.beat = b""
        self.beat_due = False
        self.goodbye: tuple[int, str] | None = None
        self.heard_at = now
        self.was_cut = False
        self.socket = web.WebSocketResponse(
            compress=False,
            autoping=False,  # its pongs are how we know that it reads
            max_msg_size=MESSAGE_BYTES,
            writer_limit=0,  # every send waits for the transport, none for the next one
            timeout=send_s,
        )
        self._send_s = send_s
        self._transport: asyncio.Transport | None = None
        self._tokens = MESSAGES_PER_S
        self._tokens_at = now

    @property
    def waiting(self) -> int:
        """Bytes that it has not taken yet and that wait with us, not in the kernel."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    @property
    def in_kernel(self) -> int:
        """Bytes that wait for it in the kernel's send queue; 0 where nobody can tell."""
        raw = self._transport.get_extra_info("socket") if self._transport is not None else None
        try:
            told = fcntl.ioctl(raw.fileno(), termios.TIOCOUTQ, b"\0" * 4) if raw else b""
        except (OSError, ValueError):  # it is closed
            return 0
        return int.from_bytes(told, sys.byteorder)

    async def open(self, request: web.Request) -> None:
        """Answer the handshake and set the bounds of the connection."""
        await self.socket.prepare(request)
        self._transport = request.transport
        if self._transport is None:
            raise ScreenGoneError
        self._transport.set_write_buffer_limits(high=BUFFER)
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, BUFFER)

    async def send(self, data: bytes, kind: WSMsgType = WSMsgType.TEXT) -> None:
        """Send one frame; raises ScreenGoneError where it can not be, or not in time."""
        try:
            async with asyncio.timeout(self._send_s):
                await self.socket.send_frame(data, kind)
        except TimeoutError:
            self.cut("slow")
            raise ScreenGoneError from None
        except ConnectionError:
            raise ScreenGoneError from None

    async def close(self, code: int, reason: str) -> None:
        """Close in good order if that works at once, else cut."""
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(self._send_s):
                await self.socket.close(code=code, message=reason.encode())
                return
        self.cut("does not close")

    def say_goodbye(self, code: int, reason: str) -> None:
        """Have it closed by whoever sends to it."""
        self.goodbye = (code, reason)
        self.wake.set()

    def cut(self, why: str) -> None:
        """End the connection now."""
        self.was_cut = True
        log.info("screen cut", why=why, name=self.caller.name)
        if self._transport is not None:
            self._transport.abort()

    def may_speak(self, now: float) -> bool:
        """Take one token of its bucket, if there is one."""
        self._tokens += (now - self._tokens_at) * MESSAGES_PER_S
        self._tokens = min(self._tokens, MESSAGES_PER_S)
        self._tokens_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
