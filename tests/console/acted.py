"""A desk with acted rooms, and the console mounted on a real aiohttp app on a free port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

from monitor.alerts.alert import Alert, Change
from monitor.clock import Clock, ManualClock
from monitor.console import server
from monitor.console.access import Access, Person
from monitor.console.feed import Feed
from monitor.signals.views import RoomView

PEOPLE = (
    Person("wall-1", "viewer", "token-of-the-wall"),
    Person("李敏", "operator", "token-of-limin-口令"),
    Person("root", "admin", "token-of-root"),
)
TOKENS = {person.role: person.token for person in PEOPLE}


class ActedDesk:
    """Holds rooms and alerts in memory, and tells the feed what happens to them."""

    def __init__(self, clock: Clock, rooms: Sequence[RoomView] = ()) -> None:
        self.views = {view.room: view for view in rooms}
        self.open: dict[str, Alert] = {}
        self.changes: list[Change] = []
        self.feed: Feed | None = None
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def rooms(self) -> Sequence[RoomView]:
        return list(self.views.values())

    def alerts(self) -> Sequence[Alert]:
        return list(self.open.values())

    def health(self) -> dict[str, Any]:
        return {"sources": []}

    async def history(self, limit: int) -> list[Change]:
        return self.changes[-limit:][::-1]

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        alert = self.open.get(key)
        if alert is None or alert.episode != episode:
            return None
        for change in self.changes:
            if (change.key, change.episode, change.change) == (key, episode, "acked"):
                return change
        self.open[key] = msgspec.structs.replace(alert, acked_at=self.now(), acked_by=by)
        return self._told(self.open[key], "acked", by)

    def fire(self, room: str, rule: str, **fields: Any) -> Alert:
        """An alert begins to fire."""
        key = f"{rule}|{room}"
        episode = 1 + sum(
            1 for change in self.changes if (key, "fired") == (change.key, change.change)
        )
        fields = {"severity": "critical", "since": self.now(), "fired_at": self.now()} | fields
        alert = Alert(key=key, rule=rule, room=room, state="firing", episode=episode, **fields)
        self.open[key] = alert
        self._told(alert, "fired")
        return alert

    def resolve(self, key: str) -> None:
        """An alert is over."""
        self._told(self.open.pop(key), "resolved")

    def move(self, room: str, **fields: Any) -> None:
        """A room's figures are now these."""
        self.views[room] = msgspec.structs.replace(self.views[room], **fields)

    def _told(self, alert: Alert, kind: Any, by: str = "") -> Change:
        change = Change(
            at=self.now(),
            key=alert.key,
            rule=alert.rule,
            room=alert.room,
            change=kind,
            episode=alert.episode,
            severity=alert.severity,
            summary=alert.summary,
            since=alert.since,
            by=by,
        )
        self.changes.append(change)
        if self.feed is not None:
            self.feed.told([change])
        return change


class House:
    """The console on a port of its own. `running` keeps the feed's own task going."""

    def __init__(
        self, desk: ActedDesk, access: Access, clock: Clock, *, running: bool = False
    ) -> None:
        self.desk = desk
        self.access = access
        self.clock = clock
        self.port = 0
        self.feed: Feed
        self._running = running
        self._runner: web.AppRunner | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; a second time on the same port as before."""
        app = web.Application()
        self.feed = self.desk.feed = server.mount(app, self.desk, self.access, self.clock)
        self._runner = web.AppRunner(app, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        self.access.allow_origin(self.origin)
        if self._running:
            self._task = asyncio.create_task(self.feed.run())

    async def stop(self) -> None:
        """Stop listening and send the screens away."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        assert self._runner is not None
        await self._runner.cleanup()


@asynccontextmanager
async def house(
    *rooms: RoomView,
    access: Access | None = None,
    clock: Clock | None = None,
    running: bool = False,
) -> AsyncIterator[House]:
    """A console with these rooms; with tokens unless told otherwise."""
    clock = clock or ManualClock()
    it = House(ActedDesk(clock, rooms), access or Access(PEOPLE), clock, running=running)
    await it.start()
    try:
        yield it
    finally:
        await it.stop()
