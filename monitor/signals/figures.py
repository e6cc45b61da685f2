"""Facts in, figures moved: the one loop that every event goes through.

    batch ─ unseen ids ─ grouped by fact ─ rows and seconds as arrays ─ its reader

When a fact happened decides where it counts (EVENTS.md, Clocks):

    at > now + ahead_s           rejected: a clock that far off tells nothing
    now < at ≤ now + ahead_s     counts now: it has happened, the clock is ahead
    now − lateness_s ≤ at        corrects its own second
    earlier                      counted as late, moves nothing
    no time of its own, after a gap, in a burst    the session alone
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from monitor import events as facts
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.signals import engagement, sales, traffic
from monitor.signals.freshness import ANY
from monitor.signals.identity import Identity
from monitor.signals.metrics import CATALOGUE
from monitor.signals.past import ROOMS as PAST_ROOMS
from monitor.signals.readings import Look
from monitor.signals.rooms import Profile
from monitor.signals.stock import SLOT_S
from monitor.signals.tables import PAST, Group, Settings, Tables
from monitor.signals.windows import NO_SLOT, Ints

Reader = Callable[[Tables, Group], None]

COUNTED: dict[type[facts.Fact], Reader] = {
    facts.Comment: engagement.comments,
    facts.Like: engagement.likes,
    facts.Share: engagement.shares,
    facts.Follow: engagement.follows,
    facts.FanJoin: engagement.fan_joins,
    facts.Gift: engagement.gifts,
    facts.Viewers: traffic.viewers,
    facts.Enter: traffic.enters,
    facts.Leave: traffic.leaves,
    facts.Impressions: traffic.impressions,
    facts.ProductShown: sales.shown,
    facts.ProductClicked: sales.clicked,
    facts.ProductCarted: sales.carted,
    facts.OrderCreated: sales.created,
    facts.OrderPaid: sales.paid,
    facts.OrderCancelled: sales.cancelled,
    facts.OrderRefunded: sales.refunded,
}


class Figures:
    """The rolling figures of many rooms."""

    def __init__(
        self,
        settings: Settings,
        profiles: Mapping[str, Profile],
        mood: Mood | None = None,
    ) -> None:
        self.settings = settings
        self.tables = Tables(settings, profiles, mood if settings.mood else None)
        self.now = 0.0
        self._ticked_at: float | None = None
        self._seen: dict[str, Identity] = {}
        self.received = 0  # facts taken in, duplicates and late ones too

    def receive(self, batch: Batch, now: float) -> None:
        """Add a batch; nothing is decided here."""
        self._roll(now)
        identity = self._seen.get(batch.source)
        if identity is None:
            identity = self._seen[batch.source] = Identity()
        self.received += len(batch.events)
        events = identity.unseen(batch.events)
        if len(events) < len(batch.events):
            self._duplicates(batch.events, events)
        if batch.heard:
            rows = self._rows(batch.heard)[1]
            self.tables.freshness.heard(ANY, rows[rows >= 0], now)
        groups: dict[type[facts.Fact], list[facts.Event]] = {}
        for event in events:
            kind: type[facts.Fact] = event.__class__
            if kind in groups:
                groups[kind].append(event)
            else:
                groups[kind] = [event]
        for kind, alike in groups.items():
            self._group(kind, alike, now)
        self.tables.windows.apply()
        self.tables.products.windows.apply()

    def _rows(self, rooms: Sequence[str]) -> tuple[list[int], Ints]:
        rows = self.tables.rooms.rows(rooms)
        if self.tables.rooms.grown:
            self.tables.grow()
        return rows, np.array(rows, np.int64)

    def _group(self, kind: type[facts.Fact], alike: list[facts.Event], now: float) -> None:
        tables = self.tables
        rows, row = self._rows([event.room for event in alike])
        at = np.array([event.at for event in alike])
        slots = np.minimum(at, now).astype(np.int64)
        reader = COUNTED.get(kind)
        # A fact of state says since when it is so: the newest one is right, however old.
        oldest = now - self.settings.lateness_s if reader else 0.0
        if at.min() < oldest or at.max() > now + self.settings.ahead_s:
            alike, rows, row, slots = self._untimely(alike, row, slots, at, now, oldest)
        elif -1 in rows:
            alike, rows, row, slots = self._kept(alike, row, slots, row >= 0)
        if not alike:
            return
        if not tables.rooms.settled[row].all():
            for event, one in zip(alike, rows, strict=True):
                if not tables.rooms.settled[one] and tables.rooms.settle(one, event, now):
                    tables.forget_session(one)
        freshness = tables.freshness
        uncertain = bool(freshness.catching_up.any()) or bool(freshness.stalled[0].any())
        freshness.heard(ANY, row, now)
        if uncertain:
            untimed = np.array([event.at_from == "received" for event in alike])
            slots = np.where(untimed & freshness.uncertain(row), NO_SLOT, slots)
        if reader is not None:
            reader(tables, Group(alike, rows, row, slots, now))
            return
        for event, one in zip(alike, rows, strict=True):
            self._state(one, event, now)

    def _untimely(
        self,
        alike: list[facts.Event],
        row: Ints,
        slots: Ints,
        at: np.ndarray,
        now: float,
        oldest: float,
    ) -> tuple[list[facts.Event], list[int], Ints, Ints]:
        """Without what is too early or too late, which is counted."""
        ahead = at > now + self.settings.ahead_s
        late = at < oldest
        self.tables.rejected["time ahead"] += int(ahead.sum())
        late_rows = row[late & (row >= 0)]
        if len(late_rows):
            self.tables.windows.add("late", late_rows, int(now))
            self.tables.freshness.heard(ANY, late_rows, now)
        return self._kept(alike, row, slots, ~(ahead | late) & (row >= 0))

    @staticmethod
    def _kept(
        alike: list[facts.Event], row: Ints, slots: Ints, kept: np.ndarray
    ) -> tuple[list[facts.Event], list[int], Ints, Ints]:
        which = np.flatnonzero(kept)
        row = row[which]
        return [alike[index] for index in which], row.tolist(), row, slots[which]

    def _duplicates(self, events: Sequence[facts.Event], unseen: Sequence[facts.Event]) -> None:
        fresh = {id(event) for event in unseen}
        rooms = [event.room for event in events if id(event) not in fresh]
        rows = self._rows(rooms)[1]
        self.tables.windows.add("duplicates", rows[rows >= 0], int(self.now))

    def _state(self, row: int, event: facts.Event, now: float) -> None:
        """Facts that say how something now is; the newest one is right."""
        tables = self.tables
        match event:
            case facts.Session():
                if tables.rooms.session(row, event):
                    tables.forget_session(row)
                elif event.phase in ("end", "cut_off"):
                    tables.segments.forget(row)
            case facts.Segment():
                tables.segments.cue(row, event)
            case facts.Stock():
                tables.freshness.heard("stock", np.array([row]), now)
                tables.products.stock(self._product(row, event.sku), event)
            case facts.Price():
                if tables.products.price(self._product(row, event.sku), event):
                    tables.segments.price_fell(row, event.at)
            case facts.Shelf():
                tables.products.shelf(self._product(row, event.sku), event)
            case facts.Pin() | facts.Unpin():
                tables.products.pin(self._product(row, event.sku), event)
            case facts.Traffic():
                tables.arrivals.told(row, event.source, event.value, event.at)
            case _:
                pass  # a fact that a later issue gives a place to
        tables.timeline.note(row, event)

    def _product(self, row: int, sku: str) -> int:
        return self.tables.products.by_room[row][sku]

    def _roll(self, now: float) -> None:
        if int(now) > self.tables.windows.now_slot:
            self.tables.windows.roll(int(now))
            self.tables.products.windows.roll(int(now) // SLOT_S)
        self.now = now

    def tick(self, now: float) -> None:
        """Time has passed: windows roll, stalls are found, people watched."""
        self._roll(now)
        self.tables.freshness.roll(now)
        if self._ticked_at is not None:
            traffic.watch(self.tables, min(now - self._ticked_at, 5.0))
        self.tables.online_before.keep(now, self.tables.gauges["online"])
        self.tables.tail.fold()
        if self.tables.past.due(now) and len(self.tables.rooms):
            look = Look(self.tables, now, min(len(self.tables.rooms), PAST_ROOMS), 0)
            self.tables.past.keep(now, [CATALOGUE[name].read(look) for name in PAST])
        self._ticked_at = now
