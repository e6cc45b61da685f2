"""`roomwatch bench sellout FILE.csv`: are products sold out when we said they would be?

A recorded order day (one line an order line: InvoiceNo, StockCode, Quantity, InvoiceDate)
is played, re-timed to a broadcast of some hours, into the very shelf that rules ask. Its
instants are whole minutes; the invoices of a minute are spread over it. Each product with
enough lines is put up several times over, with a stock that is a share of what was sold
that day, so that when it was sold out is known. Once a minute, from its first sale until
then, two forecasts are held against that:

    paces    stock ÷ the greater of the paces over 1 min and 5 min, Poisson
    pace     the one that is used (signals/pace.py)

Cancelled lines are left out: in such data they take back orders of other days.
"""

from __future__ import annotations

import csv
import pathlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from msgspec import Struct

from monitor.errors import InputError
from monitor.events import Stock
from monitor.signals.pace import SLOT_S, Z80
from monitor.signals.rooms import Floats
from monitor.signals.stock import Products

SHARES = (0.25, 0.5, 0.75, 0.9)  # of the day's units that are in stock
BEGIN = 1_800_000_000.0  # of the broadcast; a whole minute
NEEDED = ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate")
Line = tuple[float, str, int]  # seconds into the day, product, units
Forecast = tuple[Floats, Floats, Floats]  # expected, low, high


class Score(Struct, frozen=True, kw_only=True):
    """How one forecast did. `width` is high ÷ low; `error` is of ln(expected ÷ true)."""

    instants: int
    inside: float  # share of them in which the true time was in the interval
    sooner: float
    later: float
    width: float  # median
    error: float  # median


class Day(Struct, frozen=True, kw_only=True):
    """A replayed order day."""

    lines: int
    products: int
    hours: float
    paces: Score
    pace: Score
    pace_where_paces: Score  # of the instants in which the other one says anything, too


def read(path: pathlib.Path) -> list[Line]:
    """The order lines of a day, in order. Raises InputError."""
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            table = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (table.fieldnames or ())]
            if missing:
                raise InputError(
                    f"{path}:1: no column `{missing[0]}` — write a header with {', '.join(NEEDED)}"
                )
            return _spread([_line(path, table.line_num, row) for row in table])
    except OSError as error:
        raise InputError(f"{path}: {error.strerror} — write the name of an order day") from None


def _line(path: pathlib.Path, number: int, row: Mapping[str, str]) -> tuple[float, str, str, int]:
    try:
        at = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=UTC).timestamp()
        return at, row["InvoiceNo"], row["StockCode"], int(row["Quantity"])
    except (TypeError, ValueError) as error:
        remedy = "write an ISO date and a whole number"
        raise InputError(f"{path}:{number}: {error} — {remedy}") from None


