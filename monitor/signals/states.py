"""Facts that say how something now is: the newest one is right, in whatever order they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec.structs import replace

from monitor import events as facts
from monitor.signals import mood_counts
from monitor.signals.signs import sign_of
from monitor.signals.tables import Tables
from monitor.signals.wording import JUDGED


def apply(tables: Tables, row: int, event: facts.Event, now: float) -> None:
    """Take a fact of state of a room."""
    if event.at > now:  # its clock is ahead; it must not outrank what comes after it
        event = replace(event, at=now)
    kind = event.__class__
    take = TAKEN.get(kind)
    if take is not None:
        take(tables, row, event, now)
    sign = sign_of(event)
    if sign is not None:
        tables.took(row, sign)
    tables.timeline.note(row, event)
    tables.happened.note(row, event)
    if kind in JUDGED:
        mood_counts.worded(tables, row, event, int(event.at))


def _session(tables: Tables, row: int, event: facts.Session, now: float) -> None:
    if tables.rooms.session(row, event):
        tables.forget_session(row)


def _stock(tables: Tables, row: int, event: facts.Stock, now: float) -> None:
    tables.freshness.heard("stock", np.array([row]), now)
    tables.products.stock(_product(tables, row, event.sku), event)


def _price(tables: Tables, row: int, event: facts.Price, now: float) -> None:
    tables.products.price(_product(tables, row, event.sku), event)


def _shelf(tables: Tables, row: int, event: facts.Shelf, now: float) -> None:
    tables.products.shelf(_product(tables, row, event.sku), event)


def _pin(tables: Tables, row: int, event: facts.Pin | facts.Unpin, now: float) -> None:
    tables.products.pin(_product(tables, row, event.sku), event)


def _bag(tables: Tables, row: int, event: facts.LuckyBag, now: float) -> None:
    tables.bags.tell(row, event)


def _flash_sale(tables: Tables, row: int, event: facts.FlashSale, now: float) -> None:
    tables.flash_sales.tell(_product(tables, row, event.sku), event)


def _traffic(tables: Tables, row: int, event: facts.Traffic, now: float) -> None:
    tables.arrivals.told(row, event.source, event.value, event.at)


TAKEN: dict[type[facts.Fact], Callable[[Tables, int, Any, float], None]] = {
    facts.Session: _session,
    facts.Stock: _stock,
    facts.Price: _price,
    facts.Shelf: _shelf,
    facts.Pin: _pin,
    facts.Unpin: _pin,
    facts.LuckyBag: _bag,
    facts.FlashSale: _flash_sale,
    facts.Traffic: _traffic,
}


def _product(tables: Tables, row: int, sku: str) -> int:
    return tables.products.by_room[row][sku]
