"""Is a quiet room quiet, or do we hear nothing?

For each room and feed (any message at all, comments, orders, …) the pace is known: an
exponential mean of messages a second, corrected for the time since the first one. In a
silence of `age` seconds, pace × age messages are missing. A feed is *stalled* once
`missing` of them are, and `after_s` have passed:

    a busy room, 5 messages a second     stalled after 10 s
    a quiet one, one in 20 s             stalled after 10 minutes

A silence of n expected messages has probability e⁻ⁿ in a steady room; live rooms
come in bursts, so n is far above what chance alone would ask for.

After a stall the ring has a hole, and a window that covers it is unknown. What then
arrives in the first seconds without a time of its own may belong into the hole: it is
*uncertain*, until a second is no busier than `BURST` times the usual pace.
"""

from __future__ import annotations

import numpy as np

from monitor.signals.rooms import Floats
from monitor.signals.windows import Ints

ANY = "any"
FEEDS = (ANY, "comments", "likes", "enters", "viewers", "clicks", "orders", "stock")
HALF_LIFE_S = 1200.0
BURST = 3.0
SETTLED = 5  # messages in a second that are never called a burst


class Freshness:
    """Columns shaped (feeds, rooms)."""

    def __init__(self, *, after_s: float = 10.0, missing: float = 30.0, rows: int = 16) -> None:
        self.after_s = after_s
        self.missing = missing
        self.feeds = {name: index for index, name in enumerate(FEEDS)}
        self._second = 0
        self._allocate(rows)

    def _allocate(self, rows: int) -> None:
        shape = (len(FEEDS), rows)
        self.heard_at = np.full(shape, np.nan)
        self.first_at = np.full(shape, np.nan)
        self.resumed_at = np.full(shape, -np.inf)
        self.stalled = np.zeros(shape, bool)
        self.catching_up = np.zeros(rows, bool)
        self.pace = np.zeros(shape)  # messages a second, usually
        self._pace = np.zeros(shape)
        self._count = np.zeros(shape, np.int64)

    def grow(self, rows: int) -> None:
        old = self.heard_at.shape[1]
        if rows <= old:
            return
        names = ("heard_at", "first_at", "resumed_at", "stalled", "pace", "_pace", "_count")
        before = {name: getattr(self, name) for name in names}
        catching_up = self.catching_up
        self._allocate(max(rows, 2 * old))
        for name, array in before.items():
            getattr(self, name)[:, :old] = array
        self.catching_up[:old] = catching_up

    def heard(self, feed: str, rows: Ints, now: float) -> None:
        """A message of `feed` reached us from each of `rows` (they may repeat)."""
        index = self.feeds[feed]
        first = self.first_at[index]
        first[rows] = np.fmin(first[rows], now)
        self.heard_at[index, rows] = now
        np.add.at(self._count[index], rows, 1)
        stalled = self.stalled[index]
        if stalled.any():
            back = rows[stalled[rows]]
            if len(back):
                stalled[back] = False
                self.resumed_at[index, back] = now
                if feed == ANY:
                    self.catching_up[back] = True

    def uncertain(self, rows: Ints) -> np.ndarray:
        """Whether facts without a time of their own have no second, for each of `rows`."""
        return self.catching_up[rows]

    def roll(self, now: float) -> None:
        """Time has passed: paces move once a second, stalls are found."""
        second = int(now)
        if second > self._second:
            steps = min(second - self._second, 100_000) if self._second else 1
            keep = 0.5 ** (1.0 / HALF_LIFE_S)
            burst = self._count[0] > np.maximum(SETTLED, BURST * self.pace[0])
            self.catching_up &= burst
            self._pace *= keep**steps
            self._pace += (1.0 - keep) * keep ** (steps - 1) * self._count
            self._count[:] = 0
            self._second = second
            since = np.maximum(now - self.first_at, 30.0)
            known = 1.0 - 0.5 ** (since / HALF_LIFE_S)
            self.pace = np.where(np.isnan(known), 0.0, self._pace / known)
        age = now - self.heard_at
        self.stalled |= (age >= self.after_s) & (self.pace * age >= self.missing)

    def age(self, feed: str, now: float) -> Floats:
        """Seconds since the feed was heard; NaN where it never was."""
        return now - self.heard_at[self.feeds[feed]]

    def missed(self, feed: str, now: float) -> Floats:
        """How many messages the silence has swallowed, by the usual pace."""
        index = self.feeds[feed]
        return self.pace[index] * (now - self.heard_at[index])

    def whole(self, feed: str, span_s: float, now: float) -> np.ndarray:
        """Where a window of `span_s` is known: the feed was heard and left no hole in it."""
        index = self.feeds[feed]
        return (
            ~np.isnan(self.first_at[index])
            & ~self.stalled[index]
            & (now - self.resumed_at[index] >= span_s)
        )

    def forget(self, row: int) -> None:
        """The session is over: the next one has a pace of its own."""
        self.heard_at[:, row] = np.nan
        self.first_at[:, row] = np.nan
        self.resumed_at[:, row] = -np.inf
        self.stalled[:, row] = False
        self.pace[:, row] = 0.0
        self._pace[:, row] = 0.0
        self._count[:, row] = 0
        self.catching_up[row] = False
