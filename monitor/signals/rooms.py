"""The rooms of a shard, a row each: who they are, and whether they are live.

A room is admitted when it is first heard of, and keeps its row until it is given up: then
the row is free for another. Facts of state (the session, and all like it) are applied when
they are newer than what is known, so the order of arrival does not matter.

    live      1 from a start (or, without one, from the first fact) on; 0 after an end
    paused    1 between a pause and a resume
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from monitor.events import Fact, OrderCancelled, OrderFact, OrderRefunded, Session
from monitor.signals.script import Script
from monitor.signals.windows import Ints

Floats = NDArray[np.float64]
NAN = float("nan")
SHOP = -2  # the row of what is no room, but a shop or an anchor (attribution.py)
ELSEWHERE = ("shop:", "anchor:")
GivenBack = OrderCancelled | OrderRefunded
_VERSIONS = count(1)
AFTERGLOW_S = 120.0  # how long facts may trickle in after a broadcast has ended


def grown(capacity: int, rows: int) -> int:
    """How long columns become that must hold `rows`: twice as long, when long a quarter more."""
    return max(rows, capacity * 2 if capacity < 4096 else capacity + capacity // 4)


class Profile(Struct, frozen=True, kw_only=True):
    """What the config says of a room; of "", of those it does not name. Money in minor units."""

    room: str
    name: str = ""
    platform: str = ""
    anchor: str = ""
    tier: str = ""
    currency: str = "CNY"
    goal_minor: int | None = None
    planned_s: float | None = None  # how long a session is meant to last
    timezone: str = ""
    shop: str = ""
    script: Script = Script()


class Ended(NamedTuple):
    """A session that is over; `started_at` is NaN where nobody knows."""

    session: str | None
    started_at: float
    ended_at: float


class _Rows(dict[str, int]):
    """Room to row; asks the table to admit what is new. -1 is a room too many."""

    __slots__ = ("table", "version")

    def __init__(self, table: Rooms) -> None:
        super().__init__()
        self.table = table
        self.version = next(_VERSIONS)  # while it is the same, a room's row is, too

    def __missing__(self, room: str) -> int:
        return self.table.admit(room)


class Rooms:
    """Columns of rooms, shaped (capacity,); unknown is NaN."""

    STATE = (
        "live", "paused", "started_at", "session_at", "first_at", "goal_minor", "planned_s",
        "noted_at", "paused_at", "goal_at", "anchor_at", "tier_at", "begun_at", "expected_at",
        "expected_until",
    )  # fmt: skip

    def __init__(self, profiles: Mapping[str, Profile], *, limit: int = 20_000) -> None:
        self.limit = limit
        self.profiles = dict(profiles)
        self.row_of = _Rows(self)
        self.names: list[str] = []  # empty where the row is free
        self.platforms: list[str] = []
        self.sessions: list[str | None] = []  # as facts name them
        self._left: list[str | None] = []  # the one before: what is still told of it is over
        self.anchors: list[str] = []
        self.tiers: list[str] = []
        self.currencies: list[str] = []
        self.turned_away = 0  # facts of rooms that are one too many
        self.capacity = 16
        self.columns = {name: np.full(self.capacity, NAN) for name in self.STATE}
        self.settled = np.zeros(self.capacity, bool)  # heard of, and known to be live
        self.taken = np.zeros(self.capacity, bool)
        self.grown = False
        self._free: list[int] = []  # a heap: the lowest row is given first
        self.ended: dict[int, Ended] = {}  # the session that made way for another, until taken
        self.revision = 0  # rises when a room, its tier, anchor or platform is new

    def __len__(self) -> int:
        """Rows in use or free again: what columns are read over."""
        return len(self.names)

    @property
    def known(self) -> int:
        """How many rooms there are."""
        return len(self.row_of)

    def admit(self, room: str) -> int:
        """The row of a room that was not known before; -1 for one too many, SHOP for no room."""
        if room.startswith(ELSEWHERE):
            return SHOP
        if len(self.row_of) >= self.limit:
            return -1
        profile = self.profiles.get(room) or Profile(room=room)
        row = heappop(self._free) if self._free else self._another_row()
        self.row_of[room] = row
        self.names[row] = room
        self.platforms[row] = profile.platform
        self.anchors[row] = profile.anchor
        self.tiers[row] = profile.tier
        self.currencies[row] = profile.currency
        self.columns["live"][row] = self.columns["noted_at"][row] = NAN
        if profile.goal_minor is not None:
            self.columns["goal_minor"][row] = profile.goal_minor
        if profile.planned_s is not None:
            self.columns["planned_s"][row] = profile.planned_s
        self.taken[row] = True
        self.revision += 1
        return row

    def _another_row(self) -> int:
        row = len(self.names)
        for texts in (self.names, self.platforms, self.anchors, self.tiers, self.currencies):
            texts.append("")
        self.sessions.append(None)
        self._left.append(None)
        if row >= self.capacity:
            self.capacity = grown(self.capacity, row + 1)
            more = self.capacity - row
            self.columns = {
                name: np.pad(column, (0, more), constant_values=NAN)
                for name, column in self.columns.items()
            }
            self.settled = np.pad(self.settled, (0, more))
            self.taken = np.pad(self.taken, (0, more))
        self.grown = True
        return row

    def release(self, row: int) -> None:
        """The room is given up, and another may have its row. Nobody asks rules of it."""
        del self.row_of[self.names[row]]
        self.row_of.version = next(_VERSIONS)
        self.names[row] = self.platforms[row] = self.anchors[row] = self.tiers[row] = ""
        self.sessions[row] = self._left[row] = None
        for column in self.columns.values():
            column[row] = NAN
        self.columns["live"][row] = 0.0
        self.settled[row] = self.taken[row] = False
        heappush(self._free, row)
        self.revision += 1

    def rows(self, rooms: Sequence[str]) -> list[int]:
        """The rows of rooms, admitting new ones."""
        row_of = self.row_of
        return [row_of[room] for room in rooms]

    def limit_s(self, row: int, module: str, segment: str) -> float:
        """How long the host may be in a segment, as the config says; NaN where it does not."""
        profile = self.profiles.get(self.names[row]) or self.profiles.get("")
        return NAN if profile is None else profile.script.limit_s(module, segment)

    def column(self, name: str) -> Floats:
        return self.columns[name]

    def settle(self, row: int, fact: Fact, now: float) -> bool:
        """A fact of a room not known to be live, or one that may name another session; tell
        whether a session begins with it.

        A room that nobody has declared live or ended is live from its first fact. Not every
        platform says that it starts or ends: a session begins with a fact that names another
        one, and in a room that has ended with a fact of `AFTERGLOW_S` after the end that is
        not about an order. What is given back of one tells of no broadcast at all.
        """
        columns = self.columns
        if np.isnan(columns["first_at"][row]):
            columns["first_at"][row] = now
            if fact.platform and not self.platforms[row]:
                self.platforms[row] = fact.platform
                self.revision += 1
            if np.isnan(columns["live"][row]) and not isinstance(fact, Session | GivenBack):
                columns["live"][row], columns["started_at"][row] = 1.0, now
        begins = False
        if not isinstance(fact, Session | GivenBack):
            # Orders of the broadcast are paid, cancelled and paid back for days.
            goes_on = fact.at > columns["session_at"][row] + AFTERGLOW_S
            goes_on &= not isinstance(fact, OrderFact)
            begins = self._another(row, fact) or bool(columns["live"][row] == 0.0 and goes_on)
            if begins:
                self._begin(row, fact, columns["session_at"][row])
            elif self.sessions[row] is None:
                self.sessions[row] = fact.session
        self.settled[row] = columns["live"][row] == 1.0
        return begins

    def elsewhere(self, rows: Sequence[int], facts: Sequence[Fact]) -> list[bool]:
        """Which facts name another session than the one their room is known to be in."""
        sessions = self.sessions
        return [
            fact.session is not None and fact.session != sessions[row]
            for row, fact in zip(rows, facts, strict=True)
        ]

    def left(self, row: int, fact: Fact) -> bool:
        """Whether a fact names the session before the present one."""
        return fact.session is not None and fact.session == self._left[row] != self.sessions[row]

    def _another(self, row: int, fact: Fact) -> bool:
        """Whether a fact names a session that follows the one we know of."""
        known = self.sessions[row]
        if None in (known, fact.session) or fact.session in (known, self._left[row]):
            return False
        return not fact.at < self.columns["session_at"][row]

    def _begin(self, row: int, fact: Fact, told_at: float) -> None:
        """A new session, from this fact on; of the one before we were told last at `told_at`."""
        columns = self.columns
        ended = told_at if columns["live"][row] == 0.0 else fact.at
        began = float(columns["started_at"][row])
        self.ended[row] = Ended(self.sessions[row], began, float(ended))
        self._left[row], self.sessions[row] = self.sessions[row], fact.session
        self.columns["live"][row], self.columns["paused"][row] = 1.0, 0.0
        for name in ("started_at", "session_at", "begun_at"):
            self.columns[name][row] = fact.at
        self.settled[row] = True

    def before(self, rows: Ints, at: Floats) -> NDArray[np.bool_]:
        """Which instants lie before the session of their room began, as its first fact says."""
        return at < self.columns["begun_at"][rows]

    def session(self, row: int, fact: Session) -> bool:
        """Apply a session fact; tell whether a new session begins with it."""
        columns = self.columns
        known, told_at = self.sessions[row], columns["session_at"][row]
        if fact.session is not None and fact.session == self._left[row] != known:
            return False  # of a session that is over
        self._told(row, fact)
        if fact.phase != "warning" and self._newer(row, "paused_at", fact):
            columns["paused"][row] = float(fact.phase == "pause")
        if fact.phase in ("pause", "warning") or fact.at < told_at:
            return False  # whether it is live is none of theirs
        another = self._another(row, fact)
        columns["session_at"][row] = fact.at
        match fact.phase:
            case "start":
                if another or columns["live"][row] == 0.0:
                    self._begin(row, fact, told_at)
                    return True
                columns["live"][row] = 1.0
                if np.isnan(told_at):  # until now we only guessed
                    columns["started_at"][row] = fact.at
            case "resume":
                columns["live"][row] = 1.0
            case "end" | "cut_off":
                columns["live"][row] = 0.0
                self.settled[row] = False
        return False

    def _newer(self, row: int, mark: str, fact: Fact) -> bool:
        """Whether nothing newer was told; from now on, this was."""
        if fact.at < self.columns[mark][row]:
            return False
        self.columns[mark][row] = fact.at
        return True

    def _told(self, row: int, fact: Session) -> None:
        """What a session fact says beside its phase: of each, the newest is right."""
        if self.sessions[row] is None:
            self.sessions[row] = fact.session
        if fact.anchor and self._newer(row, "anchor_at", fact):
            self.revision += self.anchors[row] != fact.anchor
            self.anchors[row] = fact.anchor
        if fact.tier and self._newer(row, "tier_at", fact):
            self.tiers[row] = fact.tier
            self.revision += 1
        if fact.goal_minor is not None and self._newer(row, "goal_at", fact):
            self.columns["goal_minor"][row] = fact.goal_minor
        if fact.platform:
            self.platforms[row] = fact.platform
            self.revision += 1
