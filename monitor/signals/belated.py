"""Orders of sessions that are over: what is told of them moves their history, no window.

An order is of the session it was made in: it names it, or it was made (as far as we know)
before the present session began. Its goods still go off the shelf, and come back to it:
what is left of a product does not begin anew with a session.
"""

from __future__ import annotations

import numpy as np

from monitor.events import OrderFact
from monitor.signals.grouping import Group
from monitor.signals.orders import CANCELLED, Told
from monitor.signals.skus import shelved
from monitor.signals.tables import Tables

BECAME = {  # kind → (orders made, what became of it in the order of cycles.COLUMNS, × amount)
    "created": (1, (0, 0, 0, 0, 0), (0, 0, 0, 0, 0)),
    "paid": (0, (1, 0, 0, 0, 0), (0, 1, 0, 0, 0)),
    "cancelled": (0, (0, 0, 1, 0, 0), (0, 0, 0, 0, 0)),
    "refunded": (0, (0, 0, 0, 1, 0), (0, 0, 0, 0, 1)),
}


def rest(tables: Tables, group: Group, kind: str) -> Group:
    """The facts of orders of present sessions; the others are told to where they belong."""
    looked = np.flatnonzero(tables.sessions.any[group.row])
    if not len(looked):
        return group
    over = np.zeros(len(group.events), bool)
    for index in looked.tolist():
        key = int(group.order[index])
        over[index] = _told(tables, int(group.row[index]), group.events[index], key, kind)
    if over.any():
        _goods(tables, group.where(over), kind)
    return group.where(~over)


def _told(tables: Tables, row: int, event: OrderFact, key: int, kind: str) -> bool:
    """Tell a fact to the session it belongs to, if that is over."""
    known = tables.orders.since(tables.products.by_room[row][event.sku], key)
    if known is None:
        since = event.at
    else:
        since = min(known, event.at) if kind in ("created", "paid") else known
    named = tables.rooms.left(row, event)
    if not named and not since < tables.rooms.columns["started_at"][row]:
        return False
    past = tables.sessions.find(row, event.session if named else None, since)
    if past is None:
        return False
    orders, values, amounts = BECAME[kind]
    amount = event.amount_minor
    if event.currency != tables.rooms.currencies[row]:
        tables.rejected["other currency"] += any(amounts)
        amount = 0
    became = tuple(value + amount * per for value, per in zip(values, amounts, strict=True))
    past.tell(since, event.sku, orders, became)
    return True


def _goods(tables: Tables, group: Group, kind: str) -> None:
    """What an order takes off the shelf, and its cancellation gives back: each once."""
    if kind == "refunded":
        return
    products = shelved(group, tables.products.names, tables.products.by_room)
    key, units = group.order, group.value
    if kind == "cancelled":
        key, units = (key ^ CANCELLED) | 1, -units
    before = tables.orders.made(Told(group.row, products, key, group.at))
    earlier, moved = ~(group.at >= before), group.at < before
    tables.products.took(products[earlier], units[earlier], group.at[earlier])
    tables.products.took(products[moved], -units[moved], before[moved])
