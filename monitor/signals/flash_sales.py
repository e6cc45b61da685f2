"""Flash sales (限时秒杀): sold out before their end, goods left at it, the price after it.

    start ── on ── end ── is the price back?

What a sale sold are the units ordered in its slots of the product's ring (5 s wide), so it
does not matter in which order its start, its end and the orders are told; once no fact can
be late any more, what was sold before its start and up to its end is fixed. What is left is
its own stock less that or, where the start tells none, the product's stock.
"""

from __future__ import annotations

from bisect import insort

import numpy as np
from msgspec import Struct

from monitor.events import FlashSale
from monitor.signals.pace import SLOT_S
from monitor.signals.rooms import NAN, Floats
from monitor.signals.stock import Products
from monitor.signals.windows import Windows

FACTS = 8  # of a product, the last ones by when they were so
FIGURES = (
    "flash_sale_s", "flash_left", "flash_sold_out_s", "flash_over_s", "flash_price_unrestored_s",
)  # fmt: skip


class Told(Struct, frozen=True, order=True):
    """A start or an end."""

    at: float
    start: bool
    price: int
    stock: int = -1


class Sale(Struct):
    """The sale that began last; NaN and None where nobody knows."""

    at: float
    price: int
    stock: float = NAN
    end: float = NAN
    sold_before: int = 0  # in the session, before it
    sold: int = 0
    sold_out_at: float = NAN


class FlashSales:
    """Sales of products, by product row."""

    def __init__(self, lateness_s: float) -> None:
        self._settled_s = lateness_s + 2 * SLOT_S
        self._told: dict[int, list[Told]] = {}
        self._sales: dict[int, Sale] = {}

    def tell(self, product: int, fact: FlashSale) -> None:
        """A sale begins or ends."""
        if product == 0:
            return
        told = self._told.setdefault(product, [])
        stock = -1 if fact.stock is None else fact.stock
        insort(told, Told(fact.at, fact.phase == "start", fact.price, stock))
        del told[:-FACTS]
        starts = [one for one in told if one.start]
        if not starts:
            return
        start = starts[-1]
        end = next((one.at for one in told if not one.start and one.at >= start.at), NAN)
        known = self._sales.get(product)
        if known is None or known.at != start.at:
            known = self._sales[product] = Sale(at=start.at, price=start.price)
        known.price, known.end = start.price, end
        known.stock = NAN if start.stock < 0 else float(start.stock)

    def roll(self, products: Products, now: float) -> None:
        """Count what was sold. Once a second, while any sale is known."""
        for product, sale in self._sales.items():
            self._count(product, sale, products.windows, now)
            if np.isnan(sale.stock):
                out = left_of(products, product) == 0.0
            else:
                out = sale.sold >= sale.stock
            if not out:
                sale.sold_out_at = NAN
            elif np.isnan(sale.sold_out_at):
                sale.sold_out_at = now

    def _count(self, product: int, sale: Sale, windows: Windows, now: float) -> None:
        session = int(windows.read("ordered", "session")[product])
        if now <= sale.at + self._settled_s:
            sale.sold_before = session - _since(windows, product, sale.at)
        if np.isnan(sale.end):
            sale.sold = session - sale.sold_before
        elif now <= sale.end + self._settled_s:
            after = _since(windows, product, sale.end + SLOT_S)
            sale.sold = session - after - sale.sold_before

    def of(self, product: int) -> Sale | None:
        """The sale of a product that began last."""
        return self._sales.get(product)

    def read(self, name: str, products: Products, now: float, rows: int) -> Floats:
        """One of `FIGURES`; unknown for products of which no sale was told."""
        values = np.full(rows, NAN)
        price = products.columns["price_minor"]
        for product, sale in self._sales.items():
            if product < rows:
                left = left_of(products, product)
                values[product] = figures(sale, left, float(price[product]), now)[name]
        return values

    def forget(self, products: list[int]) -> None:
        """A new session, or other products in these rows."""
        for product in products:
            self._told.pop(product, None)
            self._sales.pop(product, None)


def figures(sale: Sale, left: float, price: float, now: float) -> dict[str, float]:
    """The figures of a sale, with the product's stock and price."""
    over = sale.end <= now
    own = max(sale.stock - sale.sold, 0.0)
    out = not over and sale.sold_out_at <= now
    low = over and price <= sale.price
    return {
        "flash_sale_s": 0.0 if over else max(now - sale.at, 0.0),
        "flash_left": left if np.isnan(sale.stock) else own,
        "flash_sold_out_s": now - sale.sold_out_at if out else 0.0,
        "flash_over_s": now - sale.end if over else 0.0,
        "flash_price_unrestored_s": NAN if np.isnan(price) else now - sale.end if low else 0.0,
    }


def left_of(products: Products, product: int) -> float:
    """What is left of one product, as `Products.left` tells of all."""
    level, since = (float(products.columns[name][product]) for name in ("level", "since_level"))
    return max(level + since, 0.0)  # NaN stays NaN


def _since(windows: Windows, product: int, at: float) -> int:
    """Units ordered in the slots from that of `at` on, as far as the ring goes back."""
    first = max(int(at) // SLOT_S, windows.now_slot - windows.slots + 1)
    if first > windows.now_slot:
        return 0
    return int(windows.series("ordered", product, first, windows.now_slot + 1).sum())
