"""Takes what platforms push over HTTP: queue first, answer at once.

The answer tells what was taken once the decoder has looked, and waits for that no
longer than 80 ms. A full queue is a 503: pushers try again, so nothing is shed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiohttp import web

from monitor.clock import Clock
from monitor.frames import Frame
from monitor.secrets import Secret, resolve
from monitor.sources.source import (
    LARGEST_PAYLOAD,
    Bytes,
    Frames,
    Seconds,
    SourceHealth,
    SourceSettings,
    cut,
)
from monitor.sources.standing import Standing
from monitor.sources.waiting import Waiting

CONTENT_TYPES = frozenset(
    {
        "application/json",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/x-ndjson",
    }
)
ANSWER_WITHIN_S = 0.08


class WebhookSettings(SourceSettings, frozen=True, kw_only=True, tag="webhook"):
    """The token a pusher must send is given in one of the four ways of monitor/secrets.py."""

    token: str = ""
    token_file: str = ""
    token_env: str = ""
    token_credential: str = ""
    origins: tuple[str, ...] = ()  # pages that may post where no token is asked for
    max_frames: Frames = 10_000  # waiting to be read
    max_bytes: Bytes = 32 * 1024 * 1024
    body_timeout_s: Seconds = 10.0  # for a pusher to send its body

    def source(self, clock: Clock) -> Webhook:
        return Webhook(self, clock)


class Receipt:
    """The position of one request's frame, and who waits to hear of it.

    `became` is done with (accepted, rejected), or never.
    """

    __slots__ = ("became",)

    def __init__(self) -> None:
        self.became: asyncio.Future[tuple[int, Sequence[tuple[int | None, str]]]] = (
            asyncio.get_running_loop().create_future()
        )


class Webhook:
    """`doors.py` lets a request in and hands it to `serve`."""

    def __init__(self, settings: WebhookSettings, clock: Clock) -> None:
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
        self._open = False

    @property
    def health(self) -> SourceHealth:
        return self._standing.health

    def window(self) -> int | None:
        return None

    async def acknowledge(self, upto: Any) -> None:
        """The pusher has had its answer."""

    async def frames(self) -> AsyncIterator[Frame]:
        self._open = True
        self._standing.connected("listening")
        try:
            while True:
                yield await self._waiting.take()
        finally:
            self._open = False
            self._waiting.clear()
            self._standing.stopped()

    def answer(
        self, position: Any, accepted: int, rejected: Sequence[tuple[int | None, str]]
    ) -> None:
        if isinstance(position, Receipt) and not position.became.done():
            position.became.set_result((accepted, rejected))

    async def serve(self, request: web.Request) -> web.Response:
        """Take one request's body. Its token has been looked at."""
        if request.content_type not in CONTENT_TYPES or "Content-Encoding" in request.headers:
            self.health.refused += 1
            return problem(415, f"send {', '.join(sorted(CONTENT_TYPES))}, not compressed")
        body = await self._body(request)
        if isinstance(body, web.Response):
            self.health.refused += 1
            return body
        if len(body) > LARGEST_PAYLOAD:
            return self._too_large(body)
        receipt = Receipt()
        frame = Frame(
            data=body,
            received_at=self._clock.now(),
            position=receipt,
            topic=request.content_type,
        )
        if not self._open or not self._waiting.offer(frame):
            self.health.refused += 1
            return problem(503, "full; try again", {"Retry-After": "1"})
        self._standing.took(frame)
        await asyncio.wait({receipt.became}, timeout=ANSWER_WITHIN_S)
        if not receipt.became.done():
            return web.json_response({"queued": True}, status=202)
        accepted, rejected = receipt.became.result()
        reasons = [{"index": index, "reason": reason} for index, reason in rejected]
        return web.json_response({"accepted": accepted, "rejected": reasons}, status=202)

    def _too_large(self, body: bytes) -> web.Response:
        """Refuse it; the decoder sees its beginning, and counts and samples why."""
        self.health.refused += 1
        now = self._clock.now()
        if self._open:
            self._waiting.offer(Frame(data=cut(body), received_at=now, position=None))
        return problem(413, f"more than {LARGEST_PAYLOAD} bytes; send smaller batches")

    async def _body(self, request: web.Request) -> bytes | web.Response:
        """The whole body, or why not. Stops reading once it is too much."""
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._settings.body_timeout_s):
                async for part in request.content.iter_any():
                    size += len(part)
                    parts.append(part)
                    if size > LARGEST_PAYLOAD:
                        break
        except TimeoutError:
            return problem(408, "the body took too long")
        except (web.RequestPayloadError, OSError):
            return problem(400, "the body broke off")
        return b"".join(parts)


def problem(status: int, why: str, headers: dict[str, str] | None = None) -> web.Response:
    """A refusal with its reason as JSON."""
    return web.json_response({"error": why}, status=status, headers=headers)
