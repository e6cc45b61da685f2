"""Where an alert is: the row it has in its scope, its key, and what people call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor.alerts.alert import Alert, Change
from monitor.rules.columns import SEGMENTS
from monitor.rules.scopes import Platforms, Scope
from monitor.signals.place import CODES
from monitor.signals.tables import Tables

ALL_ROOMS = "全部直播间"


class Place(NamedTuple):
    """One row of a scope."""

    room: str = ""
    sku: str | None = None
    segment: str = ""
    platform: str = ""  # where it is all rooms of it
    names: Mapping[str, str] = {}  # for the summary: room, room_name, platform, product

    def key(self, rule: str) -> str:
        if not self.room:
            return f"{rule}||{self.platform}"
        part = self.segment if self.sku is None else self.sku
        return f"{rule}|{self.room}|{part}" if part else f"{rule}|{self.room}"


class Places:
    """The rows of every scope, by what they are."""

    def __init__(self, platforms: Platforms) -> None:
        self._platforms = platforms

    def at(self, tables: Tables, scope: Scope, row: int) -> Place:
        match scope:
            case "platform":
                platform = self._platforms.names[row]
                return Place(platform=platform, names=_named("", platform, platform))
            case "all":
                return Place(names=_named("", ALL_ROOMS, ""))
            case "product":
                products = tables.products
                sku = products.skus[row]
                of_room = _room(tables, int(products.room_of[row]), products.titles[row] or sku)
                return of_room._replace(sku=sku)
            case "segment":
                room, part = divmod(row, len(SEGMENTS))
                return _room(tables, room)._replace(segment=SEGMENTS[part])
        return _room(tables, row)

    def row(self, tables: Tables, scope: Scope, alert: Alert | Change) -> int | None:
        """The row of an alert; None while it is not heard of."""
        if scope == "all":
            return 0
        if scope == "platform":
            return self._platforms.row_of.get(alert.platform)
        room = dict.get(tables.rooms.row_of, alert.room)
        if room is None or scope == "room":
            return room
        if scope == "product":
            return dict.get(tables.products.by_room[room], alert.sku or "")
        return room * len(SEGMENTS) + SEGMENTS.index(alert.segment)

    def named(self, tables: Tables, scope: Scope, room: str, sku: str | None) -> int | None:
        """The row that people mean by a room and a product; None while it is not heard of."""
        if scope == "all":
            return 0
        if scope == "platform":
            return self._platforms.row_of.get(room)
        row = dict.get(tables.rooms.row_of, room)
        if row is None or scope == "room":
            return row
        if scope == "product":
            return dict.get(tables.products.by_room[row], sku or "")
        code = tables.segments.columns["segment"][row]
        return row * len(SEGMENTS) + (0 if code != code else list(CODES.values()).index(code))  # noqa: PLR0124  # NaN is unknown

    def of_rooms(self, tables: Tables, scope: Scope, rooms: Sequence[int]) -> list[int]:
        """The rows that belong to some rooms alone."""
        match scope:
            case "room":
                return list(rooms)
            case "product":
                by_room = tables.products.by_room
                return [row for room in rooms for row in by_room[room].values()]
            case "segment":
                parts = range(len(SEGMENTS))
                return [room * len(SEGMENTS) + part for room in rooms for part in parts]
        return []


def fits(scope: Scope, alert: Alert) -> bool:
    """Whether an alert can be one of a rule of this scope."""
    if alert.room:
        of: Scope = "product" if alert.sku is not None else "segment" if alert.segment else "room"
        return scope == of
    return scope == ("platform" if alert.platform else "all")


def _room(tables: Tables, row: int, product: str = "") -> Place:
    rooms = tables.rooms
    room = rooms.names[row]
    profile = rooms.profiles.get(room)
    name = (profile.name if profile else "") or room
    return Place(room=room, names=_named(room, name, rooms.platforms[row], product))


def _named(room: str, name: str, platform: str, product: str = "") -> dict[str, str]:
    return {"room": room, "room_name": name, "platform": platform, "product": product}
