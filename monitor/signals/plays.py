"""What the desk plays to liven up a room: coupons here, lucky bags and flash sales beside.

`plays` lists all of them for people: what is on, what is over, and how it went.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from monitor.signals.coupons import PHASES
from monitor.signals.flash_sales import figures, left_of
from monitor.signals.grouping import Group
from monitor.signals.tables import Tables


class Play(Struct, frozen=True, kw_only=True):
    """A flash sale (`name` is its product), lucky bag or coupon; figures by their names."""

    kind: str
    name: str
    at: float | None = None
    ended_at: float | None = None
    figures: dict[str, float | None] = {}


def coupons(tables: Tables, group: Group) -> None:
    """Coupons that were sent out, taken or used: one each."""
    phases = np.array([PHASES.index(event.phase) for event in group.events])
    for index, phase in enumerate(PHASES):
        which = phases == index
        if which.any():
            tables.rare.add(f"coupons_{phase}", group.row[which], group.slots[which])
    for row, event in zip(group.rows, group.events, strict=True):
        tables.coupons.tell(row, event)
        if event.phase == "sent":
            tables.timeline.note(row, event)


def plays(tables: Tables, row: int, now: float) -> list[Play]:
    """The plays of a room, the newest first."""
    found = [
        Play(
            kind="coupon", name=name, at=at,
            figures={"sent": sent, "taken": taken, "used": used,
                     "used_rate": used / taken if taken else None},
        )
        for name, (at, sent, taken, used) in tables.coupons.of(row).items()
    ]  # fmt: skip
    for name, bag in tables.bags.of(row).items():
        told = {
            "entrants": bag.entrants, "late_s": bag.late_s(now), "online_drop": bag.online_drop,
            "comments_drop": bag.comments_drop,
        }  # fmt: skip
        over = _known(bag.over_at)
        ended = over if over is not None and over <= now else None
        found.append(
            Play(kind="lucky_bag", name=name, at=_known(bag.opened_at), ended_at=ended,
                 figures={each: _known(value) for each, value in told.items()})
        )  # fmt: skip
    price = tables.products.columns["price_minor"]
    for sku, product in tables.products.by_room[row].items():
        sale = tables.flash_sales.of(product)
        if sale is not None:
            left = left_of(tables.products, product)
            told = figures(sale, left, float(price[product]), now)
            found.append(
                Play(kind="flash_sale", name=sku, at=sale.at, ended_at=_known(sale.end),
                     figures={each: _known(value) for each, value in told.items()})
            )  # fmt: skip
    return sorted(found, key=lambda play: -(play.at or 0.0))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
