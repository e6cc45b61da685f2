"""One recording that is being played: a worker process, and the feed that shows what it says.

A page asks for `/ws?replay=ID` and is fed as it always is, only that the rooms, the alerts
and the time are those of the recording.
"""

from __future__ import annotations

import asyncio
import secrets
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from monitor.alerts.alert import Alert, Change, Severity
from monitor.clock import Clock
from monitor.console.access import Access
from monitor.console.feed import TURN_S, Feed
from monitor.console.replays.player import Recipe, Survey
from monitor.console.replays.worker import Command, Shown
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView

SCREENS = 50  # of one replay
MARKS = 100  # alerts on its strip, the latest
LINE_BYTES = 16 * 1024 * 1024  # what a worker may tell at once
GOODBYE_S = 2.0

log = structlog.get_logger()


class About(Struct, frozen=True, kw_only=True):
    """One open replay, as the pages are told of it."""

    id: str
    name: str
    by: str
    now: float
    playing: bool
    speed: float
    busy: float | None
    failed: str
    survey: Survey | None
    screens: int
    marks: list[tuple[float, Severity]]  # when alerts fired, as far as it has been played


class Replaying:
    """One recording that is being played. It is the View of its own feed."""

    def __init__(
        self, name: str, by: str, timezone: str, access: Access, clock: Clock, version: str
    ) -> None:
        self.id = secrets.token_urlsafe(9)
        self.name = name
        self.by = by
        self.timezone = timezone
        self.left_at = clock.now()  # when a screen was last there
        self.feed = Feed(
            self,
            access,
            clock,
            asset_version=version,
            also=self._also,
            keep_returned=False,
            most=SCREENS,
        )
        self._shown = Shown(busy=0.0)
        self._survey: Survey | None = None
        self._marks: deque[tuple[float, Severity]] = deque(maxlen=MARKS)
        self._watched: dict[str, float] = {}  # room → when its page last asked
        self._clock = clock
        self._process: Process | None = None
        self._tasks: list[asyncio.Task[None]] = []

    # ── what its feed shows ───────────────────────────────────────────────────

    def now(self) -> float:
        return self._shown.now

    def rooms(self) -> Sequence[RoomView]:
        return self._shown.rooms

    def alerts(self) -> Sequence[Alert]:
        return self._shown.alerts

    def detail(self, room: str) -> RoomDetail | None:
        fresh = room not in self._watched
        self._watched[room] = self._clock.now()
        if fresh:
            self._tell(Command(watch=list(self._watched)))
        return self._shown.details.get(room)

    async def history(self, limit: int, text: str = "") -> list[Change]:
        return []  # what happened before comes with the first frame

    def about(self) -> About:
        shown = self._shown
        return About(
            id=self.id,
            name=self.name,
            by=self.by,
            now=shown.now,
            playing=shown.playing,
            speed=shown.speed,
            busy=shown.busy,
            failed=shown.failed,
            survey=self._survey,
            screens=self.feed.screens,
            marks=list(self._marks),
        )

    def _also(self) -> dict[str, Any]:
        return {"replay": self.about()}

    # ── its process ───────────────────────────────────────────────────────────

    async def start(self, recipe: Recipe, command: Sequence[str]) -> None:
        """Have a worker play it. Returns once it runs."""
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            limit=LINE_BYTES,
            start_new_session=True,  # what interrupts the daemon lets it close us in good order
        )
        self._write(recipe.line())
        self._tasks = [
            asyncio.create_task(self._listen(), name=f"replay {self.id}"),
            asyncio.create_task(self.feed.run(), name=f"replay feed {self.id}"),
        ]

    def obey(self, command: Command) -> None:
        """Play, pause, go faster, go elsewhere."""
        self._tell(command)

    async def aclose(self) -> None:
        """Send its screens away and end the worker."""
        await self.feed.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()  # it ends by itself
        try:
            async with asyncio.timeout(GOODBYE_S):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def _tell(self, command: Command) -> None:
        self._write(msgspec.json.encode(command))

    def _write(self, line: bytes) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        assert self._process.stdin is not None
        with suppress(ConnectionError):
            self._process.stdin.write(line + b"\n")

    async def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        decode = msgspec.json.Decoder(Shown).decode
        try:
            async for line in self._process.stdout:
                self._take(decode(line))
        except Exception:  # one replay must not take the others down: its pages say that it broke
            log.error("a replay broke", name=self.name, exc_info=True)
        if not self._shown.failed:
            log.error("a replay's worker ended", name=self.name)
            self._shown.failed = "the player ended"
            self.feed.beat()

    def _take(self, shown: Shown) -> None:
        """What the worker shows now; while it is on its way elsewhere, what was shown stays."""
        before = self._shown
        self._survey = shown.survey or self._survey
        if shown.busy is not None or shown.failed:
            shown.rooms, shown.alerts, shown.details = before.rooms, before.alerts, before.details
        self._shown = shown
        if shown.anew:
            self._marks.clear()
        for change in shown.changes:
            if change.change == "fired":
                self._marks.append((change.at, change.severity))
        if shown.anew:
            self.feed.anew(shown.changes)
        elif shown.changes:
            self.feed.told(shown.changes)
        self.feed.turn()
        if _differs(before, shown):
            self.feed.beat()
        self._forget_unwatched()

    def _forget_unwatched(self) -> None:
        long_ago = self._clock.now() - 10 * TURN_S
        gone = [room for room, at in self._watched.items() if at < long_ago]
        for room in gone:
            del self._watched[room]
        if gone:
            self._tell(Command(watch=list(self._watched)))


def _differs(before: Shown, after: Shown) -> bool:
    return (before.playing, before.speed, before.busy, before.failed) != (
        after.playing, after.speed, after.busy, after.failed,
    ) or after.survey is not None or after.anew  # fmt: skip
