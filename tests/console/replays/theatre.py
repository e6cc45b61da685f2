"""A console with recordings, and what a page of a replay sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from monitor.console.access import Access
from monitor.console.replays.replaying import Replaying
from tests.console.acted import PEOPLE, TOKENS, House, house
from tests.console.replays.made import evening, kitchen, write


@asynccontextmanager
async def playing(tmp_path: Path, *names: str) -> AsyncIterator[House]:
    """A console with recordings."""
    for name in names or ("a.jsonl.gz",):
        write(tmp_path / "recordings", name, evening())
    async with house(access=Access(PEOPLE), kitchen=kitchen(tmp_path)) as it:
        yield it


async def opened(it: House, name: str = "a.jsonl.gz") -> Replaying:
    found = await it.deck.open(name, "李敏")
    assert isinstance(found, Replaying)
    await until(lambda: found.about().survey is not None or found.about().failed)
    return found


async def until(holds: Callable[[], Any]) -> None:
    """Wait for what happens in another process."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - nothing here is told of it
            await asyncio.sleep(0.02)


@asynccontextmanager
async def screen(it: House, replay: str, role: str = "operator", **sub: str) -> AsyncIterator[Any]:
    """A page's socket on a replay; gives a function that waits for a frame."""
    headers = {"Authorization": f"Bearer {TOKENS[role]}"}
    async with (
        aiohttp.ClientSession(it.origin, headers=headers) as session,
        session.ws_connect(f"/ws?replay={replay}") as ws,
    ):

        async def frame_that(holds: Any) -> dict[str, Any]:
            while True:
                frame: dict[str, Any] = await ws.receive_json(timeout=20)
                if holds(frame):
                    return frame

        await frame_that(lambda frame: frame["type"] == "hello")
        await ws.send_json({"type": "sub", "view": "wall"} | sub)
        yield frame_that
