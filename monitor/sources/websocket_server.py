"""Takes what tools send us over a WebSocket: text or binary frames, many peers at once.

A WebSocket can not say "later" for one message and nothing here is acknowledged (at
most once), so when the queue is full the newest message is shed and counted in
`health.dropped`: what waits is older, and in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from aiohttp import WSCloseCode, WSMsgType, web
from msgspec import Meta

from monitor.clock import Clock
from monitor.frames import Frame
from monitor.secrets import Secret, resolve
from monitor.sources.source import (
    LARGEST_MESSAGE,
    Bytes,
    Frames,
    Seconds,
    SourceHealth,
    SourceSettings,
    cut,
)
from monitor.sources.standing import Standing
from monitor.sources.waiting import Waiting

GOODBYE_S = 1.0


class WebsocketServerSettings(SourceSettings, frozen=True, kw_only=True, tag="websocket_server"):
    """The token a tool must send is given in one of the four ways of monitor/secrets.py."""

    token: str = ""
    token_file: str = ""
    token_env: str = ""
    token_credential: str = ""
    origins: tuple[str, ...] = ()  # pages that may connect where no token is asked for
    max_peers: Annotated[int, Meta(ge=1, le=10_000)] = 64
    max_frames: Frames = 10_000  # waiting to be read
    max_bytes: Bytes = 32 * 1024 * 1024
    max_message_bytes: Bytes = LARGEST_MESSAGE  # a larger one costs its peer the connection
    heartbeat_s: Seconds = 5.0  # a dead peer is noticed after 1.5 of it

    def source(self, clock: Clock) -> WebsocketServer:
        return WebsocketServer(self, clock)


class WebsocketServer:
    """`doors.py` lets a peer in and hands it to `serve`."""

    def __init__(self, settings: WebsocketServerSettings, clock: Clock) -> None:
        self.name = settings.name
        self.origins = settings.origins
        self.token: Secret | None = resolve(
            "token",
            plain=settings.token,
            file=settings.token_file,
            env=settings.token_env,
            credential=settings.token_credential,
        )
        self._settings = settings
        self._clock = clock
        self._standing = Standing(settings.name, clock)
        self._waiting = Waiting(settings.max_frames, settings.max_bytes)
        self._peers: set[web.WebSocketResponse] = set()
        self._open = False
        self._count = 0

    @property
    def health(self) -> SourceHealth:
        return self._standing.health

    def window(self) -> int | None:
        return None

    async def acknowledge(self, upto: Any) -> None:
        """A WebSocket knows no acknowledgement."""

    async def frames(self) -> AsyncIterator[Frame]:
        self._open = True
        try:
            while True:
                yield await self._waiting.take()
        finally:
            self._open = False
            await self._send_away()
            self._waiting.clear()
            self._standing.stopped()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Read one peer until it leaves. Its token has been looked at."""
        if not self._open or len(self._peers) >= self._settings.max_peers:
            self.health.refused += 1
            return web.Response(status=503, headers={"Retry-After": "5"}, text="no room\n")
        websocket = web.WebSocketResponse(
            compress=False,  # so a deflate bomb can not be sent
            heartbeat=self._settings.heartbeat_s,
            max_msg_size=self._settings.max_message_bytes,
            timeout=GOODBYE_S,
            decode_text=False,  # bad UTF-8 is counted by the decoder; the connection lives on
        )
        await websocket.prepare(request)
        self._peers.add(websocket)
        self._standing.connected(self._detail())
        try:
            async for message in websocket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._took(message.data)
        finally:
            self._peers.discard(websocket)
            if self._peers:
                self.health.detail = self._detail()
            elif self._open:
                self._standing.degraded("no tool is connected")
        return websocket

    def _took(self, data: bytes) -> None:
        self._count += 1
        frame = Frame(data=cut(data), received_at=self._clock.now(), position=self._count)
        if self._waiting.offer(frame):
            self._standing.took(frame)
        else:
            self.health.dropped += 1

    def _detail(self) -> str:
        return f"{len(self._peers)} connected"

    async def _send_away(self) -> None:
        if self._peers:
            await asyncio.wait(
                {
                    asyncio.create_task(peer.close(code=WSCloseCode.GOING_AWAY))
                    for peer in self._peers
                },
                timeout=2 * GOODBYE_S,
            )
