"""From a card shown to an order paid back, per room and per product.

GMV is what was paid, in minor units of the room's currency; an amount in another
currency is counted as rejected, not added. An order takes its units off the shelf when
we first hear of it, whether created or paid.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monitor.signals.engagement import counted, keep, saw
from monitor.signals.stock import SLOT_S
from monitor.signals.tables import Group, Tables


def _looked(room_counter: str, product_counter: str) -> Callable[[Tables, Group], None]:
    def read(tables: Tables, group: Group) -> None:
        if room_counter == "clicks":
            tables.freshness.heard("clicks", group.row, group.now)
        counted(tables, group, room_counter)
        products = tables.products.rows(group.rows, [event.sku for event in group.events])
        values = np.array([event.value for event in group.events], np.int64)
        tables.products.windows.add(product_counter, products, _coarse(group), values)

    return read


shown = _looked("product_shown", "shown")
clicked = _looked("clicks", "clicks")
carted = _looked("carts", "carts")


def _coarse(group: Group) -> np.ndarray:
    """The slots of products are wider than those of rooms."""
    return np.where(group.slots < 0, group.slots, group.slots // SLOT_S)


def created(tables: Tables, group: Group) -> None:
    products = _ordered(tables, group)
    tables.windows.add("orders", group.row, group.slots)
    tables.products.windows.add("orders", products, _coarse(group))


def paid(tables: Tables, group: Group) -> None:
    products = _ordered(tables, group)
    events = group.events
    coarse = _coarse(group)
    units = np.array([event.quantity for event in events], np.int64)
    tables.windows.add("paid", group.row, group.slots)
    tables.windows.add("units", group.row, group.slots, units)
    tables.products.windows.add("paid", products, coarse)
    tables.products.windows.add("units", products, coarse, units)
    amounts = _amounts(tables, group)
    tables.windows.add("gmv", group.row, group.slots, amounts)
    tables.products.windows.add("gmv", products, coarse, amounts)
    saw(tables, group, "buyers")


def cancelled(tables: Tables, group: Group) -> None:
    tables.freshness.heard("orders", group.row, group.now)
    products = tables.products.rows(group.rows, [event.sku for event in group.events])
    for event, product in zip(group.events, products.tolist(), strict=True):
        tables.products.took(product, -event.quantity, event.at)
    tables.windows.add("cancelled", group.row, group.slots)


def refunded(tables: Tables, group: Group) -> None:
    tables.freshness.heard("orders", group.row, group.now)
    products = tables.products.rows(group.rows, [event.sku for event in group.events])
    tables.windows.add("refunds", group.row, group.slots)
    tables.products.windows.add("refunds", products, _coarse(group))
    tables.windows.add("refunded", group.row, group.slots, _amounts(tables, group))


def _ordered(tables: Tables, group: Group) -> np.ndarray:
    """Take the units of orders we first hear of off the shelf; their product rows."""
    tables.freshness.heard("orders", group.row, group.now)
    products = tables.products.rows(group.rows, [event.sku for event in group.events])
    first = [tables.orders.first(event.order) for event in group.events]
    if False in first:
        new = keep(group, first)
        rows = products[np.array(first, bool)]
    else:
        new, rows = group, products
    if new.events:
        units = [event.quantity for event in new.events]
        tables.products.windows.add("ordered", rows, _coarse(new), np.array(units, np.int64))
        took = tables.products.took
        for row, quantity, event in zip(rows.tolist(), units, new.events, strict=True):
            took(row, quantity, event.at)
    return products


def _amounts(tables: Tables, group: Group) -> np.ndarray:
    """The amounts of a group, 0 where the currency is not the room's."""
    currencies = tables.rooms.currencies
    amounts = [
        event.amount_minor if event.currency == currencies[row] else -1
        for event, row in zip(group.events, group.rows, strict=True)
    ]
    if -1 in amounts:
        tables.rejected["other currency"] += amounts.count(-1)
        amounts = [max(amount, 0) for amount in amounts]
    return np.array(amounts, np.int64)
