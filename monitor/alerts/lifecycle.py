"""The life of alerts: a matrix of rules × rows, moved once a tick.

                 holds                                   does not hold            unknown
    quiet        pending, or firing if for_s is 0        quiet                    quiet
    pending      firing once held for for_s              quiet, nobody is told    its clock stands
    firing       firing                                  recovering               its clock stands
    recovering   firing                                  quiet once unseen for    its clock stands
                                                         keep_s

Where a rule has a `clear`, a firing alert holds until that is known to be true. An
unknown condition neither fires nor resolves anything (a rule may say `missing: ok` to
have it taken for "does not hold"). Only cells that are not quiet, or hold, cost time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

QUIET, PENDING, FIRING, RECOVERING = 0, 1, 2, 3
STATES = ("quiet", "pending", "firing", "recovering")


class Timing(Struct, frozen=True):
    """How long a rule waits before it fires, and before it resolves. Seconds."""

    rule: str
    for_s: float = 0.0
    keep_s: float = 0.0


class Step(NamedTuple):
    """An alert moved: `what` is pending, fired, resolved, or quiet (pending came to nothing)."""

    what: str
    rule: int
    row: int


class Lifecycle:
    """States of `len(timings)` rules over rows; grows with the rows."""

    def __init__(self, timings: Sequence[Timing], rows: int = 16) -> None:
        self.timings = list(timings)
        self._for = np.array([timing.for_s for timing in timings])
        self._keep = np.array([timing.keep_s for timing in timings])
        self._stepped_at: float | None = None
        shape = (len(timings), rows)
        self.holds: Bools = np.zeros(shape, bool)  # written by the caller before a step
        self.fails: Bools = np.zeros(shape, bool)
        self.state = np.zeros(shape, np.int8)
        self.since = np.zeros(shape)  # since when it holds, unknown time left out
        self.seen = np.zeros(shape)  # when it held last, unknown time left out

    @property
    def rows(self) -> int:
        return int(self.state.shape[1])

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = max(rows - self.rows, 0)
        if more:
            more = max(more, self.rows)
            for name in ("holds", "fails", "state", "since", "seen"):
                array = getattr(self, name)
                setattr(self, name, np.pad(array, ((0, 0), (0, more))))

    def step(self, now: float) -> list[Step]:
        """Move every alert by what `holds` and `fails` say; return what moved, by rule and row."""
        elapsed = now - self._stepped_at if self._stepped_at is not None else 0.0
        self._stepped_at = now
        state = self.state.reshape(-1)
        cells = np.flatnonzero(self.holds.reshape(-1) | (state != QUIET))
        if not len(cells):
            return []
        rules = cells // self.rows
        was = state[cells]
        holds = self.holds.reshape(-1)[cells]
        fails = self.fails.reshape(-1)[cells]
        since, seen = self.since.reshape(-1), self.seen.reshape(-1)

        begins = holds & (was == QUIET)
        since[cells[begins]] = now
        paused = ~holds & ~fails
        since[cells[paused & (was == PENDING)]] += elapsed
        seen[cells[paused & (was >= FIRING)]] += elapsed
        seen[cells[holds]] = now

        pending = begins | (was == PENDING)
        fires = pending & holds & (now - since[cells] >= self._for[rules])
        ends = fails & (was >= FIRING)
        resolves = ends & (now - seen[cells] >= self._keep[rules])

        becomes = was.copy()
        becomes[begins] = PENDING
        becomes[(was == PENDING) & fails] = QUIET
        becomes[(was >= FIRING) & holds] = FIRING
        becomes[ends] = RECOVERING
        becomes[fires] = FIRING
        becomes[resolves] = QUIET
        moved = np.flatnonzero(becomes != was)
        if not len(moved):
            return []
        state[cells] = becomes
        return self._steps(cells[moved], was[moved], becomes[moved])

    def _steps(self, cells: np.ndarray, was: np.ndarray, becomes: np.ndarray) -> list[Step]:
        steps = []
        for cell, before, after in zip(cells.tolist(), was.tolist(), becomes.tolist(), strict=True):
            rule, row = divmod(cell, self.rows)
            if after == PENDING:
                steps.append(Step("pending", rule, row))
            elif after == FIRING and before in (QUIET, PENDING):
                steps.append(Step("fired", rule, row))
            elif after == QUIET:
                steps.append(Step("quiet" if before == PENDING else "resolved", rule, row))
        return steps

    def forget(self, rows: Sequence[int]) -> None:
        """Alerts of these rows are quiet, whatever they were."""
        rows = [row for row in rows if row < self.rows]
        for array in (self.holds, self.fails, self.state, self.since, self.seen):
            array[:, rows] = 0

    def restore(self, cell: tuple[int, int], state: str, since: float, seen: float) -> None:
        """Put the alert of (rule, row) back as it was before a restart or a reload."""
        self.grow(cell[1] + 1)
        self.state[cell] = STATES.index(state)
        self.since[cell] = since
        self.seen[cell] = seen
