"""The other side of every leaf: a real broker, Redis, WebSocket server or client, pusher, file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
from aiohttp import web
from redis.asyncio import Redis
from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from monitor.clock import ManualClock
from monitor.frames import Frame
from monitor.sources.doors import Doors
from monitor.sources.file import FileSettings
from monitor.sources.mqtt import MqttSettings
from monitor.sources.redis_stream import RedisStreamSettings
from monitor.sources.source import AnsweringSource, Source
from monitor.sources.webhook import WebhookSettings
from monitor.sources.websocket_client import WebsocketClientSettings
from monitor.sources.websocket_server import WebsocketServerSettings
from tests.services import free_port, mosquitto, redis_server

FAST: dict[str, Any] = {
    "name": "door",
    "format": "native",
    "retry_s": 0.02,
    "retry_most_s": 0.1,
    "retry_refused_s": 0.1,
}
CLOCK = ManualClock()


class Reading:
    """Reads a source in a task of its own, like the intake does; `hold` makes it stop reading."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.frames: list[Frame] = []
        self.read_on = asyncio.Event()
        self.read_on.set()
        self.task = asyncio.create_task(self._read())

    @property
    def data(self) -> list[bytes]:
        return [frame.data for frame in self.frames]

    def hold(self) -> None:
        self.read_on.clear()

    async def _read(self) -> None:
        async with aclosing(self.source.frames()) as frames:
            async for frame in frames:
                self.frames.append(frame)
                if isinstance(self.source, AnsweringSource):
                    self.source.answer(frame.position, 1, [])
                await self.read_on.wait()

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})

    async def __aenter__(self) -> Reading:
        return self

    async def __aexit__(self, *args: object) -> None:
        await self.stop()
        if not self.task.cancelled() and self.task.exception() is not None:
            raise self.task.exception()


class Broker:
    """A mosquitto and somebody who publishes with QoS 1."""

    keeps = True
    comes = False

    def __init__(self, service: Any) -> None:
        self._service = service

    @staticmethod
    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[Broker]:
        with mosquitto(folder) as service:
            yield Broker(service)

    def settings(self, **changes: Any) -> MqttSettings:
        broker = f"mqtt://127.0.0.1:{self._service.port}"
        return MqttSettings(**{**FAST, "broker": broker, "topic": "rooms/#", **changes})

    async def start(self) -> None:
        await self._service.start()

    async def stop(self) -> None:
        self._service.stop()

    async def send(self, payloads: Sequence[bytes]) -> None:
        async with aiomqtt.Client("127.0.0.1", self._service.port) as client:
            for payload in payloads:
                await client.publish("rooms/a", payload, qos=1)

    async def close(self) -> None:
        pass


class Stream:
    """A Redis and somebody who adds to a stream."""

    keeps = True
    comes = False

    def __init__(self, service: Any) -> None:
        self._service = service

    @staticmethod
    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[Stream]:
        with redis_server(folder) as service:
            yield Stream(service)

    def settings(self, **changes: Any) -> RedisStreamSettings:
        url = f"redis://127.0.0.1:{self._service.port}/0"
        return RedisStreamSettings(**{**FAST, "url": url, "stream": "rooms", **changes})

    def client(self) -> Redis:
        return Redis(port=self._service.port, protocol=2)

    async def start(self) -> None:
        await self._service.start()

    async def stop(self) -> None:
        self._service.kill()

    async def send(self, payloads: Sequence[bytes]) -> None:
        async with self.client() as client:
            for payload in payloads:
                await client.xadd("rooms", {"data": payload})


