"""Which figures are exact, and which only bounds or estimates because of what they are made of.

    above a lower bound            the figure is at least that      ≥
    below one (a denominator)      it is at most that               ≤
    both                           it may be either                 ≈
    a number of people that is estimated, above or below            ≈

Every figure says what stands above and below in it (`Column`): counters, the gauges online
and viewers_total, or one of `MADE`, which are put together differently from room to room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.signals.bounds import Flags
from monitor.signals.readings import Column, Count, Look
from monitor.signals.rooms import Floats

EXACT, AT_LEAST, AT_MOST, EITHER = 0, 1, -1, 2
SIGNS = {AT_LEAST: "≥", AT_MOST: "≤", EITHER: "≈"}

Codes = NDArray[np.int8]


def _viewers(look: Look, window: str) -> Flags:
    if window != "session":
        return _gauge(look, "online")
    return np.where(_untold(look), _visits(look, window), _gauge(look, "viewers_total"))


def _visits(look: Look, window: str) -> Flags:
    untold = np.isnan(Count("enters", "enters", window)(look))
    return np.where(untold, _counter(look, "arrivals", window), _counter(look, "enters", window))


def _untold(look: Look) -> Flags:
    """Rooms that tell no total of viewers: theirs are those who came in."""
    untold: Flags = np.isnan(look.tables.gauges["total"][: look.rooms])
    return untold


def _people(look: Look, window: str) -> Flags:
    return np.zeros(look.rooms, bool)  # never at a cap


def _guessed(look: Look, names: Sequence[str], window: str) -> Flags:
    """Rooms in which a number of people among these is an estimate."""
    flags = np.zeros(look.rooms, bool)
    rows = [row for row in look.tables.people.estimated if row < look.rooms]
    if rows and not {"people", "entered"}.isdisjoint(names):
        flags[rows] = True
    elif rows and ("viewers_total" in names or ("viewers" in names and window == "session")):
        flags[rows] = _untold(look)[rows]
    return flags


MADE: dict[str, Callable[[Look, str], Flags]] = {
    "viewers": _viewers,
    "visits": _visits,
    "entered": _visits,
    "people": _people,
    "online": lambda look, window: _gauge(look, "online"),
    "viewers_total": lambda look, window: _viewers(look, "session"),
}


def _gauge(look: Look, name: str) -> Flags:
    return look.tables.bounds.of(name)[: look.rooms]


def _counter(look: Look, name: str, window: str) -> Flags:
    now_slot = look.tables.windows.now_slot
    return look.tables.bounds.within(name, window, now_slot)[: look.rooms]


def _loose(look: Look, names: Sequence[str], window: str) -> Flags:
    flags = np.zeros(look.rooms, bool)
    for name in names:
        made = MADE.get(name)
        flags |= made(look, window) if made is not None else _counter(look, name, window)
    return flags


def bound(look: Look, column: Column) -> Codes:
    """EXACT, AT_LEAST, AT_MOST or EITHER for each row of a figure.

    Of a product it is that of its room: platforms cap what they tell of a room.
    """
    window = column.window or "session"
    above, below = _loose(look, column.above, window), _loose(look, column.below, window)
    either = (above & below) | _guessed(look, (*column.above, *column.below), window)
    codes: Codes = np.where(either, EITHER, above * AT_LEAST + below * AT_MOST).astype(np.int8)
    if column.scope == "product":
        codes = (
            codes[look.tables.products.room_of[: look.products]]
            if look.rooms
            else np.zeros(look.products, np.int8)
        )
    return codes


def signs(look: Look, column: Column) -> dict[int, str]:
    """Row → how people write it, of the rows in which a figure is only a bound."""
    codes = np.where(np.isnan(column.read(look)), EXACT, bound(look, column))
    return {row: SIGNS[int(codes[row])] for row in np.flatnonzero(codes).tolist()}


def flag(column: Column) -> Column:
    """The figure `capped_<name>`: 1 where `name` is only a bound or an estimate."""

    def read(look: Look) -> Floats:
        return np.where(np.isnan(column.read(look)), np.nan, bound(look, column) != EXACT)

    return Column(
        f"capped_{column.name}", column.scope, "flag",
        f"{column.name} is only a bound or an estimate",
        "something in it sat at a platform's cap, or is estimated",
        f"{column.name} is unknown", read,
    )  # fmt: skip
