"""Quiet that people asked for: kept over reloads and restarts, until it ends; and all quiet
as the log tells it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import structlog
from msgspec.structs import replace

from monitor.alerts.alert import Alert
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.mutes import MUTED, Mute
from monitor.alerts.routes import Describe
from monitor.clock import Clock
from monitor.patterns import ANY
from monitor.storage.store import Store

KEPT = "mutes"
LOOK_S = 1.0

log = structlog.get_logger()


class Quiet:
    """People's mutes among those of the config, which `Mutes` holds all together."""

    def __init__(self, dispatch: Dispatch, store: Store, clock: Clock, describe: Describe) -> None:
        self._dispatch = dispatch
        self._mutes = dispatch.mutes
        self._store = store
        self._clock = clock
        self._describe = describe
        self._asked: dict[str, Mute] = {}

    async def take_up(self) -> None:
        """Go on with those of before the restart."""
        kept = await self._store.kept(KEPT)
        self._asked = {
            mute.name: mute for mute in msgspec.json.decode(kept or b"[]", type=list[Mute])
        }
        self.put_back()

    def put_back(self) -> None:
        """The config was read anew: its mutes have taken the place of all."""
        now = self._clock.now()
        for name, mute in list(self._asked.items()):
            if mute.until is not None and mute.until.timestamp() <= now:
                del self._asked[name]
            else:
                self._mutes.add(mute)

    async def run(self) -> None:
        """Log what became quiet, and forget what is over; until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """What dispatch found since this was asked last."""
        while self._dispatch.hushed:
            change, why = self._dispatch.hushed.popleft()
            log.info("alert quiet", rule=change.rule, room=change.room, sku=change.sku, why=why)
        forgotten = False
        while self._dispatch.ended:
            ended = self._dispatch.ended.popleft()
            log.info("mute ended", mute=ended.mute.name, why=ended.why, firing=len(ended.firing))
            if self._asked.get(ended.mute.name) == ended.mute:
                del self._asked[ended.mute.name]
                forgotten = True
        if forgotten:
            self._keep()

    def standing(self) -> Sequence[Mute]:
        """Mutes in force, those of the config too."""
        return self._mutes.standing(self._clock.now())

    def why(self, alert: Alert) -> str:
        """Why nobody would be told if it fired now, where a mute is the reason."""
        now = self._clock.now()
        if not self._mutes.standing(now):
            return ""
        why = self._mutes.why_quiet(alert.as_fired(), now, self._describe(alert.room))
        return why if why.startswith(MUTED) else ""

    def add(self, wanted: Mute, seconds: float) -> Mute:
        """Tell nobody of what it names for so long. Asked again, it begins anew.

        One for a session begins in the session that its room is in now.
        """
        now = self._clock.now()
        mute = replace(
            wanted,
            name=name(wanted),
            start=datetime.fromtimestamp(now, UTC),
            until=datetime.fromtimestamp(now + seconds, UTC),
            heard=self._describe(wanted.rooms[0]).session if wanted.session else None,
        )
        self._asked[mute.name] = mute
        self._mutes.add(mute)
        self._keep()
        return mute

    def remove(self, name: str, by: str) -> Mute | None:
        """End one; None where there is none. One of the config is back at the next reload."""
        self._asked.pop(name, None)
        self._keep()
        return self._mutes.remove(name, f"ended by {by}")

    def _keep(self) -> None:
        self._store.keep(KEPT, msgspec.json.encode(list(self._asked.values())))


def name(mute: Mute) -> str:
    """What a mute that somebody asks for is called: by what it names."""
    more = [
        ", ".join(patterns)
        for patterns in (mute.products, mute.platforms, mute.tiers)
        if patterns != ANY
    ]
    more += mute.severities
    return " · ".join([f"{', '.join(mute.rules)} in {', '.join(mute.rooms)}", *more])
