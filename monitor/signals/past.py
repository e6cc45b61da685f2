"""What rooms were like over the last hour: a reading of a few figures every ten seconds.

    step      … 357  358  359  360          a step is ten seconds; `STEPS` of them are kept
    online    4,210 4,180 NaN 4,233         NaN: unknown then, or nobody looked

Only the first `ROOMS` rooms are kept: more do not fit on walls, and a step costs nothing
between two of them. The band that is expected of a figure comes from the room's own past:
the 10th and 90th percentile of the quarter of an hour that ended a minute before, so that
a sudden fall does not move the band it falls out of.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.signals.rooms import Floats

EVERY_S = 10
STEPS = 360  # an hour
ROOMS = 500
SPARK = 60  # steps on a tile: ten minutes
BAND = 90  # steps a band is worked out from,
LAG = 6  # the newest of which is that old,
FEWEST = 12  # and how many of them must be known

Spark = list[int | None]
Band = tuple[int, int] | None


class Past:
    """Readings shaped (steps, figures, rooms); float32, so exact up to 16 million."""

    def __init__(self, figures: Sequence[str], rows: int = 16) -> None:
        self.figures = {name: index for index, name in enumerate(figures)}
        self.step = 0  # the newest one kept
        self._ring = np.full((STEPS, len(figures), rows), np.nan, np.float32)
        self._sparks: list[tuple[Spark, Band]] | None = None

    def due(self, now: float) -> bool:
        """Whether it is time to keep a reading."""
        return int(now) // EVERY_S > self.step

    def keep(self, now: float, readings: Sequence[Floats]) -> None:
        """Keep the newest readings: one array a figure, all of one length."""
        rows = min(len(readings[0]), ROOMS)
        wide = self._ring.shape[2]
        if rows > wide:
            more = ((0, 0), (0, 0), (0, max(rows - wide, wide)))
            self._ring = np.pad(self._ring, more, constant_values=np.nan)
        step = int(now) // EVERY_S
        for missed in range(max(self.step + 1, step - STEPS + 1), step + 1):
            self._ring[missed % STEPS] = np.nan
        self.step = step
        for index, values in enumerate(readings):
            self._ring[step % STEPS, index, :rows] = values[:rows]
        self._sparks = None

    def _steps(self, how_many: int) -> NDArray[np.int64]:
        return np.arange(self.step - how_many + 1, self.step + 1) % STEPS

    def read(self, row: int, figure: str, steps: int) -> Floats:
        """The last readings of one figure of one room, oldest first. Shape (steps,)."""
        if row >= self._ring.shape[2]:
            return np.full(steps, np.nan)
        return self._ring[self._steps(steps), self.figures[figure], row].astype(np.float64)

    def band(self, row: int, figure: str, steps: int) -> tuple[Floats, Floats]:
        """What was expected at each of the last steps: P10 and P90. Shape (steps,) each."""
        back = min(steps + BAND + LAG, STEPS)
        values = self.read(row, figure, back)
        values = np.concatenate([np.full(steps + BAND + LAG - back, np.nan), values])
        windows = np.lib.stride_tricks.sliding_window_view(values[: steps + BAND - 1], BAND)
        low, high = percentiles(windows)
        return low, high

    def sparks(self) -> list[tuple[Spark, Band]]:
        """For each room: online over the last ten minutes, and the band expected of it now."""
        if self._sparks is None:
            online = self._ring[self._steps(BAND + LAG), self.figures["online"]]
            low, high = percentiles(online[:BAND].T)
            self._sparks = [
                (_whole(line), None if math.isnan(one) else (round(one), round(other)))
                for line, one, other in zip(
                    online[-SPARK:].T, low.tolist(), high.tolist(), strict=True
                )
            ]
        return self._sparks

    def forget(self, row: int) -> None:
        """A new session: what is expected of it is not what the last one was."""
        if row < self._ring.shape[2]:
            self._ring[:, :, row] = np.nan
            self._sparks = None


def percentiles(rows: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """P10 and P90 of each row, NaN left out; NaN where fewer than `FEWEST` are known."""
    ordered = np.sort(rows, axis=1).astype(np.float64)  # NaN comes last
    known = (~np.isnan(ordered)).sum(axis=1)
    found = []
    for share in (0.1, 0.9):
        at = share * np.maximum(known - 1, 0)
        below = np.floor(at).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(known - 1, 0))
        line = np.arange(len(ordered))
        value = ordered[line, below] + (at - below) * (ordered[line, above] - ordered[line, below])
        found.append(np.where(known >= FEWEST, value, np.nan))
    return found[0], found[1]


def _whole(values: NDArray[np.floating]) -> Spark:
    return [None if value != value else int(value) for value in values.tolist()]  # noqa: PLR0124  NaN
