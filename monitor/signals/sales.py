"""From a card shown to an order paid back, per room and per product.

GMV is what was paid, in minor units of the room's currency; an amount in another
currency is counted as rejected, not added. An order takes its units off the shelf when
we first hear of it, whether created or paid.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monitor.signals import belated
from monitor.signals.cycles import COLUMNS
from monitor.signals.engagement import did, rises_of
from monitor.signals.grouping import Group
from monitor.signals.orders import CANCELLED, Told
from monitor.signals.pace import SLOT_S
from monitor.signals.skus import shelved
from monitor.signals.tables import Tables
from monitor.signals.windows import Ints


def _looked(room_counter: str, product_counter: str) -> Callable[[Tables, Group], None]:
    """A reader of facts that count the looks at a product; a total is that of its product."""

    def read(tables: Tables, group: Group) -> None:
        if room_counter == "clicks":
            tables.freshness.heard("clicks", group.row, group.now)
        products = shelved(group, tables.products.names, tables.products.by_room)
        rises = rises_of(tables, group, room_counter, products)
        tables.windows.add(room_counter, rises.row, rises.slots, rises.values)
        tables.products.windows.add(
            product_counter, products[rises.which], _coarse(rises.slots), rises.values
        )

    return read


shown = _looked("product_shown", "shown")
clicked = _looked("clicks", "clicks")
carted = _looked("carts", "carts")


def _coarse(slots: Ints) -> Ints:
    """The slots of products are wider than those of rooms."""
    return np.where(slots < 0, slots, slots // SLOT_S)


def created(tables: Tables, group: Group) -> None:
    group = belated.rest(tables, group, "created")
    products = _ordered(tables, group).product
    tables.windows.add("orders", group.row, group.slots)
    tables.products.windows.add("orders", products, _coarse(group.slots))


def paid(tables: Tables, group: Group) -> None:
    group = belated.rest(tables, group, "paid")
    told = _ordered(tables, group)
    coarse = _coarse(group.slots)
    units = group.value
    amounts = _amounts(tables, group)
    tables.windows.add("paid", group.row, group.slots)
    tables.windows.add("units", group.row, group.slots, units)
    tables.windows.add("gmv", group.row, group.slots, amounts)
    tables.products.windows.add("paid", told.product, coarse)
    tables.products.windows.add("units", told.product, coarse, units)
    tables.products.windows.add("gmv", told.product, coarse, amounts)
    _became(tables, told, paid=1, gmv=amounts)
    did(tables, group, "buyers")


def cancelled(tables: Tables, group: Group) -> None:
    group = belated.rest(tables, group, "cancelled")
    told = _told(tables, group)
    # It gives its units back once; that it does is known as an order of another name is.
    before = tables.orders.made(told._replace(key=(told.key ^ CANCELLED) | 1))
    earlier, moved = ~(group.at >= before), group.at < before
    tables.products.took(told.product[earlier], -group.value[earlier], group.at[earlier])
    tables.products.took(told.product[moved], group.value[moved], before[moved])
    _became(tables, told, cancelled=1)
    for product in told.product.tolist():
        tables.sessions.gave_back(product, 1, 0)
    tables.windows.add("cancelled", group.row, group.slots)


def refunded(tables: Tables, group: Group) -> None:
    group = belated.rest(tables, group, "refunded")
    told = _told(tables, group)
    tables.windows.add("refunds", group.row, group.slots)
    tables.products.windows.add("refunds", told.product, _coarse(group.slots))
    amounts = _amounts(tables, group)
    _became(tables, told, refunds=1, refunded=amounts)
    for product, back in zip(told.product.tolist(), amounts.tolist(), strict=True):
        tables.sessions.gave_back(product, 0, back)
    tables.windows.add("refunded", group.row, group.slots, amounts)


def _told(tables: Tables, group: Group) -> Told:
    tables.freshness.heard("orders", group.row, group.now)
    products = shelved(group, tables.products.names, tables.products.by_room)
    return Told(group.row, products, group.order, group.at)


def _became(tables: Tables, told: Told, **columns: Ints | int) -> None:
    """What becomes of orders belongs to the part of the script they were made in."""
    values = np.zeros((len(told.row), len(COLUMNS)), np.int64)
    for name, value in columns.items():
        values[:, COLUMNS.index(name)] = value
    tables.orders.became(told, values)


def _ordered(tables: Tables, group: Group) -> Told:
    """Take the units of orders we first hear of off the shelf.

    Created and paid may come in any order: the goods go when the first of them was so.
    """
    told = _told(tables, group)
    before = tables.orders.made(told)
    first, moved = np.isnan(before), group.at < before
    if not (first | moved).any():
        return told
    products, units, at, slots = told.product, group.value, group.at, _coarse(group.slots)
    shelf = tables.products
    if first.all():
        shelf.ordered(products, units)
    else:  # an order we know: it moves, if it was made earlier than we thought
        rows, was = products[moved], before[moved]
        shelf.took(rows, -units[moved], was)
        slot = np.minimum(was, group.now).astype(np.int64) // SLOT_S
        shelf.windows.add("ordered", rows, slot, -units[moved])
        shelf.ordered(products[first], units[first])
        first |= moved
        products, units, at, slots = products[first], units[first], at[first], slots[first]
    shelf.took(products, units, at)
    shelf.windows.add("ordered", products, slots, units)
    return told


def _amounts(tables: Tables, group: Group) -> Ints:
    """The amounts of a group, 0 where the currency is not the room's."""
    currencies = tables.rooms.currencies
    told = group.texts("currency")
    foreign = [currencies[row] != each for row, each in zip(group.rows, told, strict=True)]
    if True not in foreign:
        return group.second
    tables.rejected["other currency"] += sum(foreign)
    return np.where(foreign, 0, group.second)
