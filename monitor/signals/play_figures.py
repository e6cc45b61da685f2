"""The figures of plays: flash sales of a product, lucky bags and coupons of a room."""

from __future__ import annotations

import numpy as np

from monitor.signals.freshness import ANY
from monitor.signals.readings import Column, Look, Reading, divide, spoken
from monitor.signals.rooms import Floats
from monitor.signals.windows import SPANS

_WINDOWS = (*SPANS, "session")


def _flash(name: str) -> Reading:
    return lambda look: look.tables.flash_sales.read(
        name, look.tables.products, look.now, look.products
    )


def _bag(name: str) -> Reading:
    return lambda look: look.tables.bags.read(name, look.now, look.rooms)


def _count(counter: str, window: str) -> Reading:
    def read(look: Look) -> Floats:
        values = look.tables.rare.read(counter, window, look.rooms)
        if window != "session" and not np.isnan(values).all():
            whole = look.tables.freshness.whole(ANY, SPANS[window], look.now)[: look.rooms]
            values = np.where(whole, values, np.nan)
        return values

    return read


def _used(window: str) -> Reading:
    used, taken = _count("coupons_used", window), _count("coupons_taken", window)
    return lambda look: divide(used(look), taken(look))


_NO_SALE = "no flash sale of it was told"
_NO_BAG = "no lucky bag was told"
_Row = tuple[str, str, str, str, str]

FLASH: tuple[_Row, ...] = (
    # name, unit, help, formula, when it is unknown
    ("flash_sale_s", "s", "its flash sale is on for so long; 0 where none is", "now − start",
     _NO_SALE),
    ("flash_left", "items", "what is left of its flash sale, the last one",
     "stock of the sale − units ordered in it; else stock", f"{_NO_SALE}, or no stock"),
    ("flash_sold_out_s", "s", "its flash sale is sold out for so long while it is on",
     "now − sold out", _NO_SALE),
    ("flash_over_s", "s", "its flash sale is over for so long; 0 while one is on", "now − end",
     _NO_SALE),
    ("flash_price_unrestored_s", "s", "the price is the sale's for so long after its end",
     "now − end while price ≤ sale price", f"{_NO_SALE}, or no price"),
)  # fmt: skip

BAGS: tuple[_Row, ...] = (
    ("bags_open", "items", "lucky bags that are open", "opened, neither drawn nor closed", _NO_BAG),
    ("bag_open_s", "s", "the oldest of them is open for so long; 0: none", "now − open", _NO_BAG),
    ("bag_late_s", "s", "a bag should have been drawn so long ago; 0: none",
     "now − open − seconds", "no bag said how long it lasts"),
    ("bag_drawn_s", "s", "since a bag was drawn", "now − draw", "none was drawn"),
    ("bag_entrants", "people", "who entered the last bag", "newest told", "never told"),
    ("bag_online_drop", "share", "people who left in the minute after the last draw",
     "1 − online a minute later ÷ online at the draw", "not measured, or online unknown"),
    ("bag_comments_drop", "share", "how far comments fell after the last draw",
     "1 − 60 s after ÷ 60 s before, entries left out", "not measured, or nobody commented before"),
)  # fmt: skip

COUNTS = {
    "bag_entries": "comments that enter a lucky bag: no engagement, and no mood",
    "coupons_sent": "coupons put out",
    "coupons_taken": "coupons taken",
    "coupons_used": "coupons used",
}


def _columns() -> list[Column]:
    flash = [Column(name, "product", *rest, _flash(name)) for name, *rest in FLASH]  # type: ignore[call-arg,arg-type]
    bags = [Column(name, "room", *rest, _bag(name)) for name, *rest in BAGS]  # type: ignore[call-arg,arg-type]
    counts = [
        Column(
            f"{name}_{window}", "room", "items", f"{text}, {spoken(window)}", f"Σ {name}",
            "no bag entry or coupon was ever told, or a hole in the window", _count(name, window),
        )
        for name, text in COUNTS.items()
        for window in _WINDOWS
    ]  # fmt: skip
    rates = [
        Column(
            f"coupon_used_rate_{window}", "room", "share",
            f"coupons used per coupon taken, {spoken(window)}", "coupons_used ÷ coupons_taken",
            "either is unknown, or none was taken", _used(window),
        )
        for window in _WINDOWS
    ]  # fmt: skip
    return [*flash, *bags, *counts, *rates]


COLUMNS = tuple(_columns())
