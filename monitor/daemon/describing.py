"""What is known of a room beside its id, for routes and mutes."""

from __future__ import annotations

from monitor.alerts.routes import RoomTag
from monitor.signals.rooms import Rooms


def describe(rooms: Rooms, room: str) -> RoomTag:
    """A room as it is now; one that was never heard of is what the config says of it."""
    row = dict.get(rooms.row_of, room)
    profile = rooms.profiles.get(room)
    name = (profile.name if profile else "") or room
    if row is None:
        if profile is None:
            return RoomTag(name=name)
        return RoomTag(name=name, platform=profile.platform, tier=profile.tier)
    live = float(rooms.column("live")[row])
    return RoomTag(
        name=name,
        platform=rooms.platforms[row],
        tier=rooms.tiers[row],
        live=None if live != live else live == 1.0,  # noqa: PLR0124  NaN: nobody knows
        paused=bool(rooms.column("paused")[row] == 1.0),
        session=rooms.sessions[row],
    )
