"""Empties the outbox: every channel by its own worker, so that none waits for another.

    Store.commit ─ put ─ lanes ─ Worker ─ Channel.send ─ Store.mark_sent

At least once: what a crash left unsent is sent after the restart, and what it left
half sent is sent again, marked as repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from random import Random

from monitor.alerts.alert import Notice
from monitor.channels.channel import Channel
from monitor.clock import Clock
from monitor.delivery.lanes import Item
from monitor.delivery.stats import ChannelStats, Missed
from monitor.delivery.worker import Settled, Wait, Worker
from monitor.errors import ConfigError
from monitor.storage.store import Store

CLOSE_S = 2.0


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Wait until the event is set or the time is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class Delivery:
    """All channels, and what is on its way to them.

    `fallbacks`: channel → the one that is told instead when it fails. `told` hears of
    notices that nobody got and of channels that are down, `settled` of what became of
    commands. `wait` is for tests.
    """

    def __init__(
        self,
        store: Store,
        channels: Iterable[Channel],
        clock: Clock,
        *,
        fallbacks: Mapping[str, str] | None = None,
        told: Callable[[Missed], None] = lambda missed: None,
        settled: Settled = lambda notice, outcome, reason: None,
        wait: Wait = wait_for,
        random: Random | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._told = told
        self._settled = settled
        self._wait = wait
        self._random = random or Random()  # noqa: S311 - jitter is no secret
        self._workers: dict[str, Worker] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopped = asyncio.Event()
        self._running = False
        self._early: list[Notice] | None = []  # put before the store was read back
        for channel in channels:
            self._workers[channel.name] = self._worker(channel)
        self._point(fallbacks or {})

    async def run(self) -> None:
        """Take up what the store has, then send until cancelled or stopped."""
        await self.take_up()
        self._running = True
        for name in self._workers:
            self._start(name)
        try:
            await self._stopped.wait()
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            self._tasks.clear()

    async def take_up(self) -> None:
        """Read back who was told what, and what is unsent. `put` waits for it."""
        for row in await self._store.fired():
            worker = self._workers.get(row.notice.channel)
            if worker is None:
                continue
            if row.state in ("sent", "sending"):
                worker.told.note(row.notice, "sent", row.reference)
            elif row.state in ("dead", "expired"):
                worker.told.note(row.notice, row.state)
        due = await self._store.due()
        early, self._early = self._early, None
        for row in due:
            self._put(Item(row.notice, row.next_at, row.attempt, uncertain=row.notice.repeated))
        known = {row.notice.id for row in due}
        self.put(notice for notice in early or () if notice.id not in known)

    def put(self, notices: Iterable[Notice]) -> None:
        """Send these: they are in the outbox. Returns at once."""
        if self._early is not None:
            self._early.extend(notices)
            return
        for notice in notices:
            self._put(Item(notice, notice.created_at))

    def wake(self) -> None:
        """Look again at what is ready (the clock was moved)."""
        for worker in self._workers.values():
            worker.woken.set()

    async def stop(self, deadline_s: float = 5.0) -> int:
        """Send what can be sent at once, then end `run`. Returns how many stay for the restart."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline_s):
                for name in self._tasks:
                    await self._workers[name].idle.wait()
        self._stopped.set()
        return sum(len(worker.lanes) for worker in self._workers.values())

    async def replace(
        self, channels: Iterable[Channel], fallbacks: Mapping[str, str] | None = None
    ) -> None:
        """Take a new config: channels of the same name go on with what is on its way."""
        new = {channel.name: channel for channel in channels}
        _check(new, fallbacks or {})
        old = [worker.channel for worker in self._workers.values()]
        gone = [self._workers.pop(name) for name in list(self._workers) if name not in new]
        for worker in gone:
            task = self._tasks.pop(worker.channel.name, None)
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        for name, channel in new.items():
            if name in self._workers:
                self._workers[name].change(channel)
            else:
                self._workers[name] = self._worker(channel)
                if self._running:
                    self._start(name)
        self._point(fallbacks or {})
        for worker in gone:
            if worker.fallback not in self._workers:
                worker.fallback = None
            await worker.give_all_up("the channel was removed")
        for channel in old:
            if channel is not new.get(channel.name):
                await _close(channel)

    async def aclose(self) -> None:
        """Close the channels."""
        self._stopped.set()
        for worker in self._workers.values():
            await _close(worker.channel)

    def stats(self) -> dict[str, ChannelStats]:
        """Each channel's figures, by name."""
        return {name: worker.stats() for name, worker in self._workers.items()}

    # ── inside ───────────────────────────────────────────────────────────────

    def _worker(self, channel: Channel) -> Worker:
        return Worker(
            channel,
            self._store,
            self._clock,
            wait=self._wait,
            random=self._random,
            tell=self._told,
            give_away=self._hand_over,
            settled=self._settled,
        )

    def _point(self, fallbacks: Mapping[str, str]) -> None:
        _check(self._workers, fallbacks)
        for name, worker in self._workers.items():
            worker.fallback = fallbacks.get(name)

    def _put(self, item: Item) -> None:
        worker = self._workers.get(item.notice.channel)
        if worker is not None:
            worker.put(item)
            return
        reason = "there is no such channel"
        if item.notice.command is not None:
            self._settled(item.notice, "dead", reason)
        self._store.mark_dead(item.notice.id, item.attempt, reason)
        now = self._clock.now()
        self._told(Missed(now, item.notice.channel, "dead", reason, item.notice.id))

    def _hand_over(self, notice: Notice) -> None:
        worker = self._workers.get(notice.channel)
        if worker is not None and worker.told.missed(notice) == "dead":
            # two fallbacks that point at each other, both down: it ends here
            self._store.mark_dead(notice.id, 0, "it was given up here before")
            return
        self._put(Item(notice, self._clock.now()))

    def _start(self, name: str) -> None:
        self._tasks[name] = asyncio.create_task(
            self._keep_going(self._workers[name]), name=f"delivery {name}"
        )

    async def _keep_going(self, worker: Worker) -> None:
        while True:
            try:
                await worker.run()
            except Exception as error:  # noqa: BLE001 - one channel must not take the others down
                worker.broke()
                detail = f"bug: {type(error).__name__}"
                self._told(Missed(self._clock.now(), worker.channel.name, "dead", detail))
                await self._wait(asyncio.Event(), 1.0)


def _check(known: Mapping[str, object], fallbacks: Mapping[str, str]) -> None:
    mistakes = [
        f"channel {name}: fallback `{other}` is no channel — use {' or '.join(sorted(known))}"
        if other not in known
        else f"channel {name}: it can not be its own fallback — name another channel"
        for name, other in fallbacks.items()
        if other not in known or other == name
    ]
    if mistakes:
        raise ConfigError(*mistakes)


async def _close(channel: Channel) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_S):
            await channel.aclose()
