"""The figures of a product: what is left of it, how fast it goes, what it brought."""

from __future__ import annotations

import numpy as np

from monitor.signals.readings import Column, Look, Reading, spoken
from monitor.signals.rooms import Floats

WINDOWS = ("1m", "5m", "session")
COUNTS = {  # name in `product_<name>_<window>` → counter; product_shown_* is the room's rung
    "cards": "shown", "clicks": "clicks", "carts": "carts", "orders": "orders", "paid": "paid",
    "units": "units", "gmv": "gmv", "refunds": "refunds",
}  # fmt: skip
SELLOUT = ("sellout_s", "sellout_low_s", "sellout_high_s")


def _state(name: str) -> Reading:
    return lambda look: look.tables.products.columns[name][: look.products]


def _flag(name: str) -> Reading:
    return lambda look: np.nan_to_num(look.tables.products.columns[name][: look.products])


def _left(look: Look) -> Floats:
    return look.tables.products.left()[: look.products]


def _oversold(look: Look) -> Floats:
    return look.tables.products.oversold()[: look.products]


def _velocity(window: str) -> Reading:
    return lambda look: look.tables.products.velocity(window)[: look.products]


def _sellout(index: int) -> Reading:
    def read(look: Look) -> Floats:
        if not look.sellouts:
            look.sellouts.append(look.tables.products.sellout(look.now))
        return look.sellouts[0][index][: look.products]

    return read


def _count(counter: str, window: str) -> Reading:
    """A counter of a product, unknown until it was told once."""

    def read(look: Look) -> Floats:
        windows = look.tables.products.windows
        values = windows.read(counter, window)[: look.products]
        return np.where(windows.read(counter, "session")[: look.products] > 0, values, np.nan)

    return read


_NEVER = "never told"

STATE = (
    # name, unit, help, formula, when it is unknown, reading
    ("stock", "items", "what is left", "level + changes − ordered", "no level told", _left),
    ("oversold", "items", "ordered beyond the stock", "− left", "no level told", _oversold),
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
            name, "product", "s", "until sold out" + (", 80 % bound" if index else ""),
            "stock ÷ velocity", "no stock or no sales", _sellout(index),
        )
        for index, name in enumerate(SELLOUT)
    ]  # fmt: skip
    counts = [
        Column(
            f"product_{name}_{window}", "product", "minor" if name == "gmv" else "items",
            f"{name} of the product, {spoken(window)}", f"Σ {counter}", _NEVER,
            _count(counter, window),
        )
        for window in WINDOWS
        for name, counter in COUNTS.items()
    ]  # fmt: skip
    return [*state, *sellout, *counts]


COLUMNS = tuple(_columns())
