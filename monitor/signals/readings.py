"""What metrics are read from, and the readings that several of them share.

A reading is a function of a Look. It returns a float64 array, a row for each room (or
product), NaN where the figure is unknown: a feed that was never heard, a window with a
hole in it, a division by zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from monitor.signals.freshness import ANY, Calm
from monitor.signals.rooms import Floats
from monitor.signals.tables import TOPIC_COUNTERS, Tables
from monitor.signals.windows import SPANS

MOOD_COUNTERS = ("negative", "questions", "confusion", "praise", "copied", *TOPIC_COUNTERS)
TOLD_APART = ("orders",)  # a feed of orders may tell of paid ones alone


class Look(Struct, frozen=True):
    """What a metric is read from: the tables at `now`, for the first `rooms` rows."""

    tables: Tables
    now: float
    rooms: int
    products: int
    known: dict[tuple[str, str], NDArray[np.bool_] | None] = field(default_factory=dict)
    """(feed, window) → where it is known, None: in every room; looked up once."""
    calm: list[Calm] = field(default_factory=list)
    """What is so of the feeds of all rooms; looked up once."""


Reading: TypeAlias = Callable[[Look], Floats]


class Column(NamedTuple):
    """A row of the catalogue, for one window."""

    name: str
    scope: str  # room or product
    unit: str
    help: str  # without the window
    formula: str
    unknown: str  # when it reads NaN
    read: Reading
    window: str = ""  # 10s, 1m, 5m, session; a gauge has none
    above: tuple[str, ...] = ()  # what it is made of, that a platform may cap (certainty.py):
    below: tuple[str, ...] = ()  # above and below the line
    denominator: str = ""  # the figure that a rate is of

    @property
    def base(self) -> str:
        """The name without its window."""
        return self.name.removesuffix(f"_{self.window}") if self.window else self.name


def spoken(window: str) -> str:
    """A window in words."""
    return "this session" if window == "session" else f"last {window}"


def _known(look: Look, feed: str, window: str) -> NDArray[np.bool_] | None:
    if (feed, window) in look.known:
        return look.known[feed, window]
    freshness = look.tables.freshness
    if not look.calm:
        look.calm.append(freshness.calm(look.rooms, look.now))
    if window == "session":
        calm = look.calm[0].heard(feed)
        heard = None if calm else freshness.ever(feed)[: look.rooms]
    else:
        calm = look.calm[0].whole(feed, SPANS[window])
        heard = None if calm else freshness.whole(feed, SPANS[window], look.now)[: look.rooms]
    look.known[feed, window] = heard
    return heard


@dataclass(frozen=True)
class Count:
    """The reading of a counter's sum, known where its feed is."""

    counter: str
    feed: str
    window: str

    @property
    def apart(self) -> bool:
        """Whether it has no feed of its own: it is known to exist once it was heard."""
        return self.feed == ANY or self.counter in TOLD_APART

    @property
    def like(self) -> tuple[str, str, str]:
        """Counts of which this is the same are known in the same rooms."""
        own = self.apart or self.counter in MOOD_COUNTERS
        return self.feed, self.window, self.counter if own else ""

    def known(self, look: Look) -> NDArray[np.bool_] | None:
        """Where it is known; None: in every room."""
        if look.tables.mood is None and self.counter in MOOD_COUNTERS:  # nobody reads what is said
            return np.zeros(look.rooms, bool)
        known = _known(look, self.feed, self.window)
        if self.apart:
            ever = look.tables.windows.read(self.counter, "session")[: look.rooms] > 0
            known = ever if known is None else known & ever
        return known

    def __call__(self, look: Look) -> Floats:
        values = look.tables.windows.read(self.counter, self.window)[: look.rooms]
        known = self.known(look)
        return values.astype(np.float64) if known is None else np.where(known, values, np.nan)


def divide(above: Floats, below: Floats) -> Floats:
    """above ÷ below; unknown where that is 0 or unknown."""
    ratio: Floats = np.full(len(below), np.nan)
    np.divide(above, below, out=ratio, where=below > 0)
    return ratio


def _rise_of_total(look: Look, window: str) -> Floats:
    arrivals = Count("arrivals", "viewers", window)(look)
    ever = look.tables.windows.read("arrivals", "session")[: look.rooms] > 0
    return np.where(ever, arrivals, np.nan)


def visits(look: Look, window: str) -> Floats:
    """Times somebody came in (人次): arrivals where they are told, else the rise of the total."""
    told = Count("enters", "enters", window)(look)
    return np.where(np.isnan(told), _rise_of_total(look, window), told)


def entered(look: Look, window: str) -> Floats:
    """People who came in (人数): named ones where there are any, else the visits."""
    people = Count("entered", "enters", window)(look)
    return np.where(people > 0, people, visits(look, window))


def viewers(look: Look, window: str) -> Floats:
    """People who were there: online now; for a session everybody who came in."""
    if window != "session":
        return gauge("online")(look)
    total = look.tables.gauges["total"][: look.rooms]
    return np.where(np.isnan(total), entered(look, "session"), total)


def gauge(name: str) -> Reading:
    """A gauge's newest reading; unknown while nothing is heard of the room."""

    def read(look: Look) -> Floats:
        silent = look.tables.freshness.stalled[0][: look.rooms]
        values = look.tables.gauges[name][: look.rooms]
        return np.where(silent, np.nan, values) if silent.any() else values

    return read


def room_state(name: str) -> Reading:
    """What is known of the room itself."""
    return lambda look: look.tables.rooms.columns[name][: look.rooms]


def segment_state(name: str) -> Reading:
    """What is known of the script the host follows."""
    return lambda look: look.tables.segments.columns[name][: look.rooms]
