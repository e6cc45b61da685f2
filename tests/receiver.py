"""A real HTTP receiver on a free port that answers as its script says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web


@dataclass
class Request:
    """What was sent to it."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Reply:
    """What it answers; `hang` never does, `reset` cuts the connection instead."""

    status: int = 200
    json: Any = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    reset: bool = False


class Receiver:
    """`script` is used up one by one, then `always` answers."""

    def __init__(self) -> None:
        self.script: list[Reply] = []
        self.always = Reply(json={"ok": True})
        self.requests: list[Request] = []
        self.leaving = asyncio.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append(
            Request(request.path, dict(request.query), dict(request.headers), body)
        )
        reply = self.script.pop(0) if self.script else self.always
        if reply.hang:
            await self.leaving.wait()
        if reply.reset:
            assert request.transport is not None
            request.transport.abort()
        if reply.text is not None:
            return web.Response(status=reply.status, text=reply.text, headers=reply.headers)
        return web.json_response(reply.json, status=reply.status, headers=reply.headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        receiver.leaving.set()
        await runner.cleanup()
