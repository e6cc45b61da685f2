"""The columns that rules are asked over: each is read once a tick, when first named."""

from __future__ import annotations

import numpy as np

from monitor.signals.metrics import CATALOGUE, ENUMS
from monitor.signals.readings import Look
from monitor.signals.rooms import Floats
from monitor.signals.tables import Tables

ROOM_NAMES = frozenset(name for name, column in CATALOGUE.items() if column.scope == "room")
PRODUCT_NAMES = frozenset(CATALOGUE)  # a product may be asked about its room, too

__all__ = ["ENUMS", "PRODUCT_NAMES", "ROOM_NAMES", "ProductColumns", "RoomColumns"]


class RoomColumns(dict[str, Floats]):
    """Name to array, a row for each room."""

    def __init__(self, tables: Tables, now: float) -> None:
        super().__init__()
        self.look = Look(tables, now, len(tables.rooms), len(tables.products))
        self.rows = self.look.rooms

    def __missing__(self, name: str) -> Floats:
        column = self[name] = self.read(name)
        return column

    def read(self, name: str) -> Floats:
        """A figure as the tables have it now, a row for each room or product."""
        return CATALOGUE[name].read(self.look)

    def on_air(self) -> np.ndarray:
        """Where rules are asked at all: not in a room that has ended."""
        return self["live"] != 0.0


class ProductColumns(dict[str, Floats]):
    """Name to array, a row for each product; a room's figures stand at each of its products."""

    def __init__(self, rooms: RoomColumns) -> None:
        super().__init__()
        self.rooms = rooms
        self.rows = rooms.look.products
        self._room_of = rooms.look.tables.products.room_of[: self.rows]

    def __missing__(self, name: str) -> Floats:
        entry = CATALOGUE[name]
        if entry.scope == "product":
            column = self.rooms.read(name)
        else:
            column = (
                self.rooms[name][self._room_of] if self.rooms.rows else np.full(self.rows, np.nan)
            )
        self[name] = column
        return column

    def on_air(self) -> np.ndarray:
        on_air = self["live"] != 0.0
        on_air[:1] = False  # row 0 is no product
        on_air[self.rooms.look.tables.products.free] = False
        return on_air
