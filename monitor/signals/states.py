"""Facts that say how something now is: the newest one is right, in whatever order they come."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from monitor import events as facts
from monitor.signals import mood_counts
from monitor.signals.signs import sign_of
from monitor.signals.tables import Tables


def apply(tables: Tables, row: int, event: facts.Event, now: float) -> None:
    """Take a fact of state of a room."""
    if event.at > now:  # its clock is ahead; it must not outrank what comes after it
        event = replace(event, at=now)
    match event:
        case facts.Session():
            if tables.rooms.session(row, event):
                tables.forget_session(row)
        case facts.Stock():
            tables.freshness.heard("stock", np.array([row]), now)
            tables.products.stock(_product(tables, row, event.sku), event)
        case facts.Price():
            tables.products.price(_product(tables, row, event.sku), event)
        case facts.Shelf():
            tables.products.shelf(_product(tables, row, event.sku), event)
        case facts.Pin() | facts.Unpin():
            tables.products.pin(_product(tables, row, event.sku), event)
        case facts.LuckyBag():
            tables.bags.tell(row, event)
        case facts.FlashSale():
            tables.flash_sales.tell(_product(tables, row, event.sku), event)
        case facts.Traffic():
            tables.arrivals.told(row, event.source, event.value, event.at)
    sign = sign_of(event)
    if sign is not None:
        tables.took(row, sign)
    tables.timeline.note(row, event)
    tables.happened.note(row, event)
    mood_counts.worded(tables, row, event, int(event.at))


def _product(tables: Tables, row: int, sku: str) -> int:
    return tables.products.by_room[row][sku]