class Tool:
    """A danmaku tool: a WebSocket server that sends to whoever is connected."""

    keeps = False
    comes = False

    def __init__(self) -> None:
        self.port = free_port()
        self.heard: list[bytes | str] = []
        self.headers: list[Any] = []
        self.max_size = 2**20
        self._server: Server | None = None
        self._somebody = asyncio.Event()

    @staticmethod
    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[Tool]:
        tool = Tool()
        try:
            yield tool
        finally:
            await tool.stop()

    def settings(self, **changes: Any) -> WebsocketClientSettings:
        return WebsocketClientSettings(
            **{**FAST, "url": f"ws://127.0.0.1:{self.port}/live", **changes}
        )

    async def start(self) -> None:
        self._server = await serve(
            self._serve, "127.0.0.1", self.port, compression=None, close_timeout=0.2
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def send(self, payloads: Sequence[bytes]) -> None:
        assert self._server is not None, "it was started"
        async with asyncio.timeout(10):
            await self._somebody.wait()
        for payload in payloads:
            for connection in self._server.connections:
                await connection.send(payload)

    async def _serve(self, connection: ServerConnection) -> None:
        self.headers.append(connection.request.headers)
        self._somebody.set()
        try:
            async for message in connection:
                self.heard.append(message)
        except ConnectionClosed:
            pass
        finally:
            self._somebody.clear()


class Site:
    """The daemon's web application with the doors in it, on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.doors: Doors | None = None
        self._runner: web.AppRunner | None = None

    async def open(self, *leaves: Any, anybody: bool = True, clock: Any = CLOCK) -> None:
        self.doors = Doors(leaves, clock, open=anybody)
        application = web.Application()
        application.add_routes(self.doors.routes())
        self._runner = web.AppRunner(application, shutdown_timeout=1, lingering_time=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def ingest(self) -> str:
        return f"http://127.0.0.1:{self.port}/ingest"

    @property
    def websocket(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ingest"


class Caller:
    """A tool that connects to our WebSocket door."""

    keeps = False
    comes = True

    def __init__(self) -> None:
        self.site = Site()
        self._connection: Any = None

    @staticmethod
    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[Caller]:
        caller = Caller()
        try:
            yield caller
        finally:
            await caller.stop()
            await caller.site.close()

    def settings(self, **changes: Any) -> WebsocketServerSettings:
        return WebsocketServerSettings(**{"name": "door", "format": "native", **changes})

    async def meet(self, source: Source) -> None:
        await self.site.open(source)

    async def start(self) -> None:
        """It comes once there is something to come to."""

    async def stop(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def send(self, payloads: Sequence[bytes]) -> None:
        if self._connection is None:
            self._connection = await connect(self.site.websocket, proxy=None, compression=None)
        for payload in payloads:
            await self._connection.send(payload)


class Pusher:
    """A platform that posts."""

    keeps = False
    comes = True

    def __init__(self) -> None:
        self.site = Site()

    @staticmethod
    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[Pusher]:
        pusher = Pusher()
        try:
            yield pusher
        finally:
            await pusher.site.close()

    def settings(self, **changes: Any) -> WebhookSettings:
        return WebhookSettings(**{"name": "door", "format": "native", **changes})

    async def meet(self, source: Source) -> None:
        await self.site.open(source)

    async def start(self) -> None:
        """It comes once there is something to come to."""

    async def stop(self) -> None:
        pass

    async def send(self, payloads: Sequence[bytes]) -> None:
        headers = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession() as session:
            for payload in payloads:
                async with session.post(self.site.ingest, data=payload, headers=headers) as answer:
                    self.status = answer.status


class Writer:
    """Somebody who recorded a file, a payload a line."""

    keeps = False
    comes = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.touch()

    @staticmethod
    @asynccontextmanager
    async def make(folder: Path) -> AsyncIterator[Writer]:
        yield Writer(folder / "recording.jsonl")

    def settings(self, **changes: Any) -> FileSettings:
        return FileSettings(
            **{"name": "door", "format": "native", "path": str(self.path), "lines": 1, **changes}
        )

    async def start(self) -> None:
        """It has been there all along."""

    async def stop(self) -> None:
        pass

    async def send(self, payloads: Sequence[bytes]) -> None:
        self.path.write_bytes(b"\n".join(payloads) + b"\n")


PEERS = {
    "mqtt": Broker,
    "redis_stream": Stream,
    "websocket_client": Tool,
    "websocket_server": Caller,
    "webhook": Pusher,
    "file": Writer,
}
