"""All that is known of the rooms of a shard, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from monitor.mood.crowd import Crowd
from monitor.mood.mood import TOPICS, Mood
from monitor.signals.arrivals import Arrivals
from monitor.signals.freshness import Freshness
from monitor.signals.lag import Lag
from monitor.signals.memory import Memory
from monitor.signals.past import Past
from monitor.signals.people import People
from monitor.signals.rooms import NAN, Floats, Profile, Rooms
from monitor.signals.segments import Segments
from monitor.signals.stock import Products
from monitor.signals.tail import Tail
from monitor.signals.timeline import Timeline
from monitor.signals.totals import Totals
from monitor.signals.windows import Windows
from monitor.signals.wording import Wording

TOPIC_COUNTERS = tuple(f"topic_{topic}" for topic in TOPICS)
COUNTERS = (
    "comments", "likes", "shares", "follows", "fan_joins", "gifts", "gift_value",
    "enters", "arrivals", "leaves", "impressions", "product_shown", "clicks", "carts",
    "orders", "paid", "units", "gmv", "cancelled", "refunds", "refunded",
    "negative", "questions", "confusion", "praise", "copied", *TOPIC_COUNTERS,
    "forbidden_terms", "late", "duplicates", "uncertain",
)  # fmt: skip
PEOPLE = ("commenters", "interactors", "entered", "buyers")
PAST = (  # of which a reading is kept every ten seconds, for charts
    "online", "gmv_10s", "paid_10s", "comments_10s", "negative_10s", "conversion_5m",
    "interaction_rate_5m", "gpm_5m", "watch_s", "gmv_session",
)  # fmt: skip
GAUGES = ("online", "online_at", "online_peak", "online_s", "watched_s", "total", "total_at")


class Settings(Struct, frozen=True, kw_only=True):
    """What the core is told once. Spans in seconds."""

    lateness_s: float = 30.0  # a fact this late still corrects its own second
    ahead_s: float = 60.0  # a clock this far ahead is believed to mean "now"
    max_rooms: int = 20_000
    max_products: int = 200_000
    max_people: int = 200_000  # a room; beyond, counts are lower bounds
    forget_ended_s: float = 3_600.0  # so long after its end a room is given up,
    forget_silent_s: float = 21_600.0  # and one that has not ended, unless it is configured
    stall_after_s: float = 10.0
    stall_missing: float = 30.0
    mood: bool = True


class Columns:
    """Named float columns of rooms; unknown is NaN."""

    def __init__(self, names: Sequence[str], rows: int = 16) -> None:
        self._columns = {name: np.full(rows, NAN) for name in names}

    def __getitem__(self, name: str) -> Floats:
        return self._columns[name]

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        for name, column in self._columns.items():
            if rows > len(column):
                more = np.full(rows - len(column), NAN)
                self._columns[name] = np.concatenate([column, more])

    def forget(self, row: int) -> None:
        for column in self._columns.values():
            column[row] = NAN


class Orders:
    """When each order was first so, of those seen lately: paying one takes no goods twice.

    An order is known by its product: it may be of several, and platforms number alike.
    Two generations of at most `size` orders each bound the memory.
    """

    def __init__(self, size: int = 100_000) -> None:
        self._size = size
        self._young: dict[tuple[int, str], float] = {}
        self._old: dict[tuple[int, str], float] = {}

    def known(self, product: int, order: str, at: float) -> float | None:
        """Since when we knew of an order, None at first; from now on since `at` if earlier."""
        key = (product, order)
        before = self._young.get(key)
        if before is None:
            before = self._old.get(key)
        if before is None or at < before:
            self._young[key] = at
            if len(self._young) >= self._size:
                self._old, self._young = self._young, {}
        return before

    def forget(self, products: set[int]) -> None:
        """These rows are other products' from now on."""
        for known in (self._young, self._old):
            for key in [key for key in known if key[0] in products]:
                del known[key]


class Tables:
    """The tables; readers of facts move them, metrics read them."""

    def __init__(self, settings: Settings, profiles: Mapping[str, Profile], mood: Mood | None):
        self.settings = settings
        self.mood = mood
        self.crowd = Crowd() if mood is not None else None
        self.wording = Wording()
        self.rooms = Rooms(profiles, limit=settings.max_rooms)
        self.windows = Windows((*COUNTERS, *PEOPLE))
        self.people = People(PEOPLE, self.windows, limit=settings.max_people)
        self.freshness = Freshness(after_s=settings.stall_after_s, missing=settings.stall_missing)
        self.lag = Lag(settings.ahead_s)
        self.segments = Segments(self.rooms.limit_s)
        self.products = Products(limit=settings.max_products)
        self.gauges = Columns(GAUGES)
        self.online_before = Memory()
        self.past = Past(PAST)
        self.timeline = Timeline()
        self.tail = Tail()
        self.arrivals = Arrivals()
        self.totals = Totals(settings.lateness_s)  # of rooms
        self.product_totals = Totals(settings.lateness_s)
        self.lower_bound: set[int] = set()  # rooms whose online is at least what is told
        self.capped: set[tuple[int, str]] = set()  # (room row, counter) at a platform's cap
        self.rejected: Counter[str] = Counter()
        self.orders = Orders()

    def grow(self) -> None:
        """Follow the table of rooms in size."""
        rows = self.rooms.capacity
        self.windows.grow(rows)
        self.people.grow(len(self.rooms))
        self.freshness.grow(rows)
        self.lag.grow(rows)
        self.segments.grow(rows)
        self.gauges.grow(rows)
        self.online_before.grow(rows)
        self.products.grow(len(self.rooms))
        if self.crowd is not None:
            self.crowd.grow(rows)
        self.wording.grow(rows)
        self.rooms.grown = False

    def forget_session(self, row: int) -> None:
        """A new session begins in a room: its figures start anew."""
        self.windows.forget(row)
        self.people.forget(row)
        self.freshness.forget(row)
        self.lag.forget(row)
        self.segments.forget(row)
        self.gauges.forget(row)
        self.online_before.forget(row)
        self.past.forget(row)
        self.timeline.forget(row)
        self.tail.forget(row)
        if self.crowd is not None:
            self.crowd.forget(row)
        self.wording.forget(row)
        self.arrivals.forget(row)
        self.products.forget_room(row, float(self.rooms.columns["started_at"][row]))
        self.lower_bound.discard(row)
        self.totals.forget(row)
        for product in self.products.by_room[row].values():
            self.product_totals.forget(product)
        self.capped = {key for key in self.capped if key[0] != row}

    def release(self, rows: Sequence[int]) -> None:
        """Rooms are given up: nothing of them stays, and others may have their rows."""
        self.people.forget(*rows)  # of all at once: the rooms after it have none left
        products = {row for room in rows for row in self.products.by_room[room].values()}
        if products:
            self.orders.forget(products)
        for row in rows:
            self.forget_session(row)
            self.segments.release(row)
            self.wording.release(row)
            self.products.release(row)
            self.rooms.release(row)
