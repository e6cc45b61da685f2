"""Connects to a tool's own WebSocket server (DouyinBarrageGrab, oba-live-tool) and reads it.

A WebSocket has no replay: what was sent while we were away is gone (at most once), and
the gap shows as a feed that was not heard from. A tool that sends faster than we
take is held back by TCP.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
from websockets.uri import parse_uri

from monitor.clock import Clock
from monitor.errors import ConfigError
from monitor.frames import Frame
from monitor.secrets import resolve
from monitor.sources.backoff import Backoff
from monitor.sources.source import LARGEST_MESSAGE, Bytes, RetrySettings, Seconds, SourceHealth, cut
from monitor.sources.standing import Standing
from monitor.sources.tls import client_context


class WebsocketClientSettings(RetrySettings, frozen=True, kw_only=True, tag="websocket_client"):
    """`hello` is a text frame sent after each connect: `{"Cmd":1,"Data":true}` for BarrageGrab."""

    url: str  # ws://127.0.0.1:8888 or wss://host/path
    hello: str = ""
    token: str = ""  # sent as `Authorization: Bearer …`; see monitor/secrets.py for the other three
    token_file: str = ""
    token_env: str = ""
    token_credential: str = ""
    ca_file: str = ""  # for wss:// with a certificate of your own authority
    compression: bool = False  # deflate costs 64 KiB a connection and a bomb's risk
    max_message_bytes: Bytes = LARGEST_MESSAGE
    connect_timeout_s: Seconds = 10.0
    ping_s: Seconds = 5.0  # a dead peer is noticed after 2 * ping_s + 1 s

    def source(self, clock: Clock) -> WebsocketClient:
        return WebsocketClient(self, clock)


class _Connect(connect):
    """A redirect is not followed: it would carry the token to somebody else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class WebsocketClient:
    """One connection at a time, tried for ever."""

    def __init__(self, settings: WebsocketClientSettings, clock: Clock) -> None:
        try:
            uri = parse_uri(settings.url)
        except InvalidURI:
            raise ConfigError(
                f"{settings.name}.url: not a WebSocket address — write for example"
                " `ws://127.0.0.1:8888`"
            ) from None
        self.name = settings.name
        self._settings = settings
        self._clock = clock
        self._standing = Standing(settings.name, clock)
        self._count = 0
        self._token = resolve(
            "token",
            plain=settings.token,
            file=settings.token_file,
            env=settings.token_env,
            credential=settings.token_credential,
        )
        self._tls = (
            client_context(f"{settings.name}.ca_file", settings.ca_file) if uri.secure else None
        )

    @property
    def health(self) -> SourceHealth:
        return self._standing.health

    def window(self) -> int | None:
        return None

    async def acknowledge(self, upto: Any) -> None:
        """A WebSocket knows no acknowledgement."""

    async def frames(self) -> AsyncIterator[Frame]:
        settings = self._settings
        backoff = Backoff(settings.retry_s, settings.retry_most_s)
        try:
            while True:
                refused = ""
                try:
                    async with self._connect() as websocket:
                        if settings.hello:
                            await websocket.send(settings.hello)
                        self._standing.connected()
                        while True:
                            yield self._frame(await websocket.recv(decode=False))
                except InvalidStatus as error:
                    status = error.response.status_code
                    why = f"answered with HTTP {status}"
                    refused = why if status in (401, 403) else ""
                except ssl.SSLCertVerificationError as error:
                    why = refused = f"certificate refused: {error.verify_message}"
                except (OSError, TimeoutError, WebSocketException) as error:
                    why = _words(error)
                backoff.stood(self._standing.stood_s())
                if refused:
                    self._standing.refused(refused)
                    await asyncio.sleep(backoff.around(settings.retry_refused_s))
                else:
                    self._standing.degraded(why)
                    await asyncio.sleep(backoff.next_s())
        finally:
            self._standing.stopped()

    def _connect(self) -> connect:
        settings = self._settings
        headers = {"Authorization": f"Bearer {self._token.reveal()}"} if self._token else None
        return _Connect(
            settings.url,
            additional_headers=headers,
            ssl=self._tls,
            proxy=None,
            compression="deflate" if settings.compression else None,
            open_timeout=settings.connect_timeout_s,
            ping_interval=settings.ping_s,
            ping_timeout=settings.ping_s,
            close_timeout=1,
            max_size=settings.max_message_bytes,
            max_queue=16,
        )

    def _frame(self, data: bytes) -> Frame:
        self._count += 1
        frame = Frame(data=cut(data), received_at=self._clock.now(), position=self._count)
        self._standing.took(frame)
        return frame


def _words(error: Exception) -> str:
    """Why it ended, without the peer's own text: that is not ours to print."""
    closed = getattr(error, "rcvd", None) or getattr(error, "sent", None)
    if closed is not None:
        return f"closed with code {closed.code}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
