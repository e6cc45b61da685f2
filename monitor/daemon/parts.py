"""The tasks that the daemon is made of. One that dies takes the daemon with it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


class Parts:
    """Runs them, by name."""

    def __init__(self) -> None:
        self.failed = False  # a part that must not die has died
        self.ended = asyncio.Event()  # somebody wants the end, or a part died
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def run(self, part: Coroutine[Any, Any, None], name: str) -> None:
        """Start one."""
        self._tasks[name] = asyncio.create_task(self._watched(part, name), name=name)

    async def finished(self, name: str) -> None:
        """Wait until a part has come to its end by itself."""
        if name in self._tasks:
            await asyncio.gather(self._tasks[name], return_exceptions=True)

    async def cancel(self) -> None:
        """End all of them."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _watched(self, part: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await part
        except Exception:  # whatever it is, the daemon must not go on without the part
            log.critical("a part died", part=name, exc_info=True)
            self.failed = True
            self.ended.set()
