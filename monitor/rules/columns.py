"""The columns that rules are asked over: each is read once a tick, when first named.

    room       a row a room
    product    a row a product; the figures of its room stand at it
    segment    a row a room and part of the script, asked while the host is in it
    platform   a row a platform: its rooms that are live, together
    all        one row: all rooms that are live, together

Together, counts are added up and ratios are made of the sums; a person who was in two
rooms counts twice. Only figures that can be added exist there. A room whose figure is
unknown is left out, and where all are unknown the sum is; so is money of two currencies.

A name that no table holds (what another rule says, a parameter) is derived: the shard
knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from monitor.signals.metrics import ENUMS, FIGURES
from monitor.signals.place import CODES
from monitor.signals.readings import Look, divide
from monitor.signals.room_counts import PARTS
from monitor.signals.rooms import Floats
from monitor.signals.tables import Tables
from monitor.signals.windows import Ints

__all__ = ["ENUMS", "NAMES", "PRODUCT_NAMES", "ROOM_NAMES", "ProductColumns", "RoomColumns"]

ADDED_UP = frozenset({"items", "people", "visits", "minor", "items/min"})  # units
OF_TOGETHER = {"rooms_live": "rooms that are live", "rooms_silent": "of them, those not heard"}

ROOM_NAMES = frozenset(name for name, column in FIGURES.items() if column.scope == "room")
PRODUCT_NAMES = frozenset(FIGURES)  # a product may be asked about its room, too
TOGETHER_NAMES = frozenset(
    {*(name for name in ROOM_NAMES if FIGURES[name].unit in ADDED_UP), *PARTS, *OF_TOGETHER}
)
NAMES = {  # what may be asked in each scope
    "room": ROOM_NAMES,
    "product": PRODUCT_NAMES,
    "segment": ROOM_NAMES,
    "platform": TOGETHER_NAMES,
    "all": TOGETHER_NAMES,
}
SEGMENTS = tuple(CODES)  # the rows that each room has in the scope of segments

Scope: TypeAlias = Literal["room", "product", "segment", "platform", "all"]
Derive: TypeAlias = Callable[[str, Any], Floats]  # a name and the columns it is wanted for


def _nothing(name: str, columns: Any) -> Floats:
    raise KeyError(name)


class RoomColumns(dict[str, Floats]):
    """Name to array, a row for each room."""

    scope: Scope = "room"
    figured = True  # whether figures may be worked out beside conditions; if not, each is `read`

    def __init__(self, tables: Tables, now: float) -> None:
        super().__init__()
        self.look = Look(tables, now, len(tables.rooms), len(tables.products))
        self.rows = self.look.rooms
        self.tables = tables
        self.now = now
        self.derive: Derive = _nothing

    @property
    def layout(self) -> tuple[object, ...]:
        """While each of these is the very same object, so is every array of the tables."""
        tables = self.tables
        return (
            tables.windows.capacity, tables.products.windows.capacity, tables.freshness.first_at,
            tables.gauges["online"], tables.rooms.columns, tables.products.columns,
            tables.segments.columns, tables,
        )  # fmt: skip

    def __missing__(self, name: str) -> Floats:
        column = self[name] = self.read(name) if name in FIGURES else self.derive(name, self)
        return column

    def read(self, name: str) -> Floats:
        """A figure as the tables have it now, a row for each room or product."""
        return FIGURES[name].read(self.look)

    def on_air(self) -> np.ndarray:
        """Where rules are asked at all: not in a room that has ended."""
        return self["live"] != 0.0


class ProductColumns(dict[str, Floats]):
    """Name to array, a row for each product; a room's figures stand at each of its products."""

    scope: Scope = "product"

    def __init__(self, rooms: RoomColumns) -> None:
        super().__init__()
        self.rooms = rooms
        self.tables = rooms.tables
        self.rows = rooms.look.products
        self.room_of = rooms.look.tables.products.room_of[: self.rows]

    @property
    def figured(self) -> bool:
        return self.rooms.figured

    @property
    def now(self) -> float:
        return self.rooms.now

    @property
    def layout(self) -> tuple[object, ...]:
        return self.rooms.layout

    def __missing__(self, name: str) -> Floats:
        entry = FIGURES.get(name)
        if entry is None:
            column = self.rooms.derive(name, self)
        elif entry.scope == "product":
            column = self.rooms.read(name)
        else:
            column = (
                self.rooms[name][self.room_of] if self.rooms.rows else np.full(self.rows, np.nan)
            )
        self[name] = column
        return column

    def on_air(self) -> np.ndarray:
        on_air = self["live"] != 0.0
        on_air[:1] = False  # row 0 is no product
        on_air[self.rooms.look.tables.products.free] = False
        return on_air


