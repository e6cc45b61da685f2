"""From a card shown to an order paid back, per room and per product.

GMV is what was paid, in minor units of the room's currency; an amount in another
currency is counted as rejected, not added. An order takes its units off the shelf when
we first hear of it, whether created or paid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from monitor.signals.engagement import did, rises_of
from monitor.signals.grouping import Group
from monitor.signals.pace import SLOT_S
from monitor.signals.tables import Tables
from monitor.signals.windows import Ints


def _looked(room_counter: str, product_counter: str) -> Callable[[Tables, Group], None]:
    """A reader of facts that count the looks at a product; a total is that of its product."""

    def read(tables: Tables, group: Group) -> None:
        if room_counter == "clicks":
            tables.freshness.heard("clicks", group.row, group.now)
        products = tables.products.rows(group.rows, [event.sku for event in group.events])
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
    products, before = _ordered(tables, group)
    _belong(tables, group, products, before)
    tables.windows.add("orders", group.row, group.slots)
    tables.products.windows.add("orders", products, _coarse(group.slots))


def paid(tables: Tables, group: Group) -> None:
    products, before = _ordered(tables, group)
    coarse = _coarse(group.slots)
    units = group.value
    tables.windows.add("paid", group.row, group.slots)
    tables.windows.add("units", group.row, group.slots, units)
    tables.products.windows.add("paid", products, coarse)
    tables.products.windows.add("units", products, coarse, units)
    amounts = _amounts(tables, group)
    tables.windows.add("gmv", group.row, group.slots, amounts)
    tables.products.windows.add("gmv", products, coarse, amounts)
    _belong(tables, group, products, before, lambda index: (1, int(amounts[index]), 0, 0, 0))
    did(tables, group, "buyers")


def cancelled(tables: Tables, group: Group) -> None:
    tables.freshness.heard("orders", group.row, group.now)
    products = tables.products.rows(group.rows, [event.sku for event in group.events])
    took, known = tables.products.took, tables.orders.known
    for event, product in zip(group.events, products.tolist(), strict=True):
        before = known(product, f"{event.order}\0cancelled", event.at)
        if before is None or event.at < before:  # it gives its units back once
            took(product, -event.quantity, event.at)
            if before is not None:
                took(product, event.quantity, before)
    _belong(tables, group, products, None, lambda _: (0, 0, 1, 0, 0))
    tables.windows.add("cancelled", group.row, group.slots)


def refunded(tables: Tables, group: Group) -> None:
    tables.freshness.heard("orders", group.row, group.now)
    products = tables.products.rows(group.rows, [event.sku for event in group.events])
    tables.windows.add("refunds", group.row, group.slots)
    tables.products.windows.add("refunds", products, _coarse(group.slots))
    amounts = _amounts(tables, group)
    _belong(tables, group, products, None, lambda index: (0, 0, 0, 1, int(amounts[index])))
    tables.windows.add("refunded", group.row, group.slots, amounts)


def _belong(
    tables: Tables,
    group: Group,
    products: Ints,
    before: Sequence[float | None] | None,
    became: Callable[[int], Sequence[int]] | None = None,
) -> None:
    """What becomes of orders belongs to the part of the script they were made in.

    `before` is since when each was known of before it was made, `became` tells by its place
    in the group what became of it.
    """
    wanted = np.flatnonzero(tables.brought.wanted[group.row])
    for index in wanted.tolist():
        event, row = group.events[index], group.rows[index]
        key = (int(products[index]), event.order)
        if before is not None:
            tables.orders.made(row, key, before[index], event.at)
        if became is not None:
            tables.orders.became(row, key, became(index))


def _ordered(tables: Tables, group: Group) -> tuple[Ints, list[float | None]]:
    """Take the units of orders we first hear of off the shelf.

    Gives their product rows, and since when each of them was known of before.

    Created and paid may come in any order: the goods go when the first of them was so.
    """
    tables.freshness.heard("orders", group.row, group.now)
    events = group.events
    products = tables.products.rows(group.rows, [event.sku for event in events])
    units = group.value
    slots = _coarse(group.slots)
    known = tables.orders.known
    rows = products.tolist()
    before = [known(row, event.order, event.at) for row, event in zip(rows, events, strict=True)]
    took, windows = tables.products.took, tables.products.windows
    for row, event, since in zip(rows, events, before, strict=True):
        if since is None or event.at < since:
            took(row, event.quantity, event.at)
    if before.count(None) == len(before):
        windows.add("ordered", products, slots, units)
        tables.products.ordered(products, units)
        return products, before
    first = np.array([since is None for since in before])
    tables.products.ordered(products[first], units[first])
    for index, since in enumerate(before):
        moved = since is not None and events[index].at < since
        one = slice(index, index + 1)
        if since is None or moved:
            windows.add("ordered", products[one], slots[one], units[one])
        if since is not None and moved:
            took(rows[index], -events[index].quantity, since)
            was = int(min(since, group.now)) // SLOT_S
            windows.add("ordered", products[one], was, -units[one])
    return products, before


def _amounts(tables: Tables, group: Group) -> Ints:
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
