"""Decides which notice of a channel goes next, and when.

    critical ▶ normal ▶ digest      by the channel's rate, of which a reserve is critical's own

In a lane the oldest goes first, but news of an alert never overtakes the notice that
it fired. Nothing here waits or sends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import get_args

from msgspec import Struct

from monitor.alerts.alert import Lane, Notice
from monitor.channels.channel import Limits

MINUTE_S = 60.0
LANES: tuple[Lane, ...] = get_args(Lane)


class Item(Struct, eq=False):
    """A notice on its way. `uncertain`: a try may have reached the receiver."""

    notice: Notice
    next_at: float
    attempt: int = 0
    uncertain: bool = False

    @property
    def for_people(self) -> bool:
        """A command is for one machine, and nobody else can do it."""
        return self.notice.command is None

    @property
    def fired(self) -> bool:
        return self.notice.change.change == "fired"


class Rate:
    """At most `burst` at once and `per_minute` in any minute, a reserve of both for critical."""

    def __init__(self, limits: Limits) -> None:
        assert limits.burst > limits.reserve, "ordinary notices must have a chance"
        assert limits.per_minute > limits.reserve, "ordinary notices must have a chance"
        self.limits = limits
        self._tokens = float(limits.burst)
        self._at: float | None = None
        self._sent: deque[float] = deque()  # when, in the last minute

    def ready_at(self, now: float, critical: bool) -> float:
        """When the next notice may be sent."""
        self._pass(now)
        reserve = 0 if critical else self.limits.reserve
        missing = reserve + 1 - self._tokens
        ready_at = now + max(0.0, missing) * MINUTE_S / self.limits.per_minute
        allowed = max(1, int(self.limits.per_minute) - reserve)
        if len(self._sent) >= allowed:
            ready_at = max(ready_at, self._sent[-allowed] + MINUTE_S)
        return ready_at

    def take(self, now: float) -> None:
        """One is sent now, whatever comes of it."""
        self._pass(now)
        self._tokens -= 1
        self._sent.append(now)

    def _pass(self, now: float) -> None:
        if self._at is not None:
            self._tokens += (now - self._at) * self.limits.per_minute / MINUTE_S
            self._tokens = min(self._tokens, float(self.limits.burst))
        self._at = now
        while self._sent and self._sent[0] <= now - MINUTE_S:
            self._sent.popleft()


class Lanes:
    """Everything unsent of one channel."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, dict[str, Item]] = {lane: {} for lane in LANES}
        self._fired: dict[str, Item] = {}  # key|episode → the unsent notice that it fired
        self._expiry = float("inf")  # nothing expires before

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def __iter__(self) -> Iterator[Item]:
        for lane in self._lanes.values():
            yield from lane.values()

    def __contains__(self, item: Item) -> bool:
        return self._lanes[item.notice.lane].get(item.notice.id) is item

    def depth(self) -> dict[Lane, int]:
        return {lane: len(items) for lane, items in self._lanes.items()}

    def put(self, item: Item) -> None:
        self._lanes[item.notice.lane][item.notice.id] = item
        self._expiry = min(self._expiry, item.notice.expires_at)
        if item.fired:
            self._fired.update(dict.fromkeys(item.notice.tells_of, item))

    def remove(self, item: Item) -> None:
        del self._lanes[item.notice.lane][item.notice.id]
        if item.fired:
            for told_as in item.notice.tells_of:
                if self._fired.get(told_as) is item:
                    del self._fired[told_as]

    def of(self, told_as: str) -> list[Item]:
        """Unsent notices about this one alert and no other, oldest first."""
        found = [i for i in self if i.notice.alone and i.notice.change.told_as == told_as]
        return sorted(found, key=lambda item: item.notice.created_at)

    def expired(self, now: float) -> list[Item]:
        """Those whose time is up."""
        if now < self._expiry:
            return []
        self._expiry = min((i.notice.expires_at for i in self if i.notice.expires_at > now),
                           default=float("inf"))  # fmt: skip
        return [item for item in self if item.notice.expires_at <= now]

    def lowest(self) -> Item:
        """What is missed least: the oldest of the lowest lane."""
        for lane in reversed(LANES):
            for item in self._lanes[lane].values():
                return item
        raise LookupError("nothing is unsent")

    def choose(self, now: float, rate: Rate, not_before: float) -> tuple[Item | None, float | None]:
        """The notice to send now; or None and when to ask again (None: when there are more).

        `not_before`: the channel as a whole has to wait until then.
        """
        wake_at = self._expiry
        for lane, items in self._lanes.items():
            if not items:
                continue
            open_at = max(not_before, rate.ready_at(now, lane == "critical"))
            for item in items.values():
                ready_at = max(item.next_at, open_at)
                if ready_at < wake_at or ready_at <= now:
                    if self._blocked(item):
                        continue
                    if ready_at <= now:
                        return item, None
                    wake_at = ready_at
        return None, wake_at if len(self) else None

    def _blocked(self, item: Item) -> bool:
        return not item.fired and any(told_as in self._fired for told_as in item.notice.tells_of)
