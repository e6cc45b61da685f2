"""The daemon as a process of its own: started as people start it, and killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from tests.daemon.ground import Ground
from tests.services import until

ROOT = Path(__file__).parents[2]


class Process:
    """`python -m monitor run`, with its log in a file."""

    def __init__(self, ground: Ground, errors: int | None = None) -> None:
        self.log = ground.folder / "log"
        self._heard = len(self.log.read_text("utf-8").splitlines()) if self.log.exists() else 0
        with self.log.open("ab") as file:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "monitor", "run", "--config", str(ground.folder / "config")],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=file if errors is None else errors,
                env={k: v for k, v in os.environ.items() if k != "STATE_DIRECTORY"},
            )
        self.url = ""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What this process logged: a line that is no JSON is `event`."""
        lines = self.log.read_text("utf-8").splitlines()[self._heard :]
        return [
            msgspec.json.decode(line) if line.startswith("{") else {"event": line} for line in lines
        ]

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    async def started(self) -> None:
        await until(lambda: self.logged("started") or self.child.poll() is not None, 60)
        assert self.child.poll() is None, self.log.read_text("utf-8")
        self.url = self.logged("started")[0]["url"]

    def signal(self, number: signal.Signals) -> None:
        self.child.send_signal(number)

    async def ended(self, within_s: float) -> int:
        """Its exit status."""
        async with asyncio.timeout(within_s):
            return await asyncio.to_thread(self.child.wait)

    async def get(self, path: str, session: aiohttp.ClientSession) -> Any:
        async with session.get(self.url + path) as answer:
            return msgspec.json.decode(await answer.read())

    async def metric(self, name: str, session: aiohttp.ClientSession) -> float | None:
        async with session.get(self.url + "/metrics") as answer:
            for line in (await answer.text()).splitlines():
                if line.startswith(f"{name} "):
                    return float(line.rpartition(" ")[2])
        return None


@asynccontextmanager
async def process(ground: Ground, errors: int | None = None) -> AsyncIterator[Process]:
    """A daemon that has started; killed at the end of the block if it is still there."""
    made = Process(ground, errors)
    try:
        if errors is None:
            await made.started()
        yield made
    finally:
        if made.child.poll() is None:
            made.child.kill()
        made.child.wait(10)


def comments(room: str, count: int, now: float, first: int = 0) -> list[dict[str, Any]]:
    """Comments of different people, just now."""
    return [
        {
            "type": "comment",
            "room": room,
            "id": f"{room}-{number}",
            "at": now,
            "user": f"u{number}",
            "text": "好",
        }
        for number in range(first, first + count)
    ]
