"""The figures of a product: what is left of it, how fast it goes, what it brought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from monitor.signals.readings import Column, Look, Reading, divide
from monitor.signals.rooms import Floats

WINDOWS = ("10s", "1m", "5m", "session")
COUNTS = {  # name in `product_<name>_<window>` → counter; product_shown_* is the room's rung
    "cards": "shown", "clicks": "clicks", "carts": "carts", "orders": "orders", "paid": "paid",
    "units": "units", "gmv": "gmv", "refunds": "refunds",
}  # fmt: skip
_CAPPED = {"cards": ("product_shown",), "clicks": ("clicks",), "carts": ("carts",)}
SELLOUT = {"sellout_s": None, "sellout_low_s": np.divide, "sellout_high_s": np.multiply}


def _state(name: str) -> Reading:
    return lambda look: look.tables.products.columns[name][: look.products]


def _flag(name: str) -> Reading:
    return lambda look: (look.tables.products.columns[name][: look.products] > 0).astype(float)


def _left(look: Look) -> Floats:
    return look.tables.products.left()


def _oversold(look: Look) -> Floats:
    return look.tables.products.oversold()[: look.products]


def _held(look: Look) -> Floats:
    """1 only where orders are heard: else nobody can tell what is held from what is sold out."""
    heard = look.tables.freshness.ever("orders")
    rooms = look.tables.products.room_of[: look.products]
    held = look.tables.products.held()[: look.products]
    return np.where(np.isnan(held), np.nan, (held == 1.0) & heard[rooms])


def _empty_s(look: Look) -> Floats:
    columns = look.tables.products.columns
    since = look.now - columns["empty_at"][: look.products]
    return np.where(_left(look) == 0, since, np.nan)


def _back_s(look: Look) -> Floats:
    columns = look.tables.products.columns
    since = look.now - columns["back_at"][: look.products]
    return np.where(_left(look) > 0, since, np.nan)


def _turnover(look: Look) -> Floats:
    """Days that the stock lasts at what was sold a day, over the days since we know it.

    At least one day: what was sold today is what is sold on a day.
    """
    columns = look.tables.products.columns
    sold = columns["sold_ever"][: look.products]
    days = np.maximum((look.now - columns["first_at"][: look.products]) / 86_400.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sold > 0, _left(look) / (sold / days), np.nan)


def _conversion(window: str) -> Reading:
    paid, clicks = ProductCount("paid", window), ProductCount("clicks", window)
    return lambda look: divide(paid(look), clicks(look))


def _velocity(window: str) -> Reading:
    return lambda look: look.tables.products.velocity(window)[: look.products]


def _sellout(off: Callable[[Floats, Floats], Floats] | None) -> Reading:
    """What is expected, or a bound off it; that nothing is left is known at once."""

    def read(look: Look) -> Floats:
        products, left = look.tables.products, _left(look)
        bound = products.expected.of_second(look.now, len(products))
        if off is not None:
            bound = off(bound, products.spread.of_second(look.now, len(products)))
        return np.where(left > 0.0, bound, left)

    return read


@dataclass(frozen=True)
class ProductCount:
    """The reading of a counter of a product, unknown until it was told once."""

    counter: str
    window: str

    def __call__(self, look: Look) -> Floats:
        windows = look.tables.products.windows
        values = windows.read(self.counter, self.window)[: look.products]
        ever = windows.read(self.counter, "session")[: look.products] > 0
        return np.where(ever, values, np.nan)


_NEVER = "never told"

STATE = (
    # name, unit, help, formula, when it is unknown, reading
    ("stock", "items", "what is left", "level + changes − ordered", "no level told", _left),
    ("oversold", "items", "ordered beyond the stock", "− left", "no level told", _oversold),
    ("held", "flag", "no stock, and none was ordered: held back, not sold out",
     "left = 0 and Σ ordered = 0, where orders are heard", "no level told", _held),
    ("sold_out_s", "s", "for how long there is none", "now − when it ran out", "there is some",
     _empty_s),
    ("back_in_stock_s", "s", "since there is some again", "now − when it came back",
     "it never ran out, or there is none", _back_s),
    ("turnover_days", "days", "that the stock lasts at what is sold a day",
     "left ÷ (ordered since first heard of ÷ days since, 1 at least)", "no level or no sales",
     _turnover),
    ("pinned", "flag", "the host talks about it", "pin facts", _NEVER, _flag("pinned")),
    ("on_shelf", "flag", "listed", "shelf facts", _NEVER, _state("on_shelf")),
    ("price", "minor", "price now", "price facts", _NEVER, _state("price_minor")),
    ("price_was", "minor", "price before", "price facts", _NEVER, _state("was_minor")),
    ("velocity_1m", "items/min", "units ordered a minute", "ordered", _NEVER, _velocity("1m")),
    ("velocity_5m", "items/min", "units ordered a minute", "ordered ÷ 5", _NEVER,
     _velocity("5m")),
)  # fmt: skip


def _columns() -> list[Column]:
    state = [Column(name, "product", *rest) for name, *rest in STATE]  # type: ignore[arg-type]
    sellout = [
        Column(
            name, "product", "s", "until sold out" + (", 80 % bound" if off else ""),
            "stock ÷ pace, see signals/pace.py", "no stock told, or none sold", _sellout(off),
        )
        for name, off in SELLOUT.items()
    ]  # fmt: skip
    counts = [
        Column(
            f"product_{name}_{window}", "product", "minor" if name == "gmv" else "items",
            f"{name} of the product", f"Σ {counter}", _NEVER, ProductCount(counter, window), window,
            _CAPPED.get(name, ()),
        )
        for window in WINDOWS
        for name, counter in COUNTS.items()
    ]  # fmt: skip
    conversions = [
        Column(
            f"product_conversion_{window}", "product", "share", "orders paid per click",
            "product_paid ÷ product_clicks", "either is unknown, or nobody clicked",
            _conversion(window), window, (), ("clicks",), f"product_clicks_{window}",
        )
        for window in WINDOWS
    ]  # fmt: skip
    return [*state, *sellout, *counts, *conversions]


COLUMNS = tuple(_columns())
