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

An alert that fired `times` times within `within_s` is flapping: it goes on until its
condition was not seen for `calm_s`, so people are told once and not each time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.speedups.loaded import compiled

Bools = NDArray[np.bool_]

QUIET, PENDING, FIRING, RECOVERING = 0, 1, 2, 3
STATES = ("quiet", "pending", "firing", "recovering")
REMEMBERED = 100_000  # cells whose times of firing are kept


class Flap(Struct, frozen=True):
    """When an alert that comes and goes is one alert."""

    times: int
    within_s: float
    calm_s: float


class Timing(Struct, frozen=True):
    """How long a rule waits before it fires, and before it resolves. Seconds."""

    rule: str
    for_s: float = 0.0
    keep_s: float = 0.0
    flap: Flap | None = None


class Step(NamedTuple):
    """An alert moved: `what` is

    pending, fired, resolved, quiet (pending came to nothing), recovering, back (it was
    recovering and holds again), unknown, known (whether its condition has an answer).
    """

    what: str
    rule: int
    row: int


class Lifecycle:
    """States of `len(timings)` rules over rows; grows with the rows."""

    ARRAYS = ("holds", "fails", "state", "since", "seen", "fired", "acked", "unknown", "flapping")

    def __init__(self, timings: Sequence[Timing], rows: int = 16) -> None:
        self.timings = list(timings)
        self._for = np.array([timing.for_s for timing in timings], np.float64)
        self._keep = np.array([timing.keep_s for timing in timings], np.float64)
        calms = [timing.flap.calm_s if timing.flap else 0.0 for timing in timings]
        self._calm = np.array(calms, np.float64)
        self._fires: dict[tuple[int, int], deque[float]] = {}  # when a cell fired, lately
        self._stepped_at: float | None = None
        shape = (len(timings), rows)
        self.holds: Bools = np.zeros(shape, bool)  # written by the caller before a step
        self.fails: Bools = np.zeros(shape, bool)
        self.state = np.zeros(shape, np.int8)
        self.since = np.zeros(shape)  # since when it holds, unknown time left out
        self.seen = np.zeros(shape)  # when it held last, unknown time left out
        self.fired = np.zeros(shape)  # when it fired
        self.acked: Bools = np.zeros(shape, bool)  # written by the caller; ends with the episode
        self.unknown: Bools = np.zeros(shape, bool)  # of those that are not quiet
        self.flapping: Bools = np.zeros(shape, bool)

    @property
    def rows(self) -> int:
        return int(self.state.shape[1])

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = max(rows - self.rows, 0)
        if more:
            more = max(more, self.rows)
            for name in self.ARRAYS:
                array = getattr(self, name)
                setattr(self, name, np.pad(array, ((0, 0), (0, more))))

    def step(self, now: float) -> list[Step]:
        """Move every alert by what `holds` and `fails` say; return what moved, by rule and row."""
        elapsed = now - self._stepped_at if self._stepped_at is not None else 0.0
        self._stepped_at = now
        if compiled is not None:
            moves = compiled.stepped(
                self.holds, self.fails, self.flapping, self.state, self.unknown, self.since,
                self.seen, self._for, self._keep, self._calm, now, elapsed,
            )  # fmt: skip
        else:
            moves = self._moves(now, elapsed)
        return [step for move in moves for step in self._told(move, now)]

    def _moves(self, now: float, elapsed: float) -> list[int]:
        """What moved: cell · 64 + paused · 32 + turned · 16 + becomes · 4 + was."""
        state = self.state.reshape(-1)
        cells = np.flatnonzero(self.holds.reshape(-1) | (state != QUIET))
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
        resolves = ends & (now - seen[cells] >= self._kept(rules, cells))

        becomes = was.copy()
        becomes[begins] = PENDING
        becomes[(was == PENDING) & fails] = QUIET
        becomes[(was >= FIRING) & holds] = FIRING
        becomes[ends] = RECOVERING
        becomes[fires] = FIRING
        becomes[resolves] = QUIET
        unknown = self.unknown.reshape(-1)
        turned = unknown[cells] != paused  # one that is quiet is never paused here
        unknown[cells] = paused
        state[cells] = becomes
        moved = turned | (becomes != was)
        packed: list[int] = (
            cells * 64 + paused * 32 + turned * 16 + becomes.astype(np.int64) * 4 + was
        )[moved].tolist()
        return packed

    def _kept(self, rules: np.ndarray, cells: np.ndarray) -> np.ndarray:
        flapping = self.flapping.reshape(-1)[cells]
        return np.where(flapping, np.maximum(self._keep, self._calm)[rules], self._keep[rules])

    def _told(self, move: int, now: float) -> list[Step]:
        """What a move means; what begins with an episode, and what ends with it, is noted."""
        cell, before, after = move >> 6, move & 3, move >> 2 & 3
        rule, row = divmod(cell, self.rows)
        steps = []
        if before != after:
            steps.append(Step(_what(before, after), rule, row))
            if after == FIRING and before < FIRING:
                self.fired[rule, row] = now
                self.acked[rule, row] = False
                self._flap(rule, row, now)
            elif after == QUIET and before >= FIRING:
                self.acked[rule, row] = False
                if self.flapping[rule, row]:
                    self._fires.pop((rule, row), None)
                    self.flapping[rule, row] = False
        if move & 16 and after != QUIET:
            steps.append(Step("unknown" if move & 32 else "known", rule, row))
        return steps

    def _flap(self, rule: int, row: int, now: float) -> None:
        flap = self.timings[rule].flap
        if flap is None:
            return
        fires = self._fires.pop((rule, row), None) or deque(maxlen=flap.times)
        fires.append(now)
        self._fires[rule, row] = fires
        if len(self._fires) > REMEMBERED:
            del self._fires[next(iter(self._fires))]
        full = len(fires) == flap.times
        self.flapping[rule, row] = full and now - fires[0] <= flap.within_s

    def forget(self, rows: Sequence[int]) -> None:
        """Alerts of these rows are quiet, whatever they were."""
        rows = [row for row in rows if row < self.rows]
        for name in self.ARRAYS:
            getattr(self, name)[:, rows] = 0
        for cell in [cell for cell in self._fires if cell[1] in rows]:
            del self._fires[cell]

    def restore(
        self, cell: tuple[int, int], state: str, since: float, seen: float, fired: float = 0.0
    ) -> None:
        """Put the alert of (rule, row) back as it was before a restart or a reload."""
        self.grow(cell[1] + 1)
        self.state[cell] = STATES.index(state)
        self.since[cell] = since
        self.seen[cell] = seen
        self.fired[cell] = fired

    def take_all(self, other: Lifecycle) -> None:
        """Go on with all rules where another life cycle of the same ones left them."""
        for name in self.ARRAYS:
            setattr(self, name, getattr(other, name))
        self._stepped_at = other._stepped_at
        for (rule, row), fires in other._fires.items():
            self._remember(rule, row, fires)

    def take_over(self, rule: int, other: Lifecycle, its: int) -> None:
        """Go on with one rule where another life cycle left it, row by row."""
        self.grow(other.rows)
        for name in self.ARRAYS:
            getattr(self, name)[rule, : other.rows] = getattr(other, name)[its]
        self._stepped_at = other._stepped_at
        for (index, row), fires in other._fires.items():
            if index == its:
                self._remember(rule, row, fires)

    def _remember(self, rule: int, row: int, fires: Iterable[float]) -> None:
        flap = self.timings[rule].flap
        if flap is not None:
            self._fires[rule, row] = deque(fires, maxlen=flap.times)

    def ask_anew(self, rule: int) -> None:
        """It asks something else now: what is pending begins anew."""
        row = self.state[rule]
        row[row == PENDING] = QUIET


def _what(before: int, after: int) -> str:
    """The word for a move."""
    match after:
        case 0:
            return "quiet" if before == PENDING else "resolved"
        case 1:
            return "pending"
        case 2:
            return "back" if before == RECOVERING else "fired"
    return "recovering"
