"""Facts in, figures moved: the one loop that every event goes through.

    batch ─ unseen ids ─ grouped by fact ─ rows and seconds as arrays ─ its reader

When a fact happened decides where it counts (EVENTS.md, Clocks):

    at > now + ahead_s           rejected: a clock that far off tells nothing
    now < at ≤ now + ahead_s     counts now: it has happened, the clock is ahead
    now − lateness_s ≤ at        corrects its own second
    earlier                      counted as late, moves nothing
    no time of its own, after a gap, in a burst    the session alone

A call of numpy costs as much for one fact as for hundreds, so facts of a kind wait until
there are `MANY`, the second is over, or somebody reads (a tick). Where that could change
what comes out (a session begins, a feed stalls, a fact is late) nothing waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from monitor import events as facts
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.mood.phrases import Phrases
from monitor.signals import engagement, mood_counts, sales, traffic
from monitor.signals.freshness import ANY
from monitor.signals.grouping import Alike, Held, by_kind, kept
from monitor.signals.identity import Identity
from monitor.signals.metrics import CATALOGUE
from monitor.signals.past import ROOMS as PAST_ROOMS
from monitor.signals.readings import Look
from monitor.signals.rooms import Floats, Profile
from monitor.signals.signs import sign_of
from monitor.signals.stock import SLOT_S
from monitor.signals.tables import PAST, Group, Settings, Tables
from monitor.signals.windows import NO_SLOT, Ints, floats, ints

MANY = 256  # facts of one kind

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
        self._tables = Tables(settings, profiles, mood if settings.mood else None)
        self.now = 0.0
        self._ticked_at: float | None = None
        self._seen: dict[str, Identity] = {}
        self._held: dict[type[facts.Fact], Held] = {}
        self._received_at = 0.0
        self._noted = False  # whether windows have something to apply
        self.received = 0  # facts taken in, duplicates and late ones too

    @property
    def tables(self) -> Tables:
        """The tables, with every fact counted that was received."""
        if self._noted:
            self._count()
        return self._tables

    def use(self, own: Phrases) -> None:
        """Put other phrases of the operator's in force, of complaints and of forbidden terms."""
        tables = self.tables  # what is held was written before
        if tables.mood is not None:
            tables.mood.use(own)
        tables.wording.use(own)

    def receive(self, batch: Batch, now: float) -> None:
        """Add a batch; nothing is decided here."""
        self._roll(now)
        self._noted, self._received_at = True, now
        identity = self._seen.get(batch.source)
        if identity is None:
            identity = self._seen[batch.source] = Identity()
        self.received += len(batch.events)
        if batch.heard:
            row = self._rows(batch.heard)[1]
            self.tables.freshness.heard(ANY, row[row >= 0], now)
        kinds: dict[type[facts.Fact], Alike] = {}
        fresh = identity.unseen(batch.events)
        if identity.again:
            row = self._rows([event.room for event in identity.again])[1]
            self._tables.windows.add("duplicates", row[row >= 0], int(now))
        for kind, events in by_kind(fresh).items():
            rows, row = self._rows([event.room for event in events])
            kinds[kind] = Alike(events, rows, row, floats([event.at for event in events]))
        if self._plain(kinds, now):
            self._take(kinds, now)
            return
        self._count()
        for kind, (events, rows, row, at) in kinds.items():
            slots = np.minimum(at, now).astype(np.int64)
            self._group(kind, Group(events, rows, row, slots, now), at)
        self._noted = True

    def _plain(self, kinds: dict[type[facts.Fact], Alike], now: float) -> bool:
        """Whether these facts only count: whatever comes before or after them, it is the same."""
        freshness, rooms = self._tables.freshness, self._tables.rooms
        if facts.Session in kinds or freshness.catching_up.any() or freshness.stalled.any():
            return False
        viewers = kinds.get(facts.Viewers)
        if viewers is not None and True in rooms.elsewhere(viewers.rows, viewers.events):
            return False
        oldest, newest = now - self.settings.lateness_s, now + self.settings.ahead_s
        return all(
            alike.row.min() >= 0
            and rooms.settled[alike.row].all()
            and (
                oldest <= alike.at.min() and alike.at.max() <= newest
                if kind in COUNTED
                else alike.at.max() <= now
            )
            for kind, alike in kinds.items()
        )

    def _take(self, kinds: dict[type[facts.Fact], Alike], now: float) -> None:
        """Count what is many, while it is in the processor's cache; hold what is few."""
        for kind, alike in kinds.items():
            slots = np.minimum(alike.at, now).astype(np.int64)
            if len(alike.events) >= MANY:
                self._add(kind, Group(alike.events, alike.rows, alike.row, slots, now))
                continue
            held = self._held.get(kind)
            if held is None:
                held = self._held[kind] = Held()
            held.add(alike, slots)
            if len(held.events) >= MANY:
                self._add(kind, self._held.pop(kind).group(now))

    def _count(self) -> None:
        """Count what is held."""
        held, self._held, self._noted = self._held, {}, False
        for kind, alike in held.items():
            self._add(kind, alike.group(self._received_at))
        self._tables.windows.apply()
        self._tables.products.windows.apply()

    def _rows(self, rooms: Sequence[str]) -> tuple[list[int], Ints]:
        rows = self._tables.rooms.rows(rooms)
        if self._tables.rooms.grown:
            self._tables.grow()
        return rows, ints(rows)

    def _add(self, kind: type[facts.Fact], group: Group) -> None:
        self._tables.freshness.heard(ANY, group.row, group.now)
        self._read(kind, group)

    def _read(self, kind: type[facts.Fact], group: Group) -> None:
        reader = COUNTED.get(kind)
        if reader is not None:
            reader(self._tables, group)
            return
        for event, one in zip(group.events, group.rows, strict=True):
            self._state(one, event, group.now)

    def _group(self, kind: type[facts.Fact], group: Group, at: Floats) -> None:
        tables = self._tables
        now = group.now
        # A fact of state says since when it is so: the newest one is right, however old.
        oldest = now - self.settings.lateness_s if kind in COUNTED else 0.0
        if -1 in group.rows:
            tables.rooms.turned_away += group.rows.count(-1)
            at = at[group.row >= 0]
            group = kept(group, group.row >= 0)
        if group.events and (at.min() < oldest or at.max() > now + self.settings.ahead_s):
            group = self._timely(group, at, oldest)
        if not group.events:
            return
        row, rooms = group.row, tables.rooms
        # Readings come often, so they are asked which session they are of.
        named = kind is facts.Viewers and True in rooms.elsewhere(group.rows, group.events)
        if named or not rooms.settled[row].all():
            for event, one in zip(group.events, group.rows, strict=True):
                if (named or not rooms.settled[one]) and rooms.settle(one, event, now):
                    tables.forget_session(one)
        freshness = tables.freshness
        uncertain = bool(freshness.catching_up.any()) or bool(freshness.stalled[0].any())
        freshness.heard(ANY, row, now)
        if uncertain:
            untimed = np.array([event.at_from == "received" for event in group.events])
            slots = np.where(untimed & freshness.uncertain(row), NO_SLOT, group.slots)
            group = group._replace(slots=slots)
        if named:  # of a session that is over
            group = kept(group, ~np.array(rooms.elsewhere(group.rows, group.events)))
        self._read(kind, group)

    def _timely(self, group: Group, at: Floats, oldest: float) -> Group:
        """Without what is too early or too late, which is counted."""
        row, now = group.row, group.now
        ahead = at > now + self.settings.ahead_s
        late = at < oldest
        self._tables.rejected["time ahead"] += int(ahead.sum())
        if late.any():
            self._tables.windows.add("late", row[late], int(now))
            self._tables.freshness.heard(ANY, row[late], now)
        return kept(group, ~(ahead | late))

    def _state(self, row: int, event: facts.Event, now: float) -> None:
        """Facts that say how something now is; the newest one is right."""
        if event.at > now:  # its clock is ahead; it must not outrank what comes after it
            event = replace(event, at=now)
        tables = self._tables
        match event:
            case facts.Session():
                if tables.rooms.session(row, event):
                    tables.forget_session(row)
            case facts.Stock():
                tables.freshness.heard("stock", np.array([row]), now)
                tables.products.stock(self._product(row, event.sku), event)
            case facts.Price():
                tables.products.price(self._product(row, event.sku), event)
            case facts.Shelf():
                tables.products.shelf(self._product(row, event.sku), event)
            case facts.Pin() | facts.Unpin():
                tables.products.pin(self._product(row, event.sku), event)
            case facts.Traffic():
                tables.arrivals.told(row, event.source, event.value, event.at)
            case _:
                pass  # a fact that a later issue gives a place to
        sign = sign_of(event)
        if sign is not None:
            tables.segments.take(row, sign)
        tables.timeline.note(row, event)
        mood_counts.worded(tables, row, event, int(event.at))

    def _product(self, row: int, sku: str) -> int:
        return self._tables.products.by_room[row][sku]

    def _roll(self, now: float) -> None:
        if int(now) > self._tables.windows.now_slot:
            tables = self.tables  # what is held belongs to the second that is over
            tables.windows.roll(int(now))
            tables.products.windows.roll(int(now) // SLOT_S)
        self.now = now

    def tick(self, now: float) -> None:
        """Time has passed: windows roll, stalls are found, people watched."""
        self._roll(now)
        self.tables.freshness.roll(now)
        if self._ticked_at is not None:
            traffic.watch(self.tables, min(now - self._ticked_at, 5.0))
        self.tables.online_before.keep(now, self.tables.gauges["online"])
        self.tables.tail.fold()
        if self.tables.crowd is not None:
            self.tables.crowd.incidents.tick(now)
        if self.tables.past.due(now) and len(self.tables.rooms):
            look = Look(self.tables, now, min(len(self.tables.rooms), PAST_ROOMS), 0)
            self.tables.past.keep(now, [CATALOGUE[name].read(look) for name in PAST])
        self._ticked_at = now
