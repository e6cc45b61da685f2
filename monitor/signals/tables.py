"""All that is known of the rooms of a shard, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

import numpy as np
from msgspec import Struct

from monitor.mood.crowd import Crowd
from monitor.mood.mood import TOPICS, Mood
from monitor.signals.arrivals import Arrivals
from monitor.signals.attribution import Attribution
from monitor.signals.bags import Bags
from monitor.signals.bounds import Bounds
from monitor.signals.coupons import Coupons
from monitor.signals.cycles import Brought, cycles
from monitor.signals.flash_sales import FlashSales
from monitor.signals.freshness import Freshness
from monitor.signals.happened import Happened
from monitor.signals.hooks import Feed, Hooks
from monitor.signals.lag import Lag
from monitor.signals.memory import Memory
from monitor.signals.orders import Orders
from monitor.signals.past import Past
from monitor.signals.people import People
from monitor.signals.place import Stretch
from monitor.signals.questions import Questions
from monitor.signals.rooms import NAN, Ended, Floats, Profile, Rooms
from monitor.signals.sampling import Sampling
from monitor.signals.script import DEFAULT_S
from monitor.signals.segments import Segments
from monitor.signals.sessions import PRODUCTS, PastSession, Sessions, Sold
from monitor.signals.signs import Sign
from monitor.signals.sparse import Sparse
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
    "forbidden_terms", "unread", "late", "duplicates", "uncertain", "levelled",
)  # fmt: skip
SOLD = ("orders", "paid", "gmv", "cancelled", "refunds", "refunded")  # as sessions.Sold has them
OF_PRODUCT = ("orders", "paid", "gmv", "refunds")
RARE = ("bag_entries", "coupons_sent", "coupons_taken", "coupons_used")
PEOPLE = ("commenters", "interactors", "entered", "buyers", "fans")
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
    max_people: int = 50_000  # a room; beyond, counts are estimates
    forget_ended_s: float = 3_600.0  # so long after its end a room is given up,
    forget_silent_s: float = 21_600.0  # and one that has not ended, unless it is configured
    stall_after_s: float = 10.0
    stall_missing: float = 30.0
    hook_worth: float = 0.5  # a hook that moves nothing by so large a share has moved nothing
    mood: bool = True
    max_read_per_s: int = 100_000  # comments, for their mood; beyond, busy rooms' are sampled
    interaction: Literal["people", "actions"] = "people"  # what the interaction rate counts


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


class Tables:
    """The tables; readers of facts move them, metrics read them."""

    def __init__(self, settings: Settings, profiles: Mapping[str, Profile], mood: Mood | None):
        self.settings = settings
        self.mood = mood
        self.crowd = Crowd() if mood is not None else None
        self.wording = Wording()
        self.questions = Questions()
        self.sampling = Sampling(settings.max_read_per_s)
        self.rooms = Rooms(profiles, limit=settings.max_rooms)
        self.windows = Windows((*COUNTERS, *PEOPLE))
        self.people = People(PEOPLE, self.windows, limit=settings.max_people)
        self.freshness = Freshness(after_s=settings.stall_after_s, missing=settings.stall_missing)
        self.lag = Lag(settings.ahead_s)
        self.segments = Segments(self.rooms.limit_s)
        self.hooks = Hooks(settings.hook_worth, settings.lateness_s)
        self.brought = Brought()
        self.bags = Bags(settings.lateness_s)
        self.flash_sales = FlashSales(settings.lateness_s)
        self.coupons = Coupons()
        self.rare = Sparse(RARE)
        self.products = Products(limit=settings.max_products)
        self.gauges = Columns(GAUGES)
        self.online_before = Memory()
        self.past = Past(PAST)
        self.timeline = Timeline()
        self.happened = Happened()
        self.tail = Tail()
        self.arrivals = Arrivals()
        self.totals = Totals()  # of rooms
        self.product_totals = Totals()
        self.bounds = Bounds()
        self.rejected: Counter[str] = Counter()
        self.orders = Orders(self.brought)
        self.sessions = Sessions()
        self.attribution = Attribution(
            self.rooms, self.products, self.orders, lateness_s=settings.lateness_s
        )

    def grow(self) -> None:
        """Follow the table of rooms in size."""
        rows = self.rooms.capacity
        self.windows.grow(rows)
        self.people.grow(len(self.rooms))
        self.freshness.grow(rows)
        self.lag.grow(rows)
        self.bounds.grow(rows)
        self.segments.grow(rows)
        self.hooks.grow(rows)
        self.brought.grow(rows)
        self.sessions.grow(rows)
        self.bags.grow(rows)
        self.gauges.grow(rows)
        self.online_before.grow(rows)
        self.products.grow(len(self.rooms))
        if self.crowd is not None:
            self.crowd.grow(rows)
        self.wording.grow(rows)
        self.rooms.grown = False

    def introduce(self, profiles: Mapping[str, Profile]) -> None:
        """The config says other things of rooms now."""
        self.rooms.profiles = dict(profiles)
        self.rooms.revision += 1
        self.segments.measured_anew()

    def limit_s(self, row: int, module: str, segment: str) -> float | None:
        """How long a segment may last in a room: by the config, else by the trade."""
        own = self.rooms.limit_s(row, module, segment)
        return DEFAULT_S.get(segment) if np.isnan(own) else own

    def took(self, row: int, sign: Sign) -> None:
        """A cue of a room, or a sign of one."""
        self.segments.take(row, sign)
        self.hooks.follow(row, self.segments.stretches(row))
        self.brought.wanted[row] = True

    def measure(self, now: float) -> None:
        """Measure what plays cost, which products ran out, crowds. Once a second."""
        self.people.roll()
        self.products.watch(now)
        for row in list(self.brought.full):
            self.brought.settle(row, self.segments.stretches(row), now)
        self.bags.roll(self.windows, self.online_before, now)
        self.flash_sales.roll(self.products, now)

    def measure_hooks(self, now: float) -> None:
        """Measure hooks that are due, some at a time. Every tick."""
        for row in self.hooks.due(now):
            self.hooks.measure(row, self._feeds(row), self.windows, now)

    def _feeds(self, row: int) -> list[Feed]:
        """The feeds of a room that tell what a hook moves, as far as they are heard whole."""
        told = "enters" if self.freshness.ever("enters")[row] else "viewers"
        found = []
        for name, counter, feed in (
            ("comments", "comments", "comments"),
            ("arrivals", "enters" if told == "enters" else "arrivals", told),
            ("clicks", "clicks", "clicks"),
        ):
            since = self.freshness.since(feed, row)
            capped = self.bounds.within(counter, "5m", self.windows.now_slot)[row]
            if not np.isnan(since) and not capped:  # at a cap it can not rise
                found.append(Feed(name, counter, int(since) + 1))
        return found

    def forget_session(self, row: int) -> None:
        """A new session begins in a room: its figures start anew."""
        ended = self.rooms.ended.pop(row, None)
        if ended is not None:
            self._close(row, ended)
        self.windows.forget(row)
        self.people.forget(row)
        self._forget(row)

    def _close(self, row: int, ended: Ended) -> None:
        """Keep the sums of a session that made way for another."""
        self.windows.apply()
        self.products.windows.apply()
        session = {name: int(self.windows.read(name, "session")[row]) for name in SOLD}
        products = {}
        for sku, product in self.products.by_room[row].items():
            one = [int(self.products.windows.read(name, "session")[product]) for name in OF_PRODUCT]
            cancelled, refunded = self.sessions.back.pop(product, (0, 0))
            if any(one) or cancelled:
                orders, paid, gmv, refunds = one
                products[sku] = Sold(orders, paid, gmv, cancelled, refunds, refunded)
        stretches = self.segments.stretches(row)
        brought = self.brought.of(row, stretches)
        if stretches and stretches[-1].segment:
            stretches = [*stretches, Stretch("", ended.ended_at)]
            brought.append([0] * len(SOLD))
        self.sessions.close(
            row,
            PastSession(
                session=ended.session,
                started_at=None if np.isnan(ended.started_at) else ended.started_at,
                ended_at=ended.ended_at,
                sold=Sold(*session.values()),
                products=dict(
                    sorted(products.items(), key=lambda one: -one[1].gmv_minor)[:PRODUCTS]
                ),
                cycles=cycles(stretches, brought, partial(self.limit_s, row), ended.ended_at),
            ),
        )

    def _forget(self, row: int) -> None:
        self.freshness.forget(row)
        self.lag.forget(row)
        self.segments.forget(row)
        self.hooks.forget(row)
        self.brought.forget(row)
        self.bags.forget(row)
        self.coupons.forget(row)
        self.rare.forget(row)
        self.flash_sales.forget(list(self.products.by_room[row].values()))
        self.gauges.forget(row)
        self.online_before.forget(row)
        self.past.forget(row)
        self.timeline.forget(row)
        self.tail.forget(row)
        if self.crowd is not None:
            self.crowd.forget(row)
        self.wording.forget(row)
        self.questions.forget(row)
        self.arrivals.forget(row)
        self.products.forget_room(row, float(self.rooms.columns["started_at"][row]))
        self.bounds.forget(row)
        self.totals.forget(row)
        for product in self.products.by_room[row].values():
            self.product_totals.forget(product)

    def release(self, rows: Sequence[int]) -> None:
        """Rooms are given up: nothing of them stays, and others may have their rows."""
        self.windows.forget(*rows)  # what costs as much for many rooms as for one
        self.people.forget(*rows)
        self.brought.forget(*rows)
        products = self.products.release(rows)
        if products:
            self.orders.forget(set(products))
            self.flash_sales.forget(products)
        for product in products:
            self.product_totals.forget(product)
            self.sessions.back.pop(product, None)
        for row in rows:
            self._forget(row)
            self.sessions.release(row)
            self.segments.release(row)
            self.wording.release(row)
            self.rooms.release(row)
