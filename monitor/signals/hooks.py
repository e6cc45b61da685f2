"""What a hook moved: people who came, wrote and looked after it, against before it.

         ── 60 s before ──┤ hook ├── 30 s after ──
                          │      └ the next part begins (or the broadcast ends): the whole
                          │        seconds from the one that holds this instant
                          └ the hook begins: the whole seconds up to the one that holds it

Measured when the 30 s are over, and again once no fact can be late for them any more,
from the ring of seconds. Each feed that is heard has a lift with an interval (lift.py); of
several the intervals are widened so that all of them hold together with 95 % (Bonferroni).
The hook's own is that of its strongest sign, the feed whose lower bound is the greatest:

    hook_lift_low = max of the lower bounds     hook_lift_high = max of the upper ones

    moved      the lower bound is above 0: something rose, and it was not chance
    unmoved    the upper bound is below `worth`: nothing rose by as much as a hook should
    unclear    too few to tell, or too restless

A hook of which less than `FEWEST_S` before it were heard, or whose seconds have left the
ring or have a hole, is unclear: it has no figures, and no feed is guessed at. Where the hooks
of thousands of rooms end together, `AT_ONCE` of them are measured in one tick.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct

from monitor.signals.lift import lift
from monitor.signals.place import Stretch
from monitor.signals.rooms import NAN, Floats
from monitor.signals.windows import Ints, Windows

BEFORE_S, AFTER_S = 60, 30
PAST_S = 210  # from which it is seen how restless the room is
FEWEST_S = 20
VERDICTS = {"unclear": 0.0, "unmoved": 1.0, "moved": 2.0}
COLUMNS = ("hook_lift", "hook_lift_low", "hook_lift_high", "hook_verdict")
AT_ONCE = 256  # rooms
HOOKS = 12  # of a room, of which the effects are known


class Moved(Struct, frozen=True):
    """One feed: counts in the seconds before and after, and the lift with its interval."""

    feed: str
    before: int
    before_s: int
    after: int
    lift: float
    low: float
    high: float


class Effect(Struct, frozen=True, kw_only=True):
    """What a hook from `at` to `end` moved; figures are None where there are none."""

    at: float
    end: float
    verdict: str = "unclear"
    lift: float | None = None
    low: float | None = None
    high: float | None = None
    feeds: list[Moved] = []


class Feed(Struct, frozen=True):
    """A counter of a room, heard without a hole since the second `since`."""

    name: str
    counter: str
    since: int


class Hooks:
    """Columns of rooms, shaped (capacity,), and the effects of each room's last hooks."""

    def __init__(self, worth: float, lateness_s: float, rows: int = 16) -> None:
        self.columns: dict[str, Floats] = {name: np.full(rows, NAN) for name in COLUMNS}
        self._worth, self._settled_s = worth, AFTER_S + lateness_s + 1.0
        self._effects: dict[int, dict[tuple[float, float], Effect]] = {}
        self._open: dict[int, list[tuple[float, float]]] = {}  # hooks yet to be measured
        self._last: dict[int, Stretch | None] = {}  # of those that were told last
        self._due: dict[int, set[int]] = {}  # second → rooms with a hook to be measured then

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        old = len(self.columns["hook_lift"])
        if rows > old:
            more = np.full(rows - old, NAN)
            self.columns = {
                name: np.concatenate([column, more]) for name, column in self.columns.items()
            }

    def follow(self, row: int, stretches: Sequence[Stretch]) -> None:
        """The stretches of a room are these now; its hooks that have ended are to be measured.

        Mostly one has begun since they were told last, or none has.
        """
        before, last = (None, None, *stretches[-2:])[-2:]
        seen, self._last[row] = self._last.get(row), last
        if last is seen:
            return
        still = self._open.get(row, [])
        if before is None or last is None or before is not seen or len(still) >= HOOKS:
            self._follow_all(row, stretches)
        elif before.segment == "hook":
            known = (*still, *self._effects.get(row, ()))  # two may be of the same instants
            self._wait(row, [hook for hook in [(before.at, last.at)] if hook not in known], still)

    def _follow_all(self, row: int, stretches: Sequence[Stretch]) -> None:
        ended = {(one.at, after.at) for one, after in pairwise(stretches) if one.segment == "hook"}
        known = self._effects.get(row, {})
        kept = {hook: effect for hook, effect in known.items() if hook in ended}
        if len(kept) < len(known):
            self._effects[row] = kept
            self._write(row)
        waiting = sorted(hook for hook in ended if hook not in kept)[-HOOKS:]
        still = [hook for hook in self._open.get(row, ()) if hook in ended]
        self._wait(row, [hook for hook in waiting if hook not in still], still)

    def _wait(
        self, row: int, fresh: Sequence[tuple[float, float]], still: list[tuple[float, float]]
    ) -> None:
        """Hooks have ended; they, and what waits `still`, are to be measured."""
        for _, end in fresh:
            self._due.setdefault(int(end) + AFTER_S, set()).add(row)
        self._open[row] = [*still, *fresh]

    def due(self, now: float) -> list[int]:
        """Rooms with a hook to be measured now, `AT_ONCE` of them; each is told once."""
        rows: list[int] = []
        for second in sorted(second for second in self._due if second <= now):
            waiting = sorted(self._due.pop(second))
            free = AT_ONCE - len(rows)
            rows += waiting[:free]
            if waiting[free:]:
                self._due[second] = set(waiting[free:])
        return list(dict.fromkeys(rows))

    def measure(self, row: int, feeds: Sequence[Feed], windows: Windows, now: float) -> None:
        """Measure the hooks of a room that are due, with the feeds that are heard there."""
        left = []
        for at, end in self._open.pop(row, ()):
            settled = end + self._settled_s <= now
            if int(end) + AFTER_S <= now:
                effect = self._effect(row, (at, end), feeds, windows)
                known = self._effects.setdefault(row, {})
                if effect.feeds or (at, end) not in known:
                    known[at, end] = effect
            if not settled:
                left.append((at, end))
                again = int(end) + AFTER_S if int(end) + AFTER_S > now else end + self._settled_s
                self._due.setdefault(math.ceil(again), set()).add(row)
        self._open[row] = left
        effects = self._effects.get(row, {})
        for hook in sorted(effects)[:-HOOKS]:
            del effects[hook]
        self._write(row)

    def _effect(
        self, row: int, hook: tuple[float, float], feeds: Sequence[Feed], windows: Windows
    ) -> Effect:
        at, end = hook
        begin, over = int(at), int(end)
        oldest = windows.now_slot - windows.slots + 1
        usable = []
        for feed in feeds:
            since = max(feed.since, oldest, begin - PAST_S)
            before_s = min(begin - since, BEFORE_S)
            if before_s >= FEWEST_S and over >= oldest:
                usable.append((feed, since, before_s))
        moved = []
        for feed, since, before_s in usable:
            past: Ints = windows.series(feed.counter, row, since, begin)
            after = windows.series(feed.counter, row, over, over + AFTER_S)
            found = lift(after, past, before_s, 0.05 / len(usable))
            before = int(past[-before_s:].sum())
            moved.append(Moved(feed.name, before, before_s, int(after.sum()), *found))
        if not moved:
            return Effect(at=at, end=end)
        strongest = max(moved, key=lambda one: one.low)
        high = max(one.high for one in moved)
        verdict = "moved" if strongest.low > 0 else "unmoved" if high < self._worth else "unclear"
        return Effect(
            at=at, end=end, verdict=verdict, lift=strongest.lift, low=strongest.low, high=high,
            feeds=moved,
        )  # fmt: skip

    def _write(self, row: int) -> None:
        effects = self._effects.get(row)
        last = effects[max(effects)] if effects else None
        values = (
            (NAN, NAN, NAN, NAN)
            if last is None
            else (last.lift, last.low, last.high, VERDICTS[last.verdict])
        )
        for name, value in zip(COLUMNS, values, strict=True):
            self.columns[name][row] = NAN if value is None else value

    def effect(self, row: int, at: float) -> Effect | None:
        """Of the hook that began at `at`; None where it is not measured yet."""
        for (began, _), effect in self._effects.get(row, {}).items():
            if began == at:
                return effect
        return None

    def forget(self, row: int) -> None:
        """A new session has hooks of its own."""
        self._effects.pop(row, None)
        self._open.pop(row, None)
        self._last.pop(row, None)
        self._write(row)
