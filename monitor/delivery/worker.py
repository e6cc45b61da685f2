"""Sends one channel's notices: one at a time, the most urgent first, until each is settled.

sent        told
try again   the receiver may take it later: full jitter, or when it says
give up     it never will, or not in time, or the breaker is open: to the fallback
expired     its time was up: people are told that they were not told
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from msgspec.structs import replace

from monitor.alerts.alert import Notice
from monitor.channels.channel import Channel
from monitor.clock import Clock
from monitor.delivery.breaker import Breaker
from monitor.delivery.lanes import Item, Lanes, Rate
from monitor.delivery.stats import ChannelStats, Latency, Missed
from monitor.delivery.told import Outcome, Told
from monitor.errors import DeliveryError
from monitor.storage.store import Store

FIRST_S, LONGEST_S = 0.5, 15.0  # the bounds that jitter is drawn below
LIMIT = 5_000  # unsent notices; the oldest of the lowest lane is shed when there are more
BRIEF_S = 30.0  # an alert that lasted no longer and that nobody heard of is not worth telling

Wait = Callable[[asyncio.Event, float | None], Awaitable[None]]
GiveAway = Callable[[Notice], None]
Settled = Callable[[Notice, Outcome, str], None]  # a command, what became of it, and why


class Worker:
    """One channel, its lanes, and the task that empties them."""

    def __init__(
        self,
        channel: Channel,
        store: Store,
        clock: Clock,
        *,
        wait: Wait,
        random: Random,
        tell: Callable[[Missed], None],
        give_away: GiveAway,
        settled: Settled,
    ) -> None:
        self.channel = channel
        self.fallback: str | None = None
        self.lanes = Lanes()
        self.told = Told()
        self.woken = asyncio.Event()
        self.idle = asyncio.Event()  # nothing can be sent just now
        self._rate = Rate(channel.limits)
        self._store = store
        self._clock = clock
        self._wait = wait
        self._random = random
        self._tell = tell
        self._give_away = give_away
        self._settled = settled
        self._breaker = Breaker()
        self._paused_until = 0.0
        self._latency = Latency()
        self._stats = ChannelStats(channel=channel.name)

    # ── from outside ─────────────────────────────────────────────────────────

    def put(self, item: Item) -> None:
        """Take a notice on. Newer news of an alert takes the place of older unsent news."""
        self.idle.clear()
        if self._supersede(item):
            self.lanes.put(item)
        if len(self.lanes) > LIMIT:
            shed = self.lanes.lowest()
            self._stats.shed += 1
            self._expire(shed, "shed", f"more than {LIMIT} notices are unsent")
        self.woken.set()

    def change(self, channel: Channel) -> None:
        """Go on with another channel of the same name."""
        self.channel = channel
        self._rate = Rate(channel.limits)
        self._breaker.succeeded()
        self._paused_until = 0.0
        self.woken.set()

    def stats(self) -> ChannelStats:
        now = self._clock.now()
        return replace(
            self._stats,
            breaker=self._breaker.state(now),
            depth=self.lanes.depth(),
            latency_last_s=self._latency.last,
            latency_p50_s=self._latency.quantile(0.5),
            latency_p99_s=self._latency.quantile(0.99),
        )

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self.woken.clear()
            item, wake_at = await self._choose()
            if item is not None:
                await self._send(item)
                continue
            self.idle.set()
            now = self._clock.now()
            await self._wait(self.woken, None if wake_at is None else max(0.0, wake_at - now))
            self.idle.clear()

    def broke(self) -> None:
        """The task ended by a mistake of ours, and is started again."""
        self._stats.broken += 1

    async def give_all_up(self, reason: str) -> None:
        """The channel is no more."""
        for item in list(self.lanes):
            self.lanes.remove(item)
            await self._give_up(item, reason)

    # ── one turn ─────────────────────────────────────────────────────────────

    async def _choose(self) -> tuple[Item | None, float | None]:
        now = self._clock.now()
        not_before = max(self._paused_until, self._breaker.ready_at())
        for item in self.lanes.expired(now):
            self._expire(item, "expired", "its time was up")
        if self.fallback is not None and not_before > now:
            is_open = self._breaker.state(now) == "open"
            for item in [item for item in self.lanes if item.fired and item.for_people]:
                hopeless = is_open or item.notice.expires_at <= not_before
                if hopeless and item in self.lanes:  # newer news may have come meanwhile
                    self.lanes.remove(item)
                    await self._give_up(item, self._stats.last_error)
        return self.lanes.choose(self._clock.now(), self._rate, not_before)

    async def _send(self, item: Item) -> None:
        self.lanes.remove(item)
        notice = item.notice
        if not item.fired and self.told.missed(notice) is not None:
            await self._follow(item)
            return
        item.attempt += 1
        self._rate.take(self._clock.now())
        # a step of an escalation has to be seen: it edits nothing
        reference = None if notice.step else self.told.reference(notice)
        if reference is not None or item.uncertain:
            notice = replace(
                notice, reference=reference, repeated=notice.repeated or item.uncertain
            )
        await self._store.mark_sending(notice.id, item.attempt)
        try:
            async with asyncio.timeout(self.channel.limits.timeout_s):
                reference = await self.channel.send(notice)
        except DeliveryError as error:
            await self._failed(item, error)
        except TimeoutError:
            await self._failed(item, DeliveryError("no answer in time", retry=True))
        except Exception as error:  # noqa: BLE001 - one notice must not take the others down
            self._stats.broken += 1
            await self._failed(item, DeliveryError(f"bug: {type(error).__name__}", retry=False))
        else:
            self._sent(item, reference)

    def _sent(self, item: Item, reference: str | None) -> None:
        now = self._clock.now()
        if self._breaker.state(now) != "closed":
            self._say(now, "breaker closed", "it takes notices again")
        self._breaker.succeeded()
        self._settle(item, "sent", "")
        self._store.mark_sent(item.notice.id, item.attempt, reference)
        self.told.note(item.notice, "sent", reference)
        self._stats.sent += 1
        self._stats.last_sent_at = now
        self._latency.add(now - item.notice.change.at)

    async def _failed(self, item: Item, error: DeliveryError) -> None:
        now = self._clock.now()
        was_closed = self._breaker.state(now) == "closed"
        self._stats.last_error = error.reason
        if error.retry_after_s is not None:  # it is alive, and busy: that opens no breaker
            self._paused_until = now + error.retry_after_s
        elif self._breaker.failed(now) and was_closed:
            self._say(now, "breaker open", error.reason)
        if not error.retry:
            await self._give_up(item, error.reason)
            return
        item.uncertain = item.uncertain or error.retry_after_s is None
        bound = min(LONGEST_S, FIRST_S * 2**item.attempt)
        delay = self._random.uniform(0.0, bound) + 0.05
        item.next_at = now + (error.retry_after_s or delay)
        too_late = item.next_at >= item.notice.expires_at
        if too_late and self.fallback is not None and item.fired and item.for_people:
            await self._give_up(item, error.reason)
            return
        newer = [other for other in self.lanes.of(item.notice.change.told_as) if not other.fired]
        if item.fired and item.notice.alone and newer:
            self._superseded(item)
            return
        self._stats.retried += 1
        self._store.mark_retry(item.notice.id, item.attempt, item.next_at, error.reason)
        self.lanes.put(item)

    # ── settling a notice without sending it ─────────────────────────────────

    async def _give_up(self, item: Item, reason: str) -> None:
        """To the fallback, if there is one that was not told already."""
        notice, now = item.notice, self._clock.now()
        self._stats.dead += 1
        self.told.note(notice, "dead")
        if self.fallback is None or not item.for_people:
            self._settle(item, "dead", reason)
            self._store.mark_dead(notice.id, item.attempt, reason)
            self._say(now, "dead", reason, notice)
            return
        await self._hand_over(item, f"{notice.reason}; {self.channel.name} failed: {reason}")
        self._say(now, "failed over", f"to {self.fallback}: {reason}", notice)

    async def _hand_over(self, item: Item, reason: str) -> None:
        assert self.fallback is not None
        notice = item.notice
        instead = replace(
            notice,
            id=f"{notice.id.rpartition('|')[0]}|{self.fallback}",
            channel=self.fallback,
            reason=reason,
            reference=None,
            repeated=False,
        )
        self._stats.failed_over += 1
        if await self._store.fail_over(notice.id, item.attempt, reason, instead):
            self._give_away(instead)

    async def _follow(self, item: Item) -> None:
        """News of an alert that this channel was never told of goes where that went."""
        if self.told.missed(item.notice) == "dead" and self.fallback is not None:
            await self._hand_over(item, item.notice.reason)
            return
        self._stats.superseded += 1
        self._store.mark_superseded(item.notice.id, item.attempt, "never told that it fired")

    def _expire(self, item: Item, what: str, reason: str) -> None:
        self.lanes.remove(item)
        self._stats.expired += 1
        self._settle(item, "expired", reason)
        self._store.mark_expired(item.notice.id, item.attempt, reason)
        self.told.note(item.notice, "sent" if item.uncertain else "expired")
        self._say(self._clock.now(), what, self._stats.last_error or reason, item.notice)

    def _supersede(self, item: Item) -> bool:
        """Drop older unsent news of the same alert; return whether this is still worth telling."""
        notice = item.notice
        if item.fired or not notice.alone:
            return True
        for older in self.lanes.of(notice.change.told_as):
            self.lanes.remove(older)
            self._superseded(older)
            lasted_s = notice.change.at - older.notice.change.at
            nobody_heard = older.fired and not older.uncertain and not older.notice.repeated
            if nobody_heard and notice.change.change == "resolved" and lasted_s < BRIEF_S:
                self._superseded(item)
                return False
        return True

    def _settle(self, item: Item, outcome: Outcome, reason: str) -> None:
        if not item.for_people:
            self._settled(item.notice, outcome, reason)

    def _superseded(self, item: Item) -> None:
        self._stats.superseded += 1
        self._store.mark_superseded(item.notice.id, item.attempt, "newer news took its place")

    def _say(self, now: float, what: str, detail: str, notice: Notice | None = None) -> None:
        self._tell(Missed(now, self.channel.name, what, detail, notice.id if notice else ""))
