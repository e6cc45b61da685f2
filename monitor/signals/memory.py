"""What a gauge was some minutes ago: a reading every few seconds is kept, for all rooms."""

from __future__ import annotations

import numpy as np

from monitor.signals.rooms import Floats

EVERY_S = 10
BACK_S = 300


class Memory:
    """Readings of one gauge over the last five minutes, one in ten seconds a row."""

    def __init__(self, rows: int = 16) -> None:
        self._steps = BACK_S // EVERY_S + 1
        self._ring = np.full((self._steps, rows), np.nan)
        self._step = 0

    def grow(self, rows: int) -> None:
        more = rows - self._ring.shape[1]
        if more > 0:
            self._ring = np.pad(self._ring, ((0, 0), (0, more)), constant_values=np.nan)

    def keep(self, now: float, values: Floats) -> None:
        """Remember `values` if it is time to."""
        step = int(now) // EVERY_S
        if step == self._step:
            return
        for missed in range(max(self._step + 1, step - self._steps + 1), step):
            self._ring[missed % self._steps] = np.nan
        self._step = step
        slot = self._ring[step % self._steps]
        slot[:] = np.nan
        slot[: len(values)] = values

    def read(self, now: float) -> Floats:
        """The reading of five minutes ago; NaN where there is none. Shape (capacity,)."""
        step = int(now) // EVERY_S - self._steps + 1
        if not self._step - self._steps < step <= self._step:
            return np.full(self._ring.shape[1], np.nan)
        return self._ring[step % self._steps].copy()

    def at(self, row: int, when: float) -> float:
        """The last reading of a row that was kept up to `when`; NaN where there is none."""
        step = int(when) // EVERY_S
        if not self._step - self._steps < step <= self._step or row >= self._ring.shape[1]:
            return float("nan")
        return float(self._ring[step % self._steps, row])

    def forget(self, row: int) -> None:
        self._ring[:, row] = np.nan
