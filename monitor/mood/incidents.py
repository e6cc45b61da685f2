"""Incidents: more people complain about one thing than chance and drift explain.

Every 2 s, for each room and each of seven topics and all complaints together:

        … baseline: ≤ 15 min ……………………│ window: 10 … 240 s │ now
    p₀ = (complaints + 200 prior) ÷ (comments + 200), frozen while an incident is open

    it begins   when the tail (tail.py) is about below 10^-4.4, at least 3 different people
                complain, at least 3 times as many as expected and 2 % of all comments
    it ends     when the tail of the short windows has been above .05 for 60 s
    again       people are told anew after 5 min if it still holds

A person counts once in five minutes for a topic, however much they write. Counts are
totals with snapshots beside them, arrays of (snapshot, stream, room): one step is a few
array operations for all rooms. What has no topic of its own counts under `all`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.mood.incident import Incident, Limits
from monitor.mood.tail import log10_tail

ALL = 7
_COMMENTS = 8
STEP_S = 2
WINDOWS_S = (10, 30, 60, 120, 240)
_FINE = 64  # snapshots 2 s apart
_COARSE_S = 30
_COARSE = 52
_BASELINE_S = 900
PRIOR = np.array([0.012, 0.010, 0.008, 0.006, 0.006, 0.005, 0.003, 0.05])
_PRIOR_COMMENTS = 200.0
_CAP = 200.0
ONCE_S = 300.0

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Expected(NamedTuple):
    """What a window should hold; arrays of shape (streams, rooms)."""

    comments: Floats  # of the baseline
    share: Floats
    written: Ints  # comments in the window
    mean: Floats  # complaints that they should hold
    shape: Floats


class Incidents:
    """Counts and open incidents of many rooms."""

    def __init__(self, limits: Limits | None = None, rows: int = 16) -> None:
        self.limits = limits or Limits()
        self.open: dict[tuple[int, int], Incident] = {}
        self._step = 0
        self._sampling = False  # whether any room is read in part
        self._spoke: tuple[dict[tuple[int, str, int], float], ...] = ({}, {})
        self._turned = 0.0
        self._allocate(rows)

    def _allocate(self, rows: int) -> None:
        self.capacity = rows
        self._total = np.zeros((9, rows), np.int32)
        self._fine = np.zeros((_FINE, 9, rows), np.int32)
        self._coarse = np.zeros((_COARSE, 9, rows), np.int32)
        self._asked = np.zeros((8, rows), np.int32)  # people when an open incident was last asked
        self._over = np.zeros((8, rows), np.int32)  # complaints that belong to what has ended
        self._over_of = np.zeros((8, rows), np.int32)  # and the comments up to then
        self.level = np.zeros((8, rows))
        self.sampled = np.ones(rows)  # the share of a room's comments that is read at present
        # The baseline of the moment when an incident began: comments and complaints.
        self._frozen = np.full((len(WINDOWS_S), 2, 8, rows), np.nan, np.float32)

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        if rows <= self.capacity:
            return
        before = self._arrays()
        old = self.capacity
        self._allocate(rows)
        for new, had in zip(self._arrays(), before, strict=True):
            new[..., :old] = had

    def _arrays(self) -> tuple[np.ndarray, ...]:
        return (self._total, self._fine, self._coarse, self._asked, self._over, self._over_of,
                self.level, self.sampled, self._frozen)  # fmt: skip

    # ── what is counted ───────────────────────────────────────────────────────

    def comments(self, rows: Ints) -> None:
        """Comments of viewers were read, each of a room's row."""
        self._total[_COMMENTS] += np.bincount(rows, minlength=self.capacity).astype(np.int32)

    def sample(self, rows: Ints, weight: Ints | None) -> None:
        """Comments are about to be told that stand for `weight` each; None: for one."""
        if weight is not None or self._sampling:
            self.sampled[rows] = 1.0 if weight is None else 1.0 / weight
            self._sampling = bool((self.sampled < 1.0).any())

    def counted(self, complaints: Ints, comments: Ints) -> None:
        """Add counts of different people: shapes (7 topics, rooms) and (rooms,)."""
        rows = len(comments)
        self._total[:7, :rows] += complaints.astype(np.int32)
        self._total[ALL, :rows] += complaints.sum(axis=0).astype(np.int32)
        self._total[_COMMENTS, :rows] += comments.astype(np.int32)

    def complaint(self, row: int, user: str, topic: int, now: float) -> bool:
        """A viewer complains. Tells whether that counts: they had not, in five minutes."""
        if now - self._turned >= ONCE_S:
            self._spoke = ({}, self._spoke[0])
            self._turned = now
        counts = False
        for stream in (topic, ALL) if topic < ALL else (ALL,):
            key = (row, user, stream)
            last = self._spoke[0].get(key) or self._spoke[1].get(key)
            if last is None or now - last >= ONCE_S:
                self._spoke[0][key] = now
                self._total[stream, row] += 1
                counts = True
        return counts

    def forget(self, row: int) -> None:
        """A new session: nothing was said yet."""
        for array in self._arrays():
            array[..., row] = 0
        self.sampled[row] = 1.0
        self._frozen[..., row] = np.nan
        for key in [key for key in self.open if key[0] == row]:
            del self.open[key]

    # ── the test ──────────────────────────────────────────────────────────────

    def tick(self, now: float) -> None:
        """Take a snapshot and test, if two seconds have passed."""
        step = int(now) // STEP_S
        if step <= self._step:
            return
        if self._step == 0 or step - self._step > _FINE:
            self._fine[:] = self._total
        else:  # what was missed saw no more than the last snapshot, but what came since
            for missed in range(self._step + 1, step):
                self._fine[missed % _FINE] = self._fine[self._step % _FINE]
        before = self._step
        self._step = step
        self._fine[step % _FINE] = self._total
        self._keep_coarse(before, step)
        self._test(now)

    def _keep_coarse(self, before: int, step: int) -> None:
        first, last = before * STEP_S // _COARSE_S, step * STEP_S // _COARSE_S
        if before == 0 or last - first >= _COARSE:
            self._coarse[:] = self._total if before == 0 else self._coarse[first % _COARSE]
            first = last - 1
        for slot in range(first + 1, last + 1):
            self._coarse[slot % _COARSE] = self._total

    def _at(self, ago_s: int) -> NDArray[np.int32]:
        """The totals so many seconds ago; further back than a snapshot, a little earlier."""
        if ago_s < _FINE * STEP_S - STEP_S:
            return self._fine[(self._step - ago_s // STEP_S) % _FINE]
        slot = self._step * STEP_S // _COARSE_S - min(ago_s // _COARSE_S, _COARSE - 1)
        return self._coarse[slot % _COARSE]

    def _test(self, now: float) -> None:
        calm: dict[tuple[int, int], bool] = {}
        for index, window_s in enumerate(WINDOWS_S):
            start = self._at(window_s)
            self._begin(index, start, now)
            if self.open and window_s in (30, 120):
                self._look_for_calm(index, start, calm)
        if self.open:
            self._settle(calm, now)

    def _expected(self, index: int, start: NDArray[np.int32]) -> _Expected:
        """What a window should hold, of each stream and room, by the time before it."""
        long_ago = self._at(WINDOWS_S[index] + _BASELINE_S)
        comments = np.broadcast_to(
            (start[_COMMENTS] - long_ago[_COMMENTS]).astype(float), self._asked.shape
        )
        complaints = (start[:8] - long_ago[:8]).astype(float)
        if self.open:
            frozen = self._frozen[index]
            is_open = ~np.isnan(frozen[0])
            comments = np.where(is_open, frozen[0], comments)
            complaints = np.where(is_open, frozen[1], complaints)
        weight = comments + _PRIOR_COMMENTS
        share = (complaints + _PRIOR_COMMENTS * PRIOR[:, None]) / weight
        written = self._total[_COMMENTS] - np.maximum(start[_COMMENTS], self._over_of)
        shape = np.maximum(share * np.minimum(weight, _CAP), 0.3)
        return _Expected(comments, share, written, written * share, shape)

    def _within(self, start: NDArray[np.int32]) -> NDArray[np.int32]:
        """Complaints since a window's start, but not those of an incident that has ended."""
        return self._total[:8] - np.maximum(start[:8], self._over)

    def _begin(self, index: int, start: NDArray[np.int32], now: float) -> None:
        limits = self.limits
        counts = self._within(start)
        enough = counts >= limits.people
        if self.open:  # what is open is asked again when a quarter more complain
            enough &= 4 * counts > 5 * self._asked
        if not enough.any():
            return
        expected = self._expected(index, start)
        enough &= counts >= limits.share * expected.written
        enough &= counts >= limits.lift * expected.mean
        streams, rows = np.nonzero(enough)
        if not len(rows):
            return
        mean, shape = expected.mean[streams, rows], expected.shape[streams, rows]
        tails = log10_tail(counts[streams, rows].astype(float), mean, shape)
        quiet = (expected.written[streams, rows] < limits.few) & (WINDOWS_S[index] >= 60)
        needed = np.where(
            quiet, np.array(limits.quiet)[(streams == ALL).astype(int)], limits.surprise[index]
        )
        for cell in np.flatnonzero(tails <= -needed).tolist():
            stream, row = int(streams[cell]), int(rows[cell])
            people, comments = int(counts[stream, row]), int(expected.written[stream, row])
            share, sampled = people / max(comments, people), float(self.sampled[row])
            key = (row, stream)
            known = self.open.get(key)
            found = Incident(
                row=row, stream=stream, since=now, told=now, window_s=WINDOWS_S[index],
                comments=comments, people=people, share=share,
                baseline=float(expected.share[stream, row]),
                baseline_of=int(expected.comments[stream, row]), log10_p=float(tails[cell]),
                level=limits.level(share, people / sampled), sampled=sampled,
            )  # fmt: skip
            self._asked[stream, row] = people
            if known is None:
                self.open[key] = found
                self._freeze(row, stream)
            elif found.people >= known.people or found.log10_p < known.log10_p:
                found.since, found.told, found.times = known.since, known.told, known.times
                found.level = max(known.level, found.level)
                self.open[key] = found

    def _freeze(self, row: int, stream: int) -> None:
        for index, window_s in enumerate(WINDOWS_S):
            start, long_ago = self._at(window_s), self._at(window_s + _BASELINE_S)
            for which, total in enumerate((_COMMENTS, stream)):
                self._frozen[index, which, stream, row] = start[total, row] - long_ago[total, row]

    def _look_for_calm(
        self, index: int, start: NDArray[np.int32], calm: dict[tuple[int, int], bool]
    ) -> None:
        """The tail of each open incident: of 30 s where enough is said, else of 120 s."""
        recent = self._total[_COMMENTS] - start[_COMMENTS]
        keys = [
            key for key in self.open
            if key not in calm and (index > 2 or recent[key[0]] >= 8)
        ]  # fmt: skip
        if keys:
            expected = self._expected(index, start)
            counts = self._within(start)
            cells = tuple(np.array([(stream, row) for row, stream in keys]).T)
            count, mean, shape = counts[cells], expected.mean[cells], expected.shape[cells]
            calm.update(zip(keys, self._is_calm(count, mean, shape).tolist(), strict=True))

    def _is_calm(self, count: Ints, mean: Floats, shape: Floats) -> NDArray[np.bool_]:
        """Whether the tail is above the limit; what Cantelli's inequality excludes is not asked."""
        limit = self.limits.calm
        above = np.maximum(count - mean, 0.0)
        variance = mean + mean * mean / shape
        result = variance / (variance + above * above + 1e-300) > limit
        asked = np.flatnonzero(result & (count > mean))
        if len(asked):
            tails = log10_tail(count[asked].astype(float), mean[asked], shape[asked])
            result[asked] = tails > np.log10(limit)
        return result

    def _settle(self, calm: dict[tuple[int, int], bool], now: float) -> None:
        """End what has been calm for long enough; tell again what has not ended."""
        limits = self.limits
        for key, incident in list(self.open.items()):
            if not calm.get(key):
                incident.calm_since = None
                if now - incident.told >= limits.again_s:
                    incident.told, incident.times = now, incident.times + 1
            elif incident.calm_since is None:
                incident.calm_since = now
            elif now - incident.calm_since >= limits.calm_s:
                del self.open[key]
                row, stream = key
                self._frozen[..., stream, row] = np.nan
                self._asked[stream, row] = 0
                self._over[stream, row] = self._total[stream, row]
                self._over_of[stream, row] = self._total[_COMMENTS, row]
        self.level[:] = 0
        for (row, stream), incident in self.open.items():
            self.level[stream, row] = incident.level
