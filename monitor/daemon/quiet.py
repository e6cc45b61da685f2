"""Mutes that people asked for at the pages: kept over reloads and restarts, until they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from monitor.alerts.alert import Alert, Change
from monitor.alerts.mutes import Mute, Mutes
from monitor.clock import Clock
from monitor.storage.store import Store

KEPT = "mutes"


class Quiet:
    """People's mutes among those of the config, which `Mutes` holds all together."""

    def __init__(self, mutes: Mutes, store: Store, clock: Clock) -> None:
        self._mutes = mutes
        self._store = store
        self._clock = clock
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
        standing = self._clock.now()
        for name, mute in list(self._asked.items()):
            if mute.until is not None and mute.until.timestamp() <= standing:
                del self._asked[name]
            else:
                self._mutes.add(mute)

    def standing(self) -> Sequence[Mute]:
        """Mutes in force, those of the config too."""
        return self._mutes.standing(self._clock.now())

    def why(self, alert: Alert) -> str:
        """Why nobody would be told if it fired now, where a mute is the reason."""
        now = self._clock.now()
        if not self._mutes.standing(now):
            return ""
        fired = Change(
            at=now,
            key=alert.key,
            rule=alert.rule,
            room=alert.room,
            change="fired",
            episode=alert.episode,
            severity=alert.severity,
        )
        why = self._mutes.why_quiet(fired, now)
        return why if why.startswith("muted") else ""

    def add(self, room: str, rule: str, seconds: float, reason: str, by: str) -> Mute:
        """Tell nobody of a rule in a room for so long. Asked again, it begins anew."""
        mute = Mute(
            name=f"{rule} in {room}",
            reason=reason,
            by=by,
            rooms=(room,),
            rules=(rule,),
            until=datetime.fromtimestamp(self._clock.now() + seconds, UTC),
        )
        self._asked[mute.name] = mute
        self._mutes.add(mute)
        self._keep()
        return mute

    def remove(self, name: str) -> Mute | None:
        """End one; None where there is none. One of the config is back at the next reload."""
        self._asked.pop(name, None)
        self._keep()
        return self._mutes.remove(name)

    def _keep(self) -> None:
        self._store.keep(KEPT, msgspec.json.encode(list(self._asked.values())))
