"""What the control room costs: a server with many screens, a stuck screen, a browser with 60 rooms.

The console runs here on acted rooms whose figures move twice a second, the screens in a
process of their own, so that the processor time of this one is the server's alone. The
browser is measured where Playwright and a Chromium are.
"""

from __future__ import annotations

import asyncio
import random
import resource
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import ClientSession, web
from msgspec import Struct

from monitor.alerts.alert import WORST_FIRST, Alert, Change, Notice
from monitor.alerts.mutes import Mute
from monitor.alerts.oncall import Duty
from monitor.alerts.policies import Standing
from monitor.clock import SystemClock, steady
from monitor.console.access import Access
from monitor.console.desk import SegmentName
from monitor.console.feed import TURN_S, Feed
from monitor.console.server import mount
from monitor.signals.detail import RoomDetail
from monitor.signals.views import ProductView, RoomView
from monitor.storage.audit import Deed


class Figures(Struct, kw_only=True):
    """Processor shares are of one core; a browser that is not here reads None."""

    rooms: int
    screens: int
    seconds: float
    server_share: float
    server_share_per_200_screens: float
    kilobytes_per_s_a_screen: float
    stuck_cut_after_s: float | None
    stuck_unsent_bytes: int | None  # the most that waited for it, in the process and the kernel
    browser: dict[str, Any] | None


class Goal(Struct, frozen=True):
    """A figure that is held to something; `value` is None where it could not be measured."""

    what: str
    value: float | None
    most: float
    unit: str

    @property
    def holds(self) -> bool:
        return self.value is not None and self.value <= self.most


def goals(figures: Figures) -> list[Goal]:
    """What the console promises, and what it was."""
    seen = figures.browser or {}
    heaps = seen.get("heap_mb") or []
    grown = round(max(heaps[-3:]) - max(heaps[:3]), 2) if heaps else None
    nodes = seen.get("nodes") or []
    return [
        Goal(f"server, {figures.screens} screens", figures.server_share, 0.10, "of a core"),
        Goal("server, 200 screens", figures.server_share_per_200_screens, 0.10, "of a core"),
        Goal("stuck screen, waiting", figures.stuck_unsent_bytes, 256_000, "bytes"),
        Goal("stuck screen, cut after", figures.stuck_cut_after_s, 5.0, "s"),
        Goal(f"browser, {figures.rooms} rooms at 2 Hz", seen.get("share_of_a_core"), 0.25,
             "of a core"),
        Goal(f"heap, grown in {seen.get('seconds', 0):.0f} s", grown, 1.0, "MB"),
        Goal("nodes, grown", nodes[-1] - nodes[0] if nodes else None, 0, ""),
        Goal("first paint", seen.get("first_paint_ms"), 1_000, "ms"),
        Goal("over the wire until then", seen.get("bytes"), 600_000, "bytes"),
    ]  # fmt: skip


class ActedRooms:
    """A Desk whose rooms move with every look."""

    def __init__(self, rooms: int, clock: SystemClock) -> None:
        self._dice = random.Random(7)
        self._clock = clock
        self._views = [self._room(number) for number in range(rooms)]
        self._turn = 0
        self._alerts = [  # that nobody has acknowledged: their marks blink
            Alert(
                key=f"stock_soon|{view.room}", rule="stock_soon", room=view.room, state="firing",
                episode=1, severity=severity, since=clock.now(), fired_at=clock.now(),
                summary=f"{view.name}:主推款 预计 42 秒后售罄", values={"stock": 58.0},
            )
            for view, severity in zip(self._views[::7], WORST_FIRST, strict=False)
        ]  # fmt: skip
        self.timezone = "Asia/Shanghai"

    def _room(self, number: int) -> RoomView:
        online = self._dice.randint(1_000, 9_000)
        return RoomView(
            room=f"room-{number}",
            name=f"直播间 {number}",
            platform=self._dice.choice(["douyin", "taobao", "kuaishou"]),
            live=True,
            feed_age_s=0.2,
            online=online,
            online_before=online,
            gmv_minor=self._dice.randint(10**7, 10**9),
            goal_minor=10**9,
            conversion=0.03,
            interaction_rate=0.05,
            segment="push",
            segment_s=self._dice.uniform(0, 180),
            segment_limit_s=180.0,
            products=[ProductView(sku="1", title="主推款", stock=100, sellout_s=500.0)],
            online_past=[online] * 60,
            online_band=(round(online * 0.95), round(online * 1.05)),
        )

    def now(self) -> float:
        return self._clock.now()

    def rooms(self) -> Sequence[RoomView]:
        self._turn += 1
        for view in self._views:
            assert view.online is not None
            assert view.gmv_minor is not None
            view.online = max(0, view.online + self._dice.randint(-20, 20))
            view.gmv_minor += self._dice.randint(0, 50_000)
            view.conversion = 0.03 + self._dice.random() / 100
            view.interaction_rate = 0.05 + self._dice.random() / 100
            view.segment_s = ((view.segment_s or 0.0) + TURN_S) % 180.0
            if self._turn % 20 == 0:
                view.online_past = [*view.online_past[1:], view.online]
        return self._views

    async def explain(self, rule: str, room: str, sku: str | None) -> str:
        return "nobody is asked here"

    async def look(self, room: str) -> RoomDetail | None:
        return None

    def detail(self, room: str) -> RoomDetail | None:
        return None

    def alerts(self) -> Sequence[Alert]:
        return self._alerts

    def health(self) -> dict[str, Any]:
        return {}

    def on_call(self) -> tuple[Sequence[Duty], Sequence[Standing]]:
        return [], []

    def mutes(self) -> Sequence[Mute]:
        return []

    async def history(self, limit: int, text: str = "") -> list[Change]:
        return []

    async def deeds(self, limit: int) -> list[Deed]:
        return []

    async def dead(self, limit: int) -> list[tuple[Notice, str]]:
        return []

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        return None

    def cue(self, room: str, segment: SegmentName, by: str) -> None: ...

    def mark(self, room: str, text: str, by: str) -> None: ...

    def mute(self, wanted: Mute, seconds: float) -> Mute:
        return wanted

    def note(self, by: str, did: str, about: str) -> None: ...

    def unmute(self, name: str, by: str) -> bool:
        return False


