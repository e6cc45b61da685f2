"""Live updates: one WebSocket a screen, a snapshot and then what changed.

    server  hello{name, role, open, csrf, server_time, seq, asset_version, limits}
    client  sub{view: "wall"}, or sub{view: "room", room}
    server  snap{seq, …}   delta{seq, base, …} at 2 Hz   evt{seq, base, …} at once
            hb{seq, server_time} each second
    client  resync         where a base is not the seq it has; the answer is a snap

Every frame is encoded once for all who see the same (boards.py); a screen is a cursor. One
that does not read is cut: by the deadline of one send, or because nothing came from it, not
even the answer to a ping, for `SILENT_S`.

    close code   4400 bad message   4401 session ended   4429 too many messages   1001 we stop
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from monitor.alerts.alert import Change
from monitor.clock import Clock
from monitor.console import messages
from monitor.console.access import Access, Caller
from monitor.console.boards import REMEMBERED, Boards
from monitor.console.desk import View
from monitor.console.messages import Resync, Subscribe, encode
from monitor.console.screen import Screen, ScreenGoneError

TURN_S = 0.5
BEAT_S = 1.0
SEND_S = 1.0
SILENT_S = 3.5  # with the second between two beats: cut within 4.5 s
SCREENS = 200


class Feed:
    """Keeps every screen up to date. Belongs to one event loop. `counts` only ever grow.

    `also` is what hello and every beat tell besides (replays/).
    """

    def __init__(
        self,
        desk: View,
        access: Access,
        clock: Clock,
        *,
        asset_version: str,
        also: Callable[[], dict[str, Any]] = dict,
        keep_returned: bool = True,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        send_s: float = SEND_S,
        most: int = SCREENS,
    ) -> None:
        self.counts = {
            "connected": 0,
            "turned_away": 0,
            "cut": 0,
            "bad_messages": 0,
            "snapshots": 0,
            "frames": 0,
        }
        self._desk = desk
        self._access = access
        self._clock = clock
        self._asset_version = asset_version
        self._also = also
        self._wait = wait
        self._send_s = send_s
        self._most = most
        self._boards = Boards(desk, keep_returned=keep_returned)
        self._screens: set[Screen] = set()
        self._looked_at = float("-inf")
        self._beat_at = clock.now()
        self._stopping = False

    @property
    def screens(self) -> int:
        """How many pages are connected."""
        return len(self._screens)

    def all_screens(self) -> Sequence[Screen]:
        """Those that are connected."""
        return list(self._screens)

    async def run(self) -> None:
        """Look twice a second and tell what changed, for ever."""
        self._boards.remember(await self._desk.history(REMEMBERED))
        while True:
            await self._wait(TURN_S)
            self.turn()

    def turn(self) -> None:
        """Look once: a frame for what changed, a beat each second, silent screens cut."""
        if not self._screens:
            return  # what is missed meanwhile is in the first snapshot
        now = self._clock.now()
        self._look(now)
        if now - self._beat_at >= BEAT_S:
            self.beat()
            for screen in self._screens:
                if now - screen.heard_at > SILENT_S:
                    screen.cut("silent")
            self.end_sessions()

    def beat(self) -> None:
        """Tell every screen what time it is, and what else there is to tell."""
        self._beat_at = self._clock.now()
        time, also = self._desk.now(), self._also()
        beats: dict[int, bytes] = {}
        for screen in self._screens:
            seq = (screen.picture or self._boards.whole).seq
            if seq not in beats:
                beats[seq] = encode({"type": "hb", "seq": seq, "server_time": time, **also})
            screen.beat = beats[seq]
            screen.beat_due = True
            screen.wake.set()

    def anew(self, past: Sequence[Change]) -> None:
        """What was shown is no longer so: every screen is sent the whole. `past`: oldest first."""
        fresh = self._boards.anew(past)
        for screen in self._screens:
            if screen.picture is not None:
                screen.picture = fresh[id(screen.picture)]
                screen.seq = -1
        self._look(self._clock.now())
        self._wake()

    def told(self, changes: Sequence[Change]) -> None:
        """Something happened to alerts: every screen hears of it at once."""
        if self._boards.told(changes):
            self._wake()

    def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        """Somebody looked at an alert that is over; None where there is no such alert."""
        change = self._boards.returned.acknowledge(key, episode, by, self._desk.now())
        if change is not None:
            self.told([change])
        return change

    def end_sessions(self) -> None:
        """Close what people have open who may not see it any more."""
        now = self._clock.now()
        for screen in self._screens:
            if not self._access.still(screen.caller, now):
                screen.say_goodbye(4401, "session ended")

    def why_full(self) -> str:
        """Why there is no place for one more screen; empty while there is."""
        if self._stopping:
            return "stopping"
        return f"{self._most} screens are connected" if len(self._screens) >= self._most else ""

    async def welcome(self, request: web.Request, caller: Caller) -> web.WebSocketResponse:
        """Serve one screen until it leaves or is cut."""
        screen = Screen(caller, self._clock.now(), send_s=self._send_s)
        self._screens.add(screen)  # before the first wait, or a burst would pass the limit
        try:
            await screen.open(request)
            self.counts["connected"] += 1
            sender = asyncio.create_task(self._send_all(screen))
            try:
                await self._listen(screen)
            finally:
                sender.cancel()
                with suppress(asyncio.CancelledError):
                    await sender
        except ScreenGoneError:
            pass
        finally:
            self._screens.discard(screen)
            self.counts["cut"] += screen.was_cut
        return screen.socket

    async def aclose(self) -> None:
        """Say goodbye to every screen; each is waited for no longer than one send."""
        self._stopping = True
        for screen in self._screens:
            screen.say_goodbye(1001, "the daemon stops")

    def _look(self, now: float) -> None:
        self._looked_at = now
        if self._boards.look({id(screen.picture) for screen in self._screens}):
            self._wake()

    def _wake(self) -> None:
        for screen in self._screens:
            screen.wake.set()

    async def _send_all(self, screen: Screen) -> None:
        await screen.send(self._hello(screen.caller))
        while screen.goodbye is None:
            await screen.wake.wait()
            screen.wake.clear()
            await self._catch_up(screen)
            if screen.beat_due:
                screen.beat_due = False
                await screen.send(screen.beat)
                await screen.send(b"", WSMsgType.PING)
        await screen.close(*screen.goodbye)

    async def _catch_up(self, screen: Screen) -> None:
        while (picture := screen.picture) is not None and screen.seq != picture.seq:
            frames = None if screen.seq is None else picture.since(screen.seq)
            if frames is None:
                frames = [picture.snapshot(self._desk.now())]
                self.counts["snapshots"] += 1
            # Moved before the waits below: what happens meanwhile is found the next time round.
            screen.seq = picture.seq
            for frame in frames:
                await screen.send(frame)
                self.counts["frames"] += 1

    async def _listen(self, screen: Screen) -> None:
        async for message in screen.socket:
            now = self._clock.now()
            screen.heard_at = now
            if message.type is WSMsgType.PONG:
                continue
            if not screen.may_speak(now):
                self.counts["bad_messages"] += 1
                await screen.close(4429, "too many messages")
            elif message.type is WSMsgType.PING:
                await screen.send(message.data, WSMsgType.PONG)
            elif message.type is not WSMsgType.TEXT or not self._take(screen, message.data, now):
                self.counts["bad_messages"] += 1
                await screen.close(4400, "bad message")

    def _take(self, screen: Screen, text: str, now: float) -> bool:
        message = messages.read(text)
        if message is None:
            return False
        if isinstance(message, Resync) and screen.seq is None:
            return True  # it shows nothing that could be behind
        if isinstance(message, Subscribe):
            scope, room = screen.caller.scope, message.room[:600]
            wall = message.view == "wall"
            screen.picture = self._boards.wall(scope) if wall else self._boards.room(room, scope)
        if now - self._looked_at >= TURN_S:
            self._look(now)  # nobody looked while no screen was there
        screen.seq = -1
        screen.wake.set()
        return True

    def _hello(self, caller: Caller) -> bytes:
        about = messages.hello(
            caller,
            now=self._desk.now(),
            seq=self._boards.whole.seq,
            asset_version=self._asset_version,
            timezone=self._desk.timezone,
            screens=self._most,
        )
        return encode(about | self._also())
