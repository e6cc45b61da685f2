"""Products on the shelves of rooms: what is left, how fast it goes, when it is sold out.

Between two levels that a feed tells, what is left is worked out:

    left = last level + changes told since − units ordered since + units cancelled since

    velocity_1m    units ordered in the last minute, a minute
    sellout_s      see pace.py

Each is applied by when it was so: a level that reaches us after the orders that followed
it does not forget them.

A product has its row as soon as any fact names it; the ring of a product has slots of
5 s, which is what its memory allows and its pace needs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.events import Pin, Price, Shelf, Stock, Unpin
from monitor.signals.changes import Changes, take
from monitor.signals.moves import Moves
from monitor.signals.pace import SLOT_S, WINDOWS, Forecast, Pace, Sales
from monitor.signals.rooms import NAN, Floats, grown
from monitor.signals.skus import Skus
from monitor.signals.windows import Ints, Windows
from monitor.speedups.loaded import compiled

COUNTERS = ("shown", "clicks", "carts", "orders", "paid", "units", "ordered", "gmv", "refunds")
STATE = (
    "level", "level_at", "since_level", "pinned", "pin_at", "on_shelf", "shelf_at",
    "price_minor", "price_at", "was_minor", "since", "first_at", "sold_ever", "empty_at", "back_at",
)  # fmt: skip


class _Shelf(dict[str, int]):
    """SKU to product row, of one room."""

    __slots__ = ("room", "table")

    def __init__(self, table: Products, room: int) -> None:
        super().__init__()
        self.table = table
        self.room = room

    def __missing__(self, sku: str) -> int:
        return self.table.admit(self, sku)


class Products:
    """Columns of products, shaped (capacity,); row 0 is no product, a place to waste.

    Whoever writes a column or a sum of them notes its row in `moves`: rules are asked of it.
    """

    def __init__(self, *, limit: int = 200_000) -> None:
        self.limit = limit
        self.windows = Windows(COUNTERS, slot_s=SLOT_S, rows=16)
        self.moves = self.windows.moves = Moves()
        self.pace = Pace(rows=16)
        self.expected = Forecast(lambda now: self.pace.expected(*self._sales(), now))
        self.spread = Forecast(lambda now: self.pace.with_spread(*self._sales(), now)[1])
        self.capacity = 16
        self.columns = {name: np.full(self.capacity, NAN) for name in STATE}
        self.room_of = np.zeros(self.capacity, np.int64)
        self.skus, self.titles = [""], [""]
        self.by_room: list[_Shelf] = []
        self.names = Skus()  # the same, for facts that came many together
        self.turned_away = 0
        self.revision = 0  # rises when a product is new or gone
        self._pinned: dict[int, int] = {}  # room row → product row
        self._pin_at: dict[int, float] = {}  # room row → when a product was pinned last
        self._changes = Changes()  # since the level
        self.free: list[int] = []  # rows of products of rooms that were given up

    def __len__(self) -> int:
        """Rows in use or free again, the one of no product too."""
        return len(self.skus)

    @property
    def known(self) -> int:
        """How many products there are."""
        return len(self.skus) - 1 - len(self.free)

    def grow(self, rooms: int) -> None:
        """Make room for the products of at least `rooms` rooms."""
        self.by_room += [_Shelf(self, room) for room in range(len(self.by_room), rooms)]

    def admit(self, shelf: _Shelf, sku: str) -> int:
        """The row of a product that was not known before; 0 for one too many."""
        if self.known + 1 >= self.limit:
            self.turned_away += 1
            return 0
        row = self.free.pop() if self.free else self._another_row()
        self.revision += 1
        shelf[sku] = row
        self.names.put(shelf.room, sku, row)
        self.skus[row] = sku
        self.room_of[row] = shelf.room
        self.columns["since_level"][row] = 0.0
        return row

    def _another_row(self) -> int:
        row = len(self.skus)
        self.skus.append("")
        self.titles.append("")
        if row >= self.capacity:
            self.capacity = grown(self.capacity, row + 1)
            more = self.capacity - row
            self.windows.grow(self.capacity)
            self.pace.grow(self.capacity)
            self.columns = {
                name: np.pad(column, (0, more), constant_values=NAN)
                for name, column in self.columns.items()
            }
            self.room_of = np.pad(self.room_of, (0, more))
        return row

    def rows(self, rooms: list[int], skus: list[str]) -> Ints:
        """Product rows of (room row, SKU) pairs, admitting new ones."""
        by_room = self.by_room
        return np.array(
            [by_room[room][sku] for room, sku in zip(rooms, skus, strict=True)], np.int64
        )

    def roll(self, now: float) -> None:
        """The present moves to `now`."""
        slot = int(now) // SLOT_S
        if slot > self.windows.now_slot:
            self.pace.roll(self.windows, slot)
            self.windows.roll(slot)

    # ── facts of state, applied when newer than what is known ─────────────────

    def _newer(self, row: int, mark: str, at: float) -> bool:
        self._known_since(row, at)
        column = self.columns[mark]
        if row == 0 or at < column[row]:
            return False
        column[row] = at
        return True

    def _known_since(self, row: int, at: float) -> None:
        """Nothing was sold of it from `at` on but what we were told."""
        self.moves.note(row)
        for name in ("since", "first_at"):
            column = self.columns[name]
            if not at >= column[row]:
                column[row] = at

    def ordered(self, rows: Ints, units: Ints) -> None:
        """Orders were heard of for the first time; rows may repeat."""
        ever = self.columns["sold_ever"]
        if compiled is not None:
            compiled.bought(rows, units, ever, self.pace.taken, self.pace.taken_squares)
            return
        self.pace.ordered(rows, units)
        ever[rows] = np.fmax(ever[rows], 0.0)  # NaN: none so far
        np.add.at(ever, rows, units)

    def stock(self, row: int, fact: Stock) -> None:
        """What is left now, or by how much that changed."""
        if fact.kind == "delta":
            self.took(np.array([row]), np.array([-fact.value]), np.array([fact.at]))
        elif self._newer(row, "level_at", fact.at):
            self.columns["level"][row] = fact.value - (fact.reserved or 0)
            self.columns["since_level"][row] = self._changes.level(row, fact.at)

    def took(self, rows: Ints, units: Ints, at: Floats) -> None:
        """Units were ordered (or, negative, given back) at `at`, as far as levels do not know."""
        self.moves.note(rows)
        untold = take(self.columns, rows, units, at)
        if not untold.all():
            rows, units, at = rows[untold], units[untold], at[untold]
        self._changes.note(rows, at, units)

    def price(self, row: int, fact: Price) -> None:
        """Apply a price. What it says it was before is believed; else the last one we know was."""
        columns = self.columns
        known = columns["price_minor"][row]
        was = NAN if fact.was_minor is None else float(fact.was_minor)
        if self._newer(row, "price_at", fact.at):
            was = known if fact.was_minor is None else was
            columns["price_minor"][row] = fact.amount_minor
            columns["was_minor"][row] = was

    def shelf(self, row: int, fact: Shelf) -> None:
        """Listed or not, under which title; its price counts while no price fact came."""
        if self._newer(row, "shelf_at", fact.at):
            self.columns["on_shelf"][row] = float(fact.on)
            if fact.title:
                self.titles[row] = fact.title
            if fact.price is not None and np.isnan(self.columns["price_at"][row]):
                self.columns["price_minor"][row] = fact.price

    def pin(self, row: int, fact: Pin | Unpin) -> None:
        """The host talks about one product of a room at a time: the one pinned last."""
        if row == 0:
            return
        room = int(self.room_of[row])
        pinned = self.columns["pinned"]
        if isinstance(fact, Pin):
            if fact.at < self._pin_at.get(room, -np.inf):
                return
            self._pin_at[room] = fact.at
            self._unpin(room)
            if self._newer(row, "pin_at", fact.at):
                pinned[row] = 1.0
                self._pinned[room] = row
        elif self._newer(row, "pin_at", fact.at):
            pinned[row] = 0.0
            if self._pinned.get(room) == row:
                self._unpin(room)

    def _unpin(self, room: int) -> None:
        row = self._pinned.pop(room, 0)
        self.moves.note(row)
        self.columns["pinned"][row] = 0.0

    def watch(self, now: float) -> None:
        """Time has passed: which have just run out, and which are back. Once a second."""
        left = self.left()
        empty_at, back_at = (self.columns[name][: len(left)] for name in ("empty_at", "back_at"))
        was_empty = empty_at > np.fmax(back_at, 0.0)
        empty_at[(left == 0) & ~was_empty] = now
        back_at[(left > 0) & was_empty] = now

    # ── figures ───────────────────────────────────────────────────────────────

    def left(self) -> Floats:
        """What is left of each, never below 0; unknown where no level was ever told."""
        level, since_level = (
            self.columns[name][: len(self.skus)] for name in ("level", "since_level")
        )
        left: Floats = level + since_level
        return np.maximum(left, 0.0, out=left)

    def oversold(self) -> Floats:
        """Units ordered beyond the stock."""
        columns = self.columns
        over: Floats = np.maximum(-(columns["level"] + columns["since_level"]), 0.0)
        return over

    def held(self) -> Floats:
        """1 where there is none, though nobody has ordered any: it is held back (憋单)."""
        sold = self.windows.read("ordered", "session")[: len(self.skus)]
        level = self.columns["level"][: len(self.skus)]
        return np.where(np.isnan(level), NAN, (self.left() == 0) & (sold == 0))

    def velocity(self, window: str) -> Floats:
        """Units ordered a minute, over `1m` or `5m`."""
        return self.windows.read("ordered", window) / {"1m": 1.0, "5m": 5.0}[window]

    def _sales(self) -> tuple[Floats, Sales]:
        sold = [self.windows.read("ordered", window)[: len(self.skus)] for window in WINDOWS]
        return self.left(), Sales(sold, self.columns["since"][: len(self.skus)])

    def sellout(self, now: float) -> tuple[Floats, Floats, Floats]:
        """Seconds until sold out, with the bounds of an 80 % interval; 0 when it is."""
        return self.pace.sellout(*self._sales(), now)

    def forget_room(self, room: int, at: float) -> None:
        """A new session from `at` on: sales start anew, nothing is pinned; what is left is so."""
        self._unpin(room)
        for row in self.by_room[room].values():
            self.windows.forget(row)
            self.pace.forget(row)
            self.columns["since"][row] = at

    def release(self, rooms: Sequence[int]) -> list[int]:
        """Rooms are given up: other products may have the rows of theirs, which are told."""
        rows = [row for room in rooms for row in self.by_room[room].values()]
        self.windows.forget(*rows)
        self.pace.forget(*rows)
        self.names.forget(rows)
        for column in self.columns.values():
            column[rows] = NAN
        self.room_of[rows] = 0
        for row in rows:
            self.skus[row] = self.titles[row] = ""
            self._changes.forget(row)
        for room in rooms:
            self._pinned.pop(room, None)
            self._pin_at.pop(room, None)
            self.by_room[room].clear()
        self.free += rows
        self.revision += 1
        return rows
