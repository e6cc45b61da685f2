"""What is known of a room beside its id, for routes and mutes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from monitor.alerts.routes import RoomTag
from monitor.signals.rooms import Floats, Profile, Rooms


def describe(rooms: Rooms, room: str) -> RoomTag:
    """A room as it is now; one that was never heard of is what the config says of it."""
    row = dict.get(rooms.row_of, room)
    return unheard(rooms.profiles, room) if row is None else _tag(rooms, row)


def unheard(profiles: Mapping[str, Profile], room: str) -> RoomTag:
    """A room that has said nothing."""
    profile = profiles.get(room)
    if profile is None:
        return RoomTag(name=room)
    return RoomTag(name=profile.name or room, platform=profile.platform, tier=profile.tier)


def _tag(rooms: Rooms, row: int) -> RoomTag:
    room = rooms.names[row]
    profile = rooms.profiles.get(room)
    live = float(rooms.column("live")[row])
    return RoomTag(
        name=(profile.name if profile else "") or room,
        platform=rooms.platforms[row],
        tier=rooms.tiers[row],
        live=None if live != live else live == 1.0,  # noqa: PLR0124  NaN: nobody knows
        paused=bool(rooms.column("paused")[row] == 1.0),
        session=rooms.sessions[row],
    )


class Tags:
    """Tells what has changed since it was asked last, of the rooms of a shard."""

    def __init__(self) -> None:
        self._told: dict[str, RoomTag] = {}
        self._revision = -1
        self._sessions: list[str | None] = []
        self._state: Floats = np.empty((2, 0))

    def news(self, rooms: Rooms) -> dict[str, RoomTag]:
        """The rooms that are not what they were, as they are now."""
        state = np.array([rooms.column("live"), rooms.column("paused")])[:, : len(rooms)]
        if rooms.revision != self._revision or rooms.sessions != self._sessions:
            rows = list(rooms.row_of.values())
        else:
            same = (state == self._state) | (np.isnan(state) & np.isnan(self._state))
            rows = np.flatnonzero(~same.all(axis=0)).tolist()
        self._revision, self._sessions = rooms.revision, list(rooms.sessions)
        self._state = state
        found = {}
        for row in rows:
            room = rooms.names[row]
            tag = _tag(rooms, row)
            if room and tag != self._told.get(room):
                found[room] = self._told[room] = tag
        return found

    def forget(self, gone: tuple[str, ...]) -> None:
        """These rooms were given up."""
        for room in gone:
            self._told.pop(room, None)
