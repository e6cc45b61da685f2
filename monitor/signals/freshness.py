"""Is a quiet room quiet, or do we hear nothing?

For each room and feed (any message at all, comments, orders, …) the pace is known: an
exponential mean of messages a second, as it was when the last one came. In a silence of
`age` seconds, pace × age messages are missing (less in a long one: the belief in the old
pace wanes with its half-life). A feed is *stalled* once
`missing` of them are, and `after_s` have passed:

    a busy room, 5 messages a second     stalled after 10 s
    a quiet one, one in 20 s             stalled after 12 minutes

A silence of n expected messages has probability e⁻ⁿ in a steady room; live rooms
come in bursts, so n is far above what chance alone would ask for: recorded quiet rooms
have silences of up to 14 expected messages, and a minute of a busy one is worth 80.

A connection carries much beside what people do, so `any` keeps its pace for long. A feed
within it may calm down by itself: its pace is the lesser of the long mean and a short one.

One message does not end a stall: a connection that is tried again and again lets one
through now and then. While it lasts, each message makes up for `WORTH` missing ones, and
it ends once half of `missing` are made up for, so above a tenth of the usual pace. A stall
tells nothing of the pace, which stands still in it.

After a stall the ring has a hole, and a window that covers it is unknown; who hears
nothing at all hears no comments either, so a hole in `any` is one in every feed. What
arrives in a stall (of `any`, or of its own feed), or in the burst that ends it, without a
time of its own may belong into the hole: it is *uncertain*, until a whole second is no
busier than `BURST` times the usual pace.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor import events as facts
from monitor.signals.rooms import Floats
from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

Flags = NDArray[np.bool_]

ANY = "any"
FEEDS = (ANY, "comments", "likes", "enters", "viewers", "clicks", "orders", "stock")
FEED_OF: dict[type[facts.Fact], str] = {
    facts.Comment: "comments",
    facts.Like: "likes",
    facts.Enter: "enters",
    facts.Viewers: "viewers",
    facts.ProductClicked: "clicks",
    facts.OrderCreated: "orders",
    facts.OrderPaid: "orders",
    facts.OrderCancelled: "orders",
    facts.OrderRefunded: "orders",
}
HALF_LIVES_S = (1200.0, 120.0)
BURST = 3.0
SETTLED = 5  # messages in a second that are never called a burst
WORTH = 10.0
FEWEST_S = 60.0  # a pace is never worked out from less time than that
LONG = 1 << 14  # seconds, 4½ hours: after that 1 ÷ 13,000 of a mean is left, and stays
_KEPT = np.array([[0.5 ** (passed / half) for passed in range(LONG)] for half in HALF_LIVES_S])
_HALF = HALF_LIVES_S[0] / float(np.log(2.0))


class Calm(NamedTuple):
    """What is so of each feed in all rooms together."""

    feeds: dict[str, int]
    everywhere: list[bool]  # heard in this session
    whole_s: list[float]  # how long a window may be that is known everywhere; below 0: none is

    def heard(self, feed: str) -> bool:
        """Whether every room was heard in this session."""
        return self.everywhere[self.feeds[feed]]

    def whole(self, feed: str, span_s: float) -> bool:
        """Whether a window of `span_s` is known in every room."""
        return self.whole_s[self.feeds[feed]] >= span_s


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
        self.catching_up = np.zeros(shape, bool)
        self.unsteady = np.zeros(rows, bool)  # rooms where a feed is either of these
        self.pace = np.zeros(shape)  # messages a second, usually
        self._means = np.zeros((len(HALF_LIVES_S), *shape))
        self._learned_at = np.full(shape, np.nan)
        self._listened_s = np.zeros(shape)  # since the first message, without stalls
        self._owed = np.zeros(shape)  # messages that a stall still wants
        self._count = np.zeros(shape, np.int64)

    def grow(self, rows: int) -> None:
        old = self.heard_at.shape[1]
        if rows <= old:
            return
        names = (
            "heard_at", "first_at", "resumed_at", "stalled", "pace", "_means", "_count",
            "_learned_at",
            "_listened_s",
            "_owed", "catching_up", "unsteady",
        )  # fmt: skip
        before = {name: getattr(self, name) for name in names}
        self._allocate(rows)
        for name, array in before.items():
            getattr(self, name)[..., :old] = array

    def heard(self, feed: str, rows: Ints, now: float) -> None:
        """A message of `feed` reached us from each of `rows` (they may repeat)."""
        index = self.feeds[feed]
        if compiled is not None:
            stalled = compiled.heard(
                self.first_at, self.heard_at, self._count, self.stalled, index, rows, now
            )
        else:
            first = self.first_at[index]
            first[rows] = np.fmin(first[rows], now)
            self.heard_at[index, rows] = now
            np.add.at(self._count[index], rows, 1)
            stalled = self.stalled[index, rows].any()
        if stalled:
            self._made_up(index, rows, now)

    def _made_up(self, index: int, rows: Ints, now: float) -> None:
        """Messages came into a stall; perhaps they end it."""
        owed = self._owed[index]
        np.subtract.at(owed, rows, WORTH)
        back = rows[self.stalled[index, rows] & (owed[rows] < self.missing / 2.0)]
        self.stalled[index, back] = False
        self.resumed_at[index, back] = now
        self._learned_at[index, back] = np.floor(now)  # the stall tells nothing of the pace
        self.catching_up[index, back] = True
        if index == 0:
            self._learned_at[:, back] = np.floor(now)

    def uneasy(self, feed: str) -> Flags:
        """Where a feed has stalled, or catches up."""
        index = self.feeds[feed]
        uneasy: Flags = self.stalled[index] | self.catching_up[index]
        return uneasy

    def uncertain(self, feed: str, rows: Ints) -> Flags:
        """Whether facts of `feed` without a time of their own have no second, for each row."""
        uncertain = self.catching_up[0, rows] | self.stalled[0, rows]
        index = self.feeds[feed]
        return uncertain | self.catching_up[index, rows] | self.stalled[index, rows]

    def roll(self, now: float) -> None:
        """Time has passed: paces move once a second, stalls are found."""
        second = int(now)
        if second > self._second:
            self._settle(second - self._second if self._second else 1, now)
            self._learn(second)
            self._count[:] = 0
            self._second = second
        if compiled is not None:
            compiled.silent(
                self.heard_at, self.pace, self.stalled, self._owed, self.catching_up,
                self.unsteady, now, self.after_s, self.missing, _HALF,
            )  # fmt: skip
            return
        age = now - self.heard_at
        silent = age >= self.after_s
        if silent.any():
            self.stalled[silent] |= _expected(self.pace[silent], age[silent]) >= self.missing
            self._owed[self.stalled & silent] = self.missing
        np.any(self.stalled | self.catching_up, axis=0, out=self.unsteady)

    def _settle(self, passed: int, now: float) -> None:
        """`passed` seconds are over: bursts end, stalls want more."""
        if self.catching_up.any():
            burst = self._count > np.maximum(SETTLED, BURST * self.pace)
            self.catching_up &= burst | (np.floor(now) - np.floor(self.resumed_at) < 2)
        if self.stalled.any():
            owed = self._owed + passed * self.pace
            self._owed = np.where(self.stalled, np.clip(owed, 0.0, self.missing), 0.0)

    def _learn(self, second: int) -> None:
        """Move the paces of all that was heard in the second that is over."""
        if compiled is not None:
            compiled.learned(
                self._count, self.stalled, self._learned_at, self._listened_s, self._means,
                self.pace, _KEPT, second, FEWEST_S,
            )  # fmt: skip
            return
        feeds, rows = np.nonzero((self._count > 0) & ~(self.stalled | self.stalled[0]))
        if not len(feeds):
            return
        passed = np.nan_to_num(second - self._learned_at[feeds, rows], nan=1.0)
        listened = self._listened_s[feeds, rows] + passed
        came = self._count[feeds, rows]
        means = self._means[:, feeds, rows] * _kept(passed) + (1.0 - _KEPT[:, 1:2]) * came
        self._means[:, feeds, rows] = means
        self._listened_s[feeds, rows] = listened
        self._learned_at[feeds, rows] = second
        long, short = means / (1.0 - _kept(np.maximum(listened, FEWEST_S)))
        self.pace[feeds, rows] = np.where(feeds == 0, long, np.minimum(long, short))

    def age(self, feed: str, now: float) -> Floats:
        """Seconds since the feed was heard; NaN where it never was."""
        return now - self.heard_at[self.feeds[feed]]

    def missed(self, feed: str, now: float) -> Floats:
        """How many messages the silence has swallowed, by the usual pace."""
        index = self.feeds[feed]
        return _expected(self.pace[index], now - self.heard_at[index])

    def calm(self, rooms: int, now: float) -> Calm:
        """What is so of the first `rooms` rows together."""
        if compiled is not None:
            everywhere, whole_s = np.empty(len(FEEDS), bool), np.empty(len(FEEDS))
            compiled.calm(
                self.first_at, self.resumed_at, self.stalled, rooms, now, everywhere, whole_s
            )
            return Calm(self.feeds, everywhere.tolist(), whole_s.tolist())
        heard = ~np.isnan(self.first_at[:, :rooms]).any(axis=1)
        resumed = self.resumed_at[:, :rooms].max(axis=1, initial=-np.inf)
        broken = np.logical_or.reduce(self.stalled[:, :rooms], axis=1)
        broken |= broken[0]
        whole_s = np.where(heard & ~broken, now - np.maximum(resumed, resumed[0]), -1.0)
        return Calm(self.feeds, heard.tolist(), whole_s.tolist())

    def ever(self, feed: str) -> Flags:
        """Where the feed was heard in this session."""
        return ~np.isnan(self.first_at[self.feeds[feed]])

    def since(self, feed: str, row: int) -> float:
        """Since when a feed of a room was heard without a hole; NaN where it is not, or never."""
        index = self.feeds[feed]
        if self.stalled[index, row] or self.stalled[0, row]:
            return float("nan")
        resumed = max(self.resumed_at[index, row], self.resumed_at[0, row])
        return float(np.maximum(self.first_at[index, row], resumed))

    def whole(self, feed: str, span_s: float, now: float) -> Flags:
        """Where a window of `span_s` is known: the feed was heard and left no hole in it."""
        known = self.ever(feed) & self._unbroken(self.feeds[feed], span_s, now)
        return known if feed == ANY else known & self._unbroken(0, span_s, now)

    def _unbroken(self, index: int, span_s: float, now: float) -> Flags:
        return ~self.stalled[index] & (now - self.resumed_at[index] >= span_s)

    def forget(self, row: int) -> None:
        """The session is over: the next one has a pace of its own."""
        self.heard_at[:, row] = np.nan
        self.first_at[:, row] = np.nan
        self.resumed_at[:, row] = -np.inf
        self.stalled[:, row] = False
        self.pace[:, row] = 0.0
        self._means[..., row] = 0.0
        self._learned_at[:, row] = np.nan
        self._listened_s[:, row] = 0.0
        self._owed[:, row] = 0.0
        self._count[:, row] = 0
        self.catching_up[:, row] = False
        self.unsteady[row] = False


def _kept(passed: Floats) -> Floats:
    """What is kept of the means after so many seconds. Shaped (half-lives, passed)."""
    kept: Floats = _KEPT[:, np.clip(passed, 0, LONG - 1).astype(np.int64)]
    return kept


def _expected(pace: Floats, age: Floats) -> Floats:
    """∫ pace · ½^(t ÷ half-life) dt over a silence of `age` seconds."""
    expected: Floats = pace * _HALF * -np.expm1(-age / _HALF)
    return expected
