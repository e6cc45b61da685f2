"""The replays that are open, shared by all who look.

One that nobody has looked at for `LEFT_S` is closed. There are at most `MOST`: whoever wants
one more is told who has them open.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog
from msgspec import Struct

from monitor.clock import Clock
from monitor.console.access import Access
from monitor.console.replays import recordings
from monitor.console.replays.player import Recipe
from monitor.console.replays.recordings import Recording
from monitor.console.replays.replaying import About, Replaying
from monitor.mood.phrases import Phrases
from monitor.rules.parameters import Override
from monitor.signals.rooms import Profile
from monitor.signals.tables import Settings

MOST = 3
LEFT_S = 120.0
WORKER = (sys.executable, "-m", "monitor.console.replays.worker")

log = structlog.get_logger()


class Kitchen(Struct, frozen=True, kw_only=True):
    """What every recording is played with, and where recordings are."""

    folders: Sequence[Path] = ()
    rules: Path = Path("rules")
    overrides: Sequence[Override] = ()
    profiles: Sequence[Profile] = ()
    core: Settings = Settings()
    phrases: Phrases = Phrases()


class Deck:
    """All replays that are open."""

    def __init__(
        self,
        kitchen: Kitchen,
        access: Access,
        clock: Clock,
        *,
        asset_version: str,
        timezone: str,
        command: Sequence[str] = WORKER,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`command` starts a worker; `wait` is for tests."""
        self.kitchen = kitchen
        self._access = access
        self._clock = clock
        self._version = asset_version
        self._timezone = timezone
        self._command = command
        self._wait = wait
        self._open: dict[str, Replaying] = {}
        self._opening = asyncio.Lock()

    async def recordings(self) -> list[Recording]:
        """What can be played."""
        return await asyncio.to_thread(recordings.every, self.kitchen.folders)

    def open_ones(self) -> list[About]:
        """What is being played."""
        return [each.about() for each in self._open.values()]

    def find(self, id: str) -> Replaying | None:  # noqa: A002 - the replay's own name
        return self._open.get(id)

    async def open(self, name: str, by: str) -> Replaying | str:
        """Play a recording; why not, where it can not be. One that is open already is shared."""
        async with self._opening:
            for each in self._open.values():
                if each.name == name and not each.about().failed:
                    return each
            path = await asyncio.to_thread(recordings.find, self.kitchen.folders, name)
            if path is None:
                return "no such recording"
            await self._sweep()
            if len(self._open) >= MOST:
                who = ", ".join(sorted({each.by for each in self._open.values()}))
                return f"{MOST} replays are open already (by {who}): close one"
            kitchen = self.kitchen
            recipe = Recipe(
                path=str(path),
                rules=str(kitchen.rules),
                overrides=list(kitchen.overrides),
                timezone=self._timezone,
                profiles=list(kitchen.profiles),
                core=kitchen.core,
                phrases=kitchen.phrases,
            )
            replaying = Replaying(
                name, by, self._timezone, self._access, self._clock, self._version
            )
            try:
                await replaying.start(recipe, self._command)
            except OSError as error:
                return f"no process can be started: {error.strerror}"
            self._open[replaying.id] = replaying
            log.info("replay opened", name=name, by=by)
            return replaying

    async def close(self, id: str) -> bool:  # noqa: A002 - the replay's own name
        """End one; False where there is none of that id."""
        replaying = self._open.pop(id, None)
        if replaying is None:
            return False
        await replaying.aclose()
        log.info("replay closed", name=replaying.name)
        return True

    async def run(self) -> None:
        """Close what nobody looks at, for ever."""
        while True:
            await self._wait(LEFT_S / 10)
            await self._sweep()

    async def _sweep(self) -> None:
        now = self._clock.now()
        for each in list(self._open.values()):
            if each.feed.screens:
                each.left_at = now
            elif now - each.left_at > LEFT_S or each.about().failed:
                await self.close(each.id)

    async def aclose(self) -> None:
        """End all of them."""
        for id_ in list(self._open):
            await self.close(id_)
