"""The scopes of one tick, and how what is known in one of them is seen from another.

    all ◁ platform ◁ room ◁ product
                     room ◁ segment

Seen from a coarser scope, its rows are added up (or the greatest counts); seen from a
finer one, each row shows what it belongs to.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

import numpy as np

from monitor.rules.columns import (
    Derive,
    ProductColumns,
    RoomColumns,
    Scope,
    SegmentColumns,
    TogetherColumns,
)
from monitor.signals.rooms import Floats, Rooms
from monitor.signals.windows import Ints

__all__ = ["ABOVE", "ORDER", "Columns", "Platforms", "Scope", "Scopes"]

Columns: TypeAlias = RoomColumns | ProductColumns | SegmentColumns | TogetherColumns

ORDER: tuple[Scope, ...] = ("room", "product", "segment", "platform", "all")
ABOVE: dict[str, tuple[Scope, ...]] = {  # itself, then ever coarser ones
    "all": ("all",),
    "platform": ("platform", "all"),
    "room": ("room", "platform", "all"),
    "product": ("product", "room", "platform", "all"),
    "segment": ("segment", "room", "platform", "all"),
}


class Platforms:
    """The platforms there are, a row each in the order they were met; row 0 is not known."""

    def __init__(self) -> None:
        self.row_of: dict[str, int] = {"": 0}
        self._codes: Ints = np.zeros(0, np.int64)
        self._revision = -1

    @property
    def names(self) -> list[str]:
        return list(self.row_of)

    def of_rooms(self, rooms: Rooms) -> Ints:
        """The platform of each room, as a row."""
        if rooms.revision != self._revision:
            self._revision = rooms.revision
            row_of = self.row_of
            codes = [row_of.setdefault(name, len(row_of)) for name in rooms.platforms]
            self._codes = np.array(codes, np.int64)
        return self._codes


class Scopes:
    """The columns of every scope at one tick, made when they are first asked for."""

    def __init__(self, rooms: RoomColumns, platforms: Platforms, derive: Derive) -> None:
        self.room = rooms
        rooms.derive = derive
        self._platforms = platforms
        self._platform_of = platforms.of_rooms(rooms.look.tables.rooms)

    @cached_property
    def product(self) -> ProductColumns:
        return ProductColumns(self.room)

    @cached_property
    def segment(self) -> SegmentColumns:
        return SegmentColumns(self.room)

    @cached_property
    def platform(self) -> TogetherColumns:
        return TogetherColumns(
            "platform", self.room, self._platform_of, len(self._platforms.row_of)
        )

    @cached_property
    def all(self) -> TogetherColumns:
        return TogetherColumns("all", self.room, np.zeros(self.room.rows, np.int64), 1)

    def __getitem__(self, scope: Scope) -> Columns:
        columns: Columns = getattr(self, scope)
        return columns

    def seen(self, values: Floats, of: Scope, wanted: Scope, *, greatest: bool) -> Floats:
        """What has a row for each of `of`, a row for each of `wanted`; nothing is 0.

        Of several rows the greatest, or their sum.
        """
        meeting = next(scope for scope in ABOVE[of] if scope in ABOVE[wanted])
        for scope in ABOVE[of][: ABOVE[of].index(meeting)]:
            belongs, rows = self._belongs(scope)
            finer, values = values, np.zeros(rows)
            if greatest:
                np.maximum.at(values, belongs, finer)
            else:
                np.add.at(values, belongs, finer)
        for scope in reversed(ABOVE[wanted][: ABOVE[wanted].index(meeting)]):
            values = values[self._belongs(scope)[0]]
        return values

    def _belongs(self, scope: Scope) -> tuple[Ints, int]:
        """To which row of the next coarser scope each row belongs, and how many there are."""
        match scope:
            case "product":
                return self.product.room_of, self.room.rows
            case "segment":
                return self.segment.room_of, self.room.rows
            case "room":
                return self._platform_of, len(self._platforms.row_of)
        return np.zeros(len(self._platforms.row_of), np.int64), 1
