"""Sessions that are over, and what still becomes of their orders.

When a new session begins in a room, its figures start anew; the sums of the one before are
kept here, by product and by part of the script. What is told later of an order that was
made then (it is paid, cancelled, paid back) belongs to that session: it moves these sums
and no window of the new one. So does what names that session.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from msgspec import Struct

from monitor.signals.cycles import Cycle

KEPT = 3  # sessions of a room
PRODUCTS = 100  # of a session, those that brought most


class Sold(Struct):
    """What a product, or all of them, brought; money in minor units."""

    orders: int = 0
    paid: int = 0
    gmv_minor: int = 0
    cancelled: int = 0
    refunds: int = 0
    refunded_minor: int = 0

    def add(self, orders: int, values: tuple[int, ...]) -> None:
        """`values` in the order of cycles.COLUMNS."""
        self.orders += orders
        self.paid += values[0]
        self.gmv_minor += values[1]
        self.cancelled += values[2]
        self.refunds += values[3]
        self.refunded_minor += values[4]


class PastSession(Struct, kw_only=True):
    """A session that is over."""

    session: str | None
    started_at: float | None
    ended_at: float
    sold: Sold
    products: dict[str, Sold] = {}
    cycles: list[Cycle] = []

    def tell(self, made_at: float, sku: str, orders: int, values: tuple[int, ...]) -> None:
        """Something became of an order of this session."""
        self.sold.add(orders, values)
        product = self.products.get(sku)
        if product is None and len(self.products) < PRODUCTS:
            product = self.products[sku] = Sold()
        if product is not None:
            product.add(orders, values)
        for cycle in reversed(self.cycles):
            for index in range(len(cycle.parts) - 1, -1, -1):
                part = cycle.parts[index]
                if int(part.at) <= int(made_at):
                    if part.length_s is None or int(made_at) < int(part.at + part.length_s):
                        cycle.parts[index] = part.brought(values)
                    return


class Sessions:
    """The last sessions of each room that are over, by row."""

    def __init__(self, rows: int = 16) -> None:
        self.any = np.zeros(rows, bool)  # rooms of which one is known
        self.back: dict[int, list[int]] = {}  # product → cancelled and paid back, this session
        self._past: dict[int, deque[PastSession]] = {}

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = rows - len(self.any)
        if more > 0:
            self.any = np.pad(self.any, (0, more))

    def gave_back(self, product: int, cancelled: int, refunded_minor: int) -> None:
        """Of a product, in the session that goes on."""
        known = self.back.setdefault(product, [0, 0])
        known[0] += cancelled
        known[1] += refunded_minor

    def close(self, row: int, past: PastSession) -> None:
        """A session is over, and another begins."""
        self._past.setdefault(row, deque(maxlen=KEPT)).append(past)
        self.any[row] = True

    def of(self, row: int) -> list[PastSession]:
        """The newest first."""
        return list(reversed(self._past.get(row, ())))

    def find(self, row: int, session: str | None, at: float) -> PastSession | None:
        """The one of that name or else, of what was so at `at`, the one it was in."""
        for past in self.of(row):
            if session is not None and session == past.session:
                return past
        for past in self.of(row):
            if past.started_at is None or past.started_at <= at:
                return past
        return None

    def release(self, row: int) -> None:
        """The room is given up."""
        self._past.pop(row, None)
        self.any[row] = False