class SegmentColumns(dict[str, Floats]):
    """Name to array, a row for each room and part of its script."""

    scope: Scope = "segment"

    def __init__(self, rooms: RoomColumns) -> None:
        super().__init__()
        self.rooms = rooms
        self.tables = rooms.tables
        self.rows = rooms.rows * len(SEGMENTS)
        self.room_of = np.repeat(np.arange(rooms.rows), len(SEGMENTS))

    def __missing__(self, name: str) -> Floats:
        if name in FIGURES:
            column = np.repeat(self.rooms[name], len(SEGMENTS))
        else:
            column = self.rooms.derive(name, self)
        self[name] = column
        return column

    def on_air(self) -> np.ndarray:
        """Where the host is; and, as long as that is not known, anywhere."""
        own = np.tile(np.array(list(CODES.values())), self.rooms.rows)
        here = np.isnan(self["segment"]) | (self["segment"] == own)
        return (self["live"] != 0.0) & here


def whole(name: str, parts: Sequence[Floats], mixed: Callable[[], np.ndarray]) -> Floats:
    """A column of rooms together, of its parts; `mixed` tells where money is of two currencies."""
    column = divide(*parts) if name in PARTS else parts[0]
    if name in FIGURES and FIGURES[name].unit == "minor":
        return np.where(mixed(), np.nan, column)
    return column


class TogetherColumns(dict[str, Floats]):
    """Name to array, a row for each group of rooms: those of a platform, or all of them."""

    def __init__(self, scope: Scope, rooms: RoomColumns, group_of: Ints, rows: int) -> None:
        super().__init__()
        self.scope = scope
        self.rooms = rooms
        self.tables = rooms.tables
        self.rows = rows
        self.group_of = group_of
        self._live = rooms["live"] == 1.0
        self._mixed: np.ndarray | None = None

    def __missing__(self, name: str) -> Floats:
        column = self[name] = whole(name, self.parts(name), self._several_currencies)
        return column

    def parts(self, name: str) -> tuple[Floats, ...]:
        """What a column is made of, and what may be added up: it, or what is divided in it."""
        look = self.rooms.look
        if name in PARTS:
            above, below, factor = PARTS[name]
            return self._sum(above(look) * factor), self._sum(below(look))
        if name == "rooms_live":
            return (self._counted(self._live),)
        if name == "rooms_silent":
            silent = self._live & look.tables.freshness.stalled[0][: look.rooms]
            return (self._counted(silent),)
        return (self._sum(self.rooms[name]) if name in FIGURES else self.rooms.derive(name, self),)

    def currencies(self) -> list[set[str]]:
        """What the rooms that are live are paid in."""
        told = self.rooms.look.tables.rooms.currencies[: self.rooms.rows]
        found: list[set[str]] = [set() for _ in range(self.rows)]
        for currency in set(told):
            here = self._live & np.array([each == currency for each in told], bool)
            for row in np.unique(self.group_of[here]).tolist():
                found[row].add(currency)
        return found

    def _several_currencies(self) -> np.ndarray:
        """Where the rooms that are live are paid in more than one: no sum of that is money."""
        if self._mixed is None:
            several = len(set(self.rooms.look.tables.rooms.currencies[: self.rooms.rows])) > 1
            self._mixed = np.zeros(self.rows, bool)
            if several:
                self._mixed[:] = [len(here) > 1 for here in self.currencies()]
        return self._mixed

    def _counted(self, flags: np.ndarray) -> Floats:
        if self.rows == 1:
            return np.array([np.count_nonzero(flags)], np.float64)
        return np.bincount(self.group_of[flags], minlength=self.rows).astype(np.float64)

    def _sum(self, values: Floats) -> Floats:
        known = self._live & ~np.isnan(values)
        if self.rows == 1:
            return np.array([values[known].sum() if known.any() else np.nan])
        group_of = self.group_of[known]
        total = np.bincount(group_of, weights=values[known], minlength=self.rows)
        return np.where(np.bincount(group_of, minlength=self.rows) > 0, total, np.nan)

    def on_air(self) -> np.ndarray:
        """Where at least one room is live."""
        on_air = self["rooms_live"] > 0.0
        if self.scope == "platform":
            on_air[:1] = False  # row 0 is no platform
        return on_air
