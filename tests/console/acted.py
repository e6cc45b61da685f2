"""A desk with acted rooms, and the console mounted on a real aiohttp app on a free port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiohttp import web

from monitor.alerts.alert import Alert, Change, Notice
from monitor.alerts.mutes import Mute
from monitor.alerts.oncall import Duty
from monitor.alerts.policies import Standing
from monitor.clock import Clock, ManualClock
from monitor.console import server
from monitor.console.access import Access
from monitor.console.assets import Assets
from monitor.console.desk import SegmentName
from monitor.console.feed import Feed
from monitor.console.person import Person
from monitor.console.replays.deck import Deck, Kitchen
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.script import DEFAULT_S
from monitor.signals.tail import Said
from monitor.signals.timeline import Moment
from monitor.signals.views import RoomView
from monitor.storage.audit import Deed

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
        self.muted: dict[str, Mute] = {}
        self.done: list[Deed] = []
        self.duties: list[Duty] = []
        self.standing: list[Standing] = []
        self.undelivered: list[tuple[Notice, str]] = []
        self.moments: dict[str, list[Moment]] = {}
        self.said: dict[str, list[Said]] = {}
        self.details: dict[str, dict[str, Any]] = {}  # fields of a room's detail, by room
        self.feed: Feed | None = None
        self.timezone = "Asia/Shanghai"
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def rooms(self) -> Sequence[RoomView]:
        return list(self.views.values())

    def alerts(self) -> Sequence[Alert]:
        return list(self.open.values())

    def health(self) -> dict[str, Any]:
        return {"sources": {}, "degraded": [], "channels": {}, "engine": {}, "store": {}}

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        if rule != "a":
            return f"unknown rule `{rule}`"
        return Explanation(
            rule=rule, kind="threshold", where=f"{room}|{sku}", state="quiet", unknown=False,
            since=None, answer="false", missing=["online > 9 (online is 3)"],
        )  # fmt: skip

    async def look(self, room: str) -> RoomDetail | None:
        return self.detail(room)

    def detail(self, room: str) -> RoomDetail | None:
        view = self.views.get(room)
        if view is None:
            return None
        fields = {
            "room": room,
            "at": self.now() // 10 * 10,
            "every_s": 10,
            "heads": {"online": None if view.online is None else float(view.online)},
            "past": {"online": [None] * 180},
            "band": ([None] * 180, [None] * 180),
            "moments": self.moments.get(room, []),
            "cycles": [],
            "comments": self.said.get(room, []),
            "funnel": [],
            "sources": [],
            "limits": dict(DEFAULT_S),
        }
        return RoomDetail(**(fields | self.details.get(room, {})))

    def on_call(self) -> tuple[Sequence[Duty], Sequence[Standing]]:
        return self.duties, self.standing

    def mutes(self) -> Sequence[Mute]:
        return list(self.muted.values())

    async def history(self, limit: int, text: str = "") -> list[Change]:
        found = [change for change in self.changes if text in f"{change.room} {change.summary}"]
        return found[-limit:][::-1]

    async def deeds(self, limit: int) -> list[Deed]:
        return self.done[-limit:][::-1]

    async def dead(self, limit: int) -> list[tuple[Notice, str]]:
        return self.undelivered[:limit]

    def cue(self, room: str, segment: SegmentName, by: str) -> None:
        self.move(room, segment=segment, segment_s=0.0, segment_limit_s=DEFAULT_S.get(segment))
        self._moment(room, Moment(self.now(), "segment", segment))
        self._did("cued", room, segment, by)

    def mark(self, room: str, text: str, by: str) -> None:
        self._moment(room, Moment(self.now(), "mark", text, by))
        self._did("marked", room, text, by)

    def mute(self, wanted: Mute, seconds: float) -> Mute:
        until = datetime.fromtimestamp(self.now() + seconds, UTC)
        (room,), (rule,), reason, by = wanted.rooms, wanted.rules, wanted.reason, wanted.by
        mute = msgspec.structs.replace(wanted, name=f"{rule} {room}", until=until)
        self.muted[mute.name] = mute
        for key, alert in self.open.items():
            if (alert.room, alert.rule) == (room, rule):
                self.open[key] = msgspec.structs.replace(alert, quiet=f"muted: {reason} ({by})")
        self._did("muted", room, rule, by)
        return mute

    def note(self, by: str, did: str, about: str) -> None:
        self._did(did, "", about, by)

    def unmute(self, name: str, by: str) -> bool:
        mute = self.muted.pop(name, None)
        if mute is not None:
            self._did("unmuted", mute.rooms[0], mute.rules[0], by)
        return mute is not None

    def say(self, room: str, text: str, user: str = "momo", **fields: Any) -> None:
        """Somebody writes a comment."""
        said = self.said.setdefault(room, [])
        at = fields.pop("at", self.now())
        said.append(Said(len(said) + 1, at, user, text, **fields))

    def _moment(self, room: str, moment: Moment) -> None:
        self.moments[room] = [*self.moments.get(room, []), moment]

    def _did(self, did: str, room: str, about: str, by: str) -> None:
        self.done.append(Deed(at=self.now(), by=by, did=did, room=room, about=about))

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
            values=alert.values,
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
        self.assets: Assets | None = None
        self.kitchen: Kitchen | None = None
        self.feed: Feed
        self.deck: Deck
        self._running = running
        self._runner: web.AppRunner | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; a second time on the same port as before."""
        app = web.Application()
        console = server.mount(app, self.desk, self.access, self.clock, self.assets, self.kitchen)
        self.feed = self.desk.feed = console.feed
        self.deck = console.deck
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
    assets: Assets | None = None,
    kitchen: Kitchen | None = None,
) -> AsyncIterator[House]:
    """A console with these rooms; with tokens unless told otherwise."""
    clock = clock or ManualClock()
    it = House(ActedDesk(clock, rooms), access or Access(PEOPLE), clock, running=running)
    it.assets = assets
    it.kitchen = kitchen
    await it.start()
    try:
        yield it
    finally:
        await it.stop()