def _spread(lines: Sequence[tuple[float, str, str, int]]) -> list[Line]:
    minutes: dict[float, dict[str, None]] = defaultdict(dict)
    sold = [line for line in lines if line[3] > 0 and not line[1].startswith("C")]
    for at, invoice, _, _ in sold:
        minutes[at // 60 * 60][invoice] = None
    begin = min(minutes, default=0.0)
    when = {
        (minute, invoice): minute - begin + 60.0 * (index + 0.5) / len(invoices)
        for minute, invoices in minutes.items()
        for index, invoice in enumerate(invoices)
    }
    return sorted((when[at // 60 * 60, invoice], sku, units) for at, invoice, sku, units in sold)


def replay(lines: Sequence[Line], *, hours: float = 3.0, fewest: int = 8) -> Day:
    """Play a day; products with at least `fewest` lines are forecast."""
    by_sku: dict[str, list[tuple[float, int]]] = defaultdict(list)
    stretch = hours * 3600.0 / (max((at for at, _, _ in lines), default=0.0) + 60.0)
    for at, sku, units in lines:
        by_sku[sku].append((BEGIN + at * stretch, units))
    chosen = {sku: sales for sku, sales in by_sku.items() if len(sales) >= fewest}
    if not chosen:
        raise InputError(f"no product has {fewest} lines — write a smaller --lines")
    shelf, sales, ends = _put_up(chosen)
    found: dict[str, list[Floats]] = {"paces": [], "pace": []}
    place = 0
    for minute in range(1, int(hours * 60) + 1):
        now = BEGIN + minute * 60.0
        while place < len(sales) and sales[place][0] < now:
            place = _sell(shelf, sales, place)
        shelf.roll(now)
        true = ends - now
        for name, forecast in (("paces", paces(shelf)), ("pace", shelf.sellout(now))):
            found[name].append(np.stack([*(each[1:] for each in forecast), true]))
    told = {name: np.concatenate(parts, axis=1) for name, parts in found.items()}
    asked = (told["pace"][3] > 0) & ~np.isnan(told["pace"][0])
    both = asked & ~np.isnan(told["paces"][0])
    return Day(
        lines=len(lines), products=len(chosen), hours=hours, paces=_score(told["paces"][:, both]),
        pace=_score(told["pace"][:, asked]), pace_where_paces=_score(told["pace"][:, both]),
    )  # fmt: skip


def _put_up(
    chosen: Mapping[str, Sequence[tuple[float, int]]],
) -> tuple[Products, list[tuple[float, int, int]], Floats]:
    """The shelf at the start, (at, row, units) of what is sold, and when each row is sold out."""
    shelf = Products()
    shelf.grow(1)
    shelf.roll(BEGIN)
    sales: list[tuple[float, int, int]] = []
    ends = []
    for sku, sold in chosen.items():
        total = sum(units for _, units in sold)
        for share in SHARES:
            row = int(shelf.rows([0], [f"{sku} {share}"])[0])
            stock = int(np.ceil(share * total))
            shelf.stock(row, Stock(room="r", at=BEGIN, sku=sku, value=stock))
            sales += [(at, row, units) for at, units in sold]
            sold_by = np.cumsum([units for _, units in sold])
            ends.append(sold[int(np.searchsorted(sold_by, stock))][0])
    return shelf, sorted(sales), np.array(ends)


def _sell(shelf: Products, sales: Sequence[tuple[float, int, int]], place: int) -> int:
    """Sell what falls into one slot; the place after it."""
    slot = int(sales[place][0]) // SLOT_S
    upto = place
    while upto < len(sales) and int(sales[upto][0]) // SLOT_S == slot:
        upto += 1
    shelf.roll(float(slot * SLOT_S))
    rows = np.array([row for _, row, _ in sales[place:upto]])
    units = np.array([units for _, _, units in sales[place:upto]])
    shelf.took(rows, units, np.array([at for at, _, _ in sales[place:upto]]))
    shelf.windows.add("ordered", rows, slot, units)
    shelf.pace.ordered(rows, units)
    return upto


def paces(shelf: Products) -> Forecast:
    """The greater of the paces over 1 min and 5 min, sales taken for a Poisson count."""
    left = shelf.left()
    fast, slow = (shelf.velocity(window)[: len(shelf)] for window in ("1m", "5m"))
    shelf.windows.apply()
    pace = np.maximum(fast, slow) / 60.0
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(pace > 0, left / pace, np.nan)
        sold = np.where(fast >= slow, fast, slow * 5.0)
        spread = np.exp(Z80 * np.sqrt(1.0 / sold + 1.0 / np.maximum(left, 1.0)))
        return expected, expected / spread, expected * spread


def _score(told: Floats) -> Score:
    expected, low, high, true = told
    true = np.maximum(true, SLOT_S / 2.0)  # no figure is finer than a slot
    sooner, later = float(np.mean(true < low)), float(np.mean(true > high))
    return Score(
        instants=len(true),
        inside=round(1.0 - sooner - later, 3),
        sooner=round(sooner, 3),
        later=round(later, 3),
        width=round(float(np.median(high / low)), 2),
        error=round(float(np.median(np.abs(np.log(expected / true)))), 3),
    )
