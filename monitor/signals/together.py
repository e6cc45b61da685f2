"""Counts that are read together: what rules want each tick, as one array, a row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from monitor.signals.metrics import FIGURES
from monitor.signals.product_figures import ProductCount
from monitor.signals.readings import Count, Look
from monitor.signals.rooms import Floats
from monitor.signals.windows import SPANS, Ints

_WINDOWS = {name: index for index, name in enumerate([*SPANS, "session"])}


class Counts:
    """Those of some figures that are plain counts; of rooms and of products."""

    def __init__(self, names: Iterable[str]) -> None:
        readings = {name: FIGURES[name].read for name in names if name in FIGURES}
        of_rooms = [(read.like, name, read) for name, read in readings.items()
                    if isinstance(read, Count)]  # fmt: skip
        of_rooms.sort(key=lambda each: each[:2])
        self.rooms = [name for _, name, _ in of_rooms]
        self._rooms = [read for _, _, read in of_rooms]
        self._alike: list[tuple[Count, slice]] = []  # counts that are known in the same rooms
        for place, (like, _, read) in enumerate(of_rooms):
            if self._alike and self._alike[-1][0].like == like:
                first, part = self._alike[-1]
                self._alike[-1] = (first, slice(part.start, place + 1))
            else:
                self._alike.append((read, slice(place, place + 1)))
        self._products = [read for read in readings.values() if isinstance(read, ProductCount)]
        self.products = [name for name, read in readings.items() if isinstance(read, ProductCount)]

    def of_rooms(self, look: Look) -> Floats:
        """Shaped (self.rooms, rooms)."""
        windows = look.tables.windows
        sums = windows.sums(_places(windows.counters, self._rooms))
        values = sums[:, : look.rooms].astype(np.float64)
        for count, part in self._alike:
            known = count.known(look)
            if known is not None:
                np.copyto(values[part], np.nan, where=~known)
        return values

    def of_products(self, look: Look) -> Floats:
        """Shaped (self.products, products)."""
        windows = look.tables.products.windows
        spans, counters = _places(windows.counters, self._products)
        values = windows.sums((spans, counters))[:, : look.products]
        session = np.full_like(spans, _WINDOWS["session"])
        ever = windows.sums((session, counters))[:, : look.products] > 0
        return np.where(ever, values, np.nan)


def _places(
    counters: dict[str, int], readings: Sequence[Count | ProductCount]
) -> tuple[Ints, Ints]:
    """Which windows, of which counters."""
    return (
        np.array([_WINDOWS[read.window] for read in readings], np.int64),
        np.array([counters[read.counter] for read in readings], np.int64),
    )