def measure(rooms: int, screens: int, seconds: float, browser_s: float) -> Figures:
    """All of it, one part after the other."""
    return asyncio.run(_measure(rooms, screens, seconds, browser_s))


async def _measure(rooms: int, screens: int, seconds: float, browser_s: float) -> Figures:
    clock = SystemClock()
    access = Access(open_mode=True)
    app = web.Application()
    feed = mount(app, ActedRooms(rooms, clock), access, clock).feed
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    access.allow_origin(origin)
    running = asyncio.create_task(feed.run())
    try:
        share, received = await _fan_out(origin, screens, seconds)
        cut_after, unsent = await _stuck(feed, origin)
        browser = await _child("browser", origin, rooms, browser_s)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await runner.cleanup()
    return Figures(
        rooms=rooms,
        screens=screens,
        seconds=seconds,
        server_share=round(share, 4),
        server_share_per_200_screens=round(share * 200 / screens, 4),
        kilobytes_per_s_a_screen=round(received / screens / seconds / 1_000, 2),
        stuck_cut_after_s=None if cut_after is None else round(cut_after, 2),
        stuck_unsent_bytes=unsent,
        browser=browser,
    )


async def _child(what: str, origin: str, many: int, seconds: float) -> Any:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "monitor.bench.console_screens", what, origin, str(many),
        str(seconds), stdout=subprocess.PIPE,
    )  # fmt: skip
    out, _ = await child.communicate()
    return msgspec.json.decode(out) if out.strip() else None


async def _fan_out(origin: str, screens: int, seconds: float) -> tuple[float, int]:
    """The share of a core the server takes while all screens listen, and bytes received."""
    child = asyncio.create_task(_child("screens", origin, screens, seconds + 2.0))
    async with ClientSession(origin) as session:
        while not child.done():  # until every screen is there
            async with session.get("/api/health") as answer:
                connected = (await answer.json())["screens"]["screens"]
            if connected >= screens:
                break
            await asyncio.sleep(0.2)
    began, used = steady(), _used()
    await asyncio.sleep(seconds)
    share = (_used() - used) / (steady() - began)
    told = await child
    return share, told["bytes"]


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def _stuck(feed: Feed, origin: str) -> tuple[float | None, int | None]:
    """How long a screen that stops reading lasts, and the most that waited for it."""
    host, port = origin.removeprefix("http://").split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (host, int(port)))
    ask = (
        f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Origin: {origin}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    text = b'{"type":"sub","view":"wall"}'
    frame = bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text  # masked with zeros
    await loop.sock_sendall(raw, ask.encode())
    before = feed.counts["cut"]
    await asyncio.sleep(0.5)
    await loop.sock_sendall(raw, frame)
    began, most = steady(), 0
    try:
        while steady() - began < 30.0:
            held = [screen.waiting + screen.in_kernel for screen in feed.all_screens()]
            most = max([most, *held])
            if feed.counts["cut"] > before:
                return steady() - began, most
            await asyncio.sleep(0.05)
    finally:
        raw.close()
    return None, most
