"""What is on the other side of a transport that is measured: brokers, doors, child processes."""

from __future__ import annotations

import asyncio
import os
import pathlib
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from monitor.clock import FastClock
from monitor.sources.doors import Doors


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def other_core() -> None:
    """In a child: off the core that is measured, where there is another."""
    if hasattr(os, "sched_setaffinity"):
        left = set(range(os.cpu_count() or 1)) - {max(os.sched_getaffinity(0))}
        if left:
            os.sched_setaffinity(0, left)


@asynccontextmanager
async def child(*command: str, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process on the other core, which ends with us."""
    process = await asyncio.create_subprocess_exec(*command, preexec_fn=other_core, **options)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def broker(kind: str, folder: pathlib.Path, port: int) -> AsyncIterator[None]:
    """The service a transport needs, if any, taking connections."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if kind == "mqtt":
        configuration = folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
            f"max_inflight_messages 0\nuser root\nset_tcp_nodelay true\n"
        )
        command = [program("mosquitto"), "-c", str(configuration)]
    elif kind == "redis_stream":
        command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--dir", str(folder)]
    else:
        yield
        return
    async with child(*command, **quiet):
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.02)
                    continue
                writer.close()
                break
        yield


def program(name: str) -> str:
    """Where a service is installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: `apt-get install {name}`")
    return found


@asynccontextmanager
async def door(kind: str, source: Any, port: int) -> AsyncIterator[None]:
    """The daemon's web application, for tools that come to it."""
    if kind != "websocket_server":
        yield
        return
    application = web.Application()
    application.add_routes(Doors([source], FastClock(1.0), open=True).routes())
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()
