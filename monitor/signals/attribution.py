"""Which room an order of a shop belongs to (DOMAIN.md §2), by a rule that can be read.

Every fact has a `room`; a feed that knows only the shop, or the anchor, writes `shop:<id>`
or `anchor:<id>` there (a source whose format names no room: its `shop` setting). Rooms say
in the config which shop and anchor they are of. Such an order goes to the room

    where it is known already      another feed told of it, or what it became before
    of its session                 it names the session that one room is in
    of its anchor                  `anchor:<id>`: whose session it was
    that had it on its shelf       one room of the shop that had the product listed, during
                                   its session
    of the shop's only session     one room of the shop that was live

or else to none: it is held for as long as facts may be late, then counted as unattributed,
with the reason and, if it was paid, its amount. Nothing is guessed where two rooms fit. A
shop that no room names has all rooms of no shop, as far as its shelf tells. An order is
one of a session until `AFTERGLOW_S` after its end.

What is no order can not be of a shop; it is counted as rejected.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import Any, NamedTuple

import numpy as np

from monitor.events import OrderFact, OrderPaid
from monitor.signals.claims import decide
from monitor.signals.grouping import Group
from monitor.signals.orders import Orders
from monitor.signals.rooms import AFTERGLOW_S, SHOP, Rooms
from monitor.signals.stock import Products

LATELY_S = 600.0
AGAIN_S = 2.0  # so often those that wait are looked at
SHOWN = ("pin_at", "price_at", "level_at")
HELD = 10_000  # orders that wait for their room; full: the one that waits longest is given up


class _Index(NamedTuple):
    """Shop or anchor → the rows of its rooms."""

    revision: int
    shops: dict[str, list[int]]
    anchors: dict[str, list[int]]


class _Held(NamedTuple):
    until: float
    event: Any
    why: str


class Attribution:
    """Finds the rooms of orders that name a shop or an anchor."""

    def __init__(
        self, rooms: Rooms, products: Products, orders: Orders, *, lateness_s: float
    ) -> None:
        self._rooms, self._products, self._orders = rooms, products, orders
        self._lateness_s = lateness_s
        self._held: deque[_Held] = deque()
        self.unattributed: Counter[str] = Counter()  # facts of orders, by reason
        self.unattributed_minor: Counter[str] = Counter()  # what was paid for them, by currency
        self._given_up_at: deque[float] = deque(maxlen=HELD)
        self._index: _Index | None = None
        self._shelves: tuple[tuple[int, int], dict[str, list[int]]] | None = None
        self._look_at = 0.0

    @property
    def waiting(self) -> int:
        """How many facts of orders wait for a room."""
        return len(self._held)

    def lately(self, now: float) -> int:
        """How many were given up in the last `LATELY_S`."""
        while self._given_up_at and self._given_up_at[0] < now - LATELY_S:
            self._given_up_at.popleft()
        return len(self._given_up_at)

    def place(self, group: Group) -> Group:
        """The orders whose room is known, with its row; the others wait."""
        rows = group.row.copy()
        for index in np.flatnonzero(rows <= SHOP).tolist():
            event = group.events[index]
            row, why = self.room_of(event, int(group.order[index]))
            rows[index] = row
            if row < 0:
                self.wait(event, group.now, why)
        return group.in_rows(rows).where(rows >= 0)

    def wait(self, event: OrderFact, now: float, why: str) -> None:
        """Its room is not known, and may be told yet."""
        held = _Held(min(event.at, now) + self._lateness_s, event, why)
        if len(self._held) >= HELD:
            self._give_up(self._held.popleft(), held.until)
        self._held.append(held)

    def due(self, now: float) -> list[Any]:
        """Orders to be looked at again; those that waited long enough are unattributed."""
        if now < self._look_at or not self._held:
            return []
        self._look_at = now + AGAIN_S
        held, self._held = self._held, deque()
        again = []
        for one in held:
            if one.until < now:
                self._give_up(one, now)
            else:
                again.append(one.event)
        return again

    def _give_up(self, held: _Held, now: float) -> None:
        self._given_up_at.append(now)
        self.unattributed[held.why] += 1
        if isinstance(held.event, OrderPaid):
            self.unattributed_minor[held.event.currency] += held.event.amount_minor

    # ── the rule ──────────────────────────────────────────────────────────────

    def room_of(self, event: OrderFact, key: int) -> tuple[int, str]:
        """The row of an order's room or, -1, why it has none; `key` is that of the order."""
        row, why = decide(event, self.claims(event, key))
        return (-1, why) if row is None else (row, "")

    def claims(self, event: OrderFact, key: int) -> _Claims:
        """What the rooms here say of an order."""
        named, _, name = event.room.partition(":")
        index = self._looked_up()
        rows = (index.anchors if named == "anchor" else index.shops).get(name)
        if rows is not None:
            return _Claims(self, event, key, rows, owned=True)
        rows = [] if named == "anchor" else self._unowned(event.sku)
        return _Claims(self, event, key, rows, owned=False)

    def _looked_up(self) -> _Index:
        """Which rooms are of which shop and anchor; worked out anew when that has changed."""
        rooms = self._rooms
        if self._index is None or self._index.revision != rooms.revision:
            index = self._index = _Index(rooms.revision, {}, {})
            for name, row in rooms.row_of.items():
                profile = rooms.profiles.get(name)
                if profile is not None and profile.shop:
                    index.shops.setdefault(profile.shop, []).append(row)
                if rooms.anchors[row]:
                    index.anchors.setdefault(rooms.anchors[row], []).append(row)
        return self._index

    def _unowned(self, sku: str) -> list[int]:
        """Rooms of no shop that know of a product."""
        products, rooms = self._products, self._rooms
        revision = (products.revision, rooms.revision)
        if self._shelves is None or self._shelves[0] != revision:
            shelves: dict[str, list[int]] = {}
            owned = {row for rows in self._looked_up().shops.values() for row in rows}
            for row, skus in enumerate(products.by_room):
                if row not in owned:
                    for each in skus:
                        shelves.setdefault(each, []).append(row)
            self._shelves = revision, shelves
        return self._shelves[1].get(sku, [])

    def _product(self, row: int, event: OrderFact) -> int:
        return dict.get(self._products.by_room[row], event.sku, 0)

    def is_known(self, row: int, event: OrderFact, key: int) -> bool:
        """Whether the room has heard of the order."""
        product = self._product(row, event)
        return product > 0 and self._orders.since(product, key) is not None

    def in_session(self, row: int, event: OrderFact) -> bool:
        """Whether the order names the session that the room is in."""
        return event.session is not None and event.session == self._rooms.sessions[row]

    def live(self, row: int, at: float) -> bool:
        """Whether an order of `at` may be one of the room's session."""
        columns = self._rooms.columns
        began = columns["started_at"][row]
        if np.isnan(columns["session_at"][row]):  # live from the first fact we heard on
            began -= self._lateness_s
        if not began <= at:
            return False
        over = columns["live"][row] == 0.0
        return bool(not over or at <= columns["session_at"][row] + AFTERGLOW_S)

    def listed(self, row: int, event: OrderFact) -> bool:
        """Whether a product was on the shelf of a room when it was ordered.

        Where no shelf is told, what is pinned, priced or stocked in a room is on it.
        """
        product = self._product(row, event)
        columns = self._products.columns
        on = columns["on_shelf"][product]
        if product == 0 or np.isnan(on):
            return product > 0 and not all(np.isnan(columns[name][product]) for name in SHOWN)
        return bool((on == 1.0) == (columns["shelf_at"][product] <= event.at))


class _Claims(NamedTuple):
    """Those of a shop's or an anchor's rooms, told as they are asked for."""

    of: Attribution
    event: OrderFact
    key: int
    rows: list[int]
    owned: bool

    @property
    def known(self) -> list[int]:
        return [row for row in self.rows if self.of.is_known(row, self.event, self.key)]

    @property
    def in_session(self) -> list[int]:
        return [row for row in self.rows if self.of.in_session(row, self.event)]

    @property
    def live(self) -> list[int]:
        return [row for row in self.rows if self.of.live(row, self.event.at)]

    @property
    def listed(self) -> list[int]:
        return [row for row in self.live if self.of.listed(row, self.event)]
