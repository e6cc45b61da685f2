"""Facts in, figures moved: the one loop that every event goes through.

    batch ─ unseen ids ─ grouped by fact ─ rows and seconds as arrays ─ its reader

When a fact happened decides where it counts (EVENTS.md, Clocks):

    at > now + ahead_s           rejected: a clock that far off tells nothing
    now < at ≤ now + ahead_s     counts now: it has happened, the clock is ahead
    now − lateness_s ≤ at        corrects its own second
    earlier, or in the session before    counted as late, moves nothing
    no time of its own, after a gap, in a burst    the session alone

A call of numpy costs as much for one fact as for hundreds, so facts of a kind wait until
there are `MANY`, the second is over, or somebody reads (a tick). Where that could change
what comes out (a session begins, a feed stalls, a fact is late) nothing waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from monitor import events as facts
from monitor.frames import Batch
from monitor.mood.mood import Mood
from monitor.mood.phrases import Phrases
from monitor.signals import engagement, plays, sales, states, traffic
from monitor.signals.freshness import ANY, FEED_OF
from monitor.signals.gathering import Gathered, gather
from monitor.signals.grouping import NAMED, UNTIMED, Group, Held
from monitor.signals.identity import Identities
from monitor.signals.metrics import CATALOGUE
from monitor.signals.outlook import outlook
from monitor.signals.past import ROOMS as PAST_ROOMS
from monitor.signals.readings import Look
from monitor.signals.retiring import Retiring
from monitor.signals.rooms import SHOP, Profile
from monitor.signals.tables import PAST, Settings, Tables
from monitor.signals.windows import NO_SLOT, Ints, ints

MANY = 256  # facts of one kind
ALONE = (facts.Session, facts.LuckyBag)  # they say what facts beside them are

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
    facts.Coupon: plays.coupons,
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
        self._seen = Identities()
        self._retiring = Retiring(settings)
        self._held: dict[type[facts.Fact], Held] = {}
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
        self.roll(now)
        self._noted = True
        self._tables.happened.hidden = batch.source == "config"  # it is so, and did not happen
        self.received += len(batch.events)
        if batch.heard:
            row = self._rows(batch.heard)
            self._tables.freshness.heard(ANY, row[row >= 0], now)
        identity = self._seen.of(batch.source, now)
        gathered = gather(batch.events, self._tables.rooms.row_of, now, identity.fresh)
        if self._tables.rooms.grown:
            self._tables.grow()
        if len(gathered.again):
            again = gathered.again
            self._tables.windows.add("duplicates", again[again >= 0], int(now))
        if not gathered.kinds:
            return
        self._note_lag(gathered, now)
        if self._plain(gathered, now):
            self._tables.freshness.heard(ANY, gathered.row, now)
            self._take(gathered)
            return
        self._count()
        for kind, group in sorted(gathered.kinds, key=lambda one: one[0] is not facts.LuckyBag):
            self._group(kind, group)
        self._noted = True

    def _note_lag(self, gathered: Gathered, now: float) -> None:
        """A fact of state says since when it is so, which is no lag."""
        row, at, flags = gathered.row, gathered.at, gathered.flags
        for part in gathered.parts(COUNTED):
            self._tables.lag.note(row[part], at[part], flags[part], now)

    def _plain(self, gathered: Gathered, now: float) -> bool:
        """Whether these facts only count: whatever comes before or after them, it is the same."""
        freshness = self._tables.freshness
        seen = outlook(self._tables.rooms, freshness.unsteady, gathered.row, gathered.at)
        if not seen.settled or not (seen.steady or self._steady(gathered)):
            return False
        for kind, group in gathered.kinds:
            if kind in ALONE or (kind is facts.Viewers and self._elsewhere(group).any()):
                return False
        if now - self.settings.lateness_s <= seen.earliest and seen.latest <= now:
            return True
        return all(self._in_time(kind, group) for kind, group in gathered.kinds)

    def _steady(self, gathered: Gathered) -> bool:
        """Whether no feed that these facts are of has stalled, or catches up, in their rooms."""
        freshness = self._tables.freshness
        return not any(
            freshness.uneasy(feed)[group.row].any()
            for kind, group in gathered.kinds
            for feed in {ANY, FEED_OF.get(kind, ANY)}
        )

    def _in_time(self, kind: type[facts.Fact], group: Group) -> bool:
        """Whether facts of a kind are neither too late nor too early to count as they are."""
        if kind not in COUNTED:
            return bool(group.at.max() <= group.now)
        oldest, newest = group.now - self.settings.lateness_s, group.now + self.settings.ahead_s
        return bool(oldest <= group.at.min() and group.at.max() <= newest)

    def _elsewhere(self, group: Group) -> NDArray[np.bool_]:
        """Which facts name another session than the one their room is known to be in."""
        named = group.has(NAMED)
        if named.any():
            named &= self._tables.rooms.elsewhere(group.rows, group.events)
        return named

    def _take(self, gathered: Gathered) -> None:
        """Count what is many, while it is in the processor's cache; hold what is few."""
        for kind, group in gathered.kinds:
            held = self._held.get(kind)
            if held is None:
                if len(group.events) >= MANY:
                    self._read(kind, group)
                    continue
                held = self._held[kind] = Held()
            held.add(group)
            if held.count >= MANY:
                self._read(kind, self._held.pop(kind).group())

    def _count(self) -> None:
        """Count what is held."""
        held, self._held, self._noted = self._held, {}, False
        for kind, alike in held.items():
            self._read(kind, alike.group())
        self._tables.windows.apply()
        self._tables.products.windows.apply()

    def _rows(self, rooms: Sequence[str]) -> Ints:
        rows = self._tables.rooms.rows(rooms)
        if self._tables.rooms.grown:
            self._tables.grow()
        return ints(rows)

    def _read(self, kind: type[facts.Fact], group: Group) -> None:
        if kind in COUNTED:
            COUNTED[kind](self._tables, group)
            return
        for event, one in zip(group.events, group.rows, strict=True):
            states.apply(self._tables, one, event, group.now)

    def _group(self, kind: type[facts.Fact], group: Group) -> None:
        tables = self._tables
        now = group.now
        if group.row.min() <= SHOP:
            self._of_shops(kind, group.where(group.row <= SHOP))
            group = group.where(group.row > SHOP)
        tables.rooms.turned_away += int((group.row < 0).sum())
        group = self._timely(kind, group.where(group.row >= 0))
        if not group.events:
            return
        row, rooms = group.row, tables.rooms  # readings, which come often, may name a session
        named = kind is facts.Viewers and bool(self._elsewhere(group).any())
        # What the config says is no sign of a broadcast.
        if not tables.happened.hidden and (named or not rooms.settled[row].all()):
            for index, one in enumerate(group.rows):
                unsettled = named or not rooms.settled[one]
                if unsettled and rooms.settle(one, group.events[index], now):
                    tables.forget_session(one)
        freshness = tables.freshness
        uncertain = group.has(UNTIMED)
        if uncertain.any():
            uncertain &= freshness.uncertain(FEED_OF.get(kind, ANY), row)
        freshness.heard(ANY, row, now)
        if uncertain.any():
            tables.windows.add("uncertain", row[uncertain], int(now))
            group = group.in_slots(np.where(uncertain, NO_SLOT, group.slots))
        if named:  # of a session that is over
            group = group.where(~self._elsewhere(group))
        self._read(kind, group)

    def _of_shops(self, kind: type[facts.Fact], group: Group) -> None:
        """Orders of shops: they are no sign of life of the room they belong to."""
        if not issubclass(kind, facts.OrderFact):
            self._tables.rejected["a shop has orders alone"] += len(group.events)
            return
        placed = self._timely(kind, self._tables.attribution.place(group))
        if placed.events:
            self._read(kind, placed)
            self._noted = True

    def _timely(self, kind: type[facts.Fact], group: Group) -> Group:
        """Without what is too early or too late, which is counted."""
        at, row, now = group.at, group.row, group.now
        # A fact of state says since when it is so: the newest one is right, however old.
        oldest = now - self.settings.lateness_s if kind in COUNTED else 0.0
        ahead = at > now + self.settings.ahead_s
        late = at < oldest
        if kind in COUNTED and not issubclass(kind, facts.OrderFact):  # those find their session
            late |= self._tables.rooms.before(row, at)
        self._tables.rejected["time ahead"] += int(ahead.sum())
        if late.any():
            self._tables.windows.add("late", row[late], int(now))
            self._tables.freshness.heard(ANY, row[late], now)
        return group.where(~(ahead | late))

    def roll(self, now: float) -> None:
        """Windows move to the second that it is now. A tick, or what is received, does it."""
        if int(now) > self._tables.windows.now_slot:
            tables = self.tables  # what is held belongs to the second that is over
            tables.windows.roll(int(now))
            tables.products.roll(now)
            tables.rare.roll(now)
        self.now = now

    def tick(self, now: float) -> None:
        """Time has passed: windows roll, stalls are found, people watched."""
        self.roll(now)
        self.tables.freshness.roll(now)
        self.tables.lag.roll(now)
        self.tables.measure_hooks(now)
        if self._ticked_at is None or int(now) > int(self._ticked_at):
            self.tables.measure(now)
            waiting = self._tables.attribution.due(now)
            for kind, group in gather(waiting, self._tables.rooms.row_of, now).kinds:
                self._of_shops(kind, group)
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

    def over(self, now: float) -> list[int]:
        """Rows of rooms that are to be given up, some at a time; ask after a tick."""
        self._seen.forget(now - self.settings.forget_silent_s)
        return self._retiring.over(self.tables, now)
