"""Builds the daemon from its config, starts it, reloads it, and stops it in reverse order.

    start   rules checked ─ store open ─ alerts taken up ─ pages and doors ─ sources ─ ready
    stop    what waits is applied ─ last tick committed ─ sources ─ delivery ─ pages ─ store

Nothing starts, and nothing is replaced, before everything is checked. A part that must
not die (the engine, the delivery) ends the daemon when it does: systemd starts it again,
from what is on disk.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import structlog

from monitor.alerts.alert import Change
from monitor.alerts.routes import RoomTag
from monitor.clock import Clock, SystemClock
from monitor.config import Config
from monitor.daemon import expecting, firstkey, plan, telling
from monitor.daemon.claim import claim
from monitor.daemon.deeds import Deeds
from monitor.daemon.desk import DaemonDesk
from monitor.daemon.figures import publish, publish_people
from monitor.daemon.intakes import Intakes
from monitor.daemon.pages import Pages
from monitor.daemon.parts import Parts
from monitor.daemon.plan import Plan
from monitor.daemon.quiet import Quiet
from monitor.daemon.rulebook import Rulebook
from monitor.delivery.outbox import Delivery
from monitor.engines.committing import ASKED_AT
from monitor.engines.driving import Driver
from monitor.errors import MonitorError
from monitor.health import Health, Notifier, Watchdog
from monitor.storage.store import Store
from monitor.timetable import Timetable

log = structlog.get_logger()

DATABASE = "roomwatch.sqlite3"
SESSIONS = "sessions"  # what the store keeps them as
CLOSE_S = 1.0  # for the store to write what waits


class Daemon:
    """A running roomwatch.

    `told` hears of every change of an alert, once it is committed. Where `clock` is a fast
    one, the pages' own patience is that of the wall.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        told: Callable[[Sequence[Change]], None] = lambda changes: None,
    ) -> None:
        self.config = config
        self.health = Health(clock)
        self._clock = clock
        self._told = told
        self._parts = Parts()
        self._rulebook = Rulebook()
        self._reloading = asyncio.Lock()
        self._opened = AsyncExitStack()  # what has to be closed, the last first
        self._notifier = Notifier()
        self._store = Store(
            clock,
            told=telling.trouble,
            outbox_days=config.main.retention.outbox_days,
            history_days=config.main.retention.history_days,
        )

    @property
    def url(self) -> str:
        """Of the control room; known once `start` returned."""
        return self.pages.url

    # ── start ─────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Bring everything up. Raises InputError for what people wrote wrong, with all closed."""
        ready = plan.make(self.config, self._clock)
        plan.make_folder(self.config.state)
        try:
            self._opened.callback(os.close, claim(self.config.state))
            await self._store.open(self.config.state / DATABASE)
            self._opened.push_async_callback(self._store.aclose, CLOSE_S)
            self.health.reached("store open")
            self._build(ready)
            self._opened.push_async_callback(self.delivery.aclose)
            self._opened.push_async_callback(self.engine.aclose)
            await self.engine.open()
            await self._take_up()
            self._opened.push_async_callback(self.pages.aclose)
            await self.pages.listen()
            await self._begin()
        except BaseException:
            await self._close()
            raise
        log.info("started", url=self.url, rules=len(ready.ruleset.rules))

    async def _begin(self) -> None:
        self.health.reached("built")
        self._parts.run(self.engine.run(), "engine")
        self._parts.run(self.delivery.run(), "delivery")
        self._parts.run(self.pages.feed.run(), "feed")
        self._parts.run(self.pages.deck.run(), "replays")
        self._parts.run(Watchdog(self._notifier, self.health.progress).run(), "watchdog")
        self._parts.run(self._quiet.run(), "quiet")
        self._parts.run(self.intakes.keep_logging(), "samples")
        self._parts.run(self._deeds.run(), "deeds")
        if self.recorder is not None:
            self._opened.push_async_callback(self.recorder.aclose)
            self._parts.run(self.recorder.run(), "recorder")
        await self.intakes.replace(self.config.main.sources)
        self._timetable.start()
        self._expecting.under_way(self._timetable.expected_now(self._clock.now()))
        self.health.reached("sources started")
        self._notifier.ready(f"watching, pages at {self.url}")

    def _build(self, ready: Plan) -> None:
        config, clock = ready.config, self._clock
        main, written = config.main, config.channels
        self.recorder = plan.recorder(config, clock)
        self._dispatch = ready.make_dispatch(self._describe)
        self._deeds = Deeds(self._dispatch.acting, self._store, clock)
        self.delivery = Delivery(
            self._store, ready.channels, clock, fallbacks=written.fallbacks, told=telling.missed,
            settled=self._deeds.settled,
        )  # fmt: skip
        self._escalation = plan.escalation(config, self._dispatch, self._describe)
        self.engine = Driver(
            ready.make_host(),
            self._dispatch,
            self._store,
            self.delivery,
            clock,
            tick_s=main.engine.tick_s,
            progress=self.health.progress,
            told=self._tell,
            record=self.recorder.take if self.recorder else None,
            escalation=self._escalation,
        )
        self.intakes = Intakes(self.engine, clock, main.inbox, open_doors=main.http.loopback)
        self._expecting = expecting.Expecting(self.engine, clock)
        self._timetable = Timetable(self._expecting, self._upkeep)
        expecting.follow(self._timetable, main)
        self._quiet = Quiet(self._dispatch, self._store, clock, self._describe)
        zone = main.daemon.timezone
        desk = DaemonDesk(
            self.engine, self._store, self.delivery, self._quiet, clock, zone, self._escalation,
            self._rulebook, self.recorder, self._timetable.next_start,
        )  # fmt: skip
        wall = clock if clock.speed == 1.0 else SystemClock()
        self.pages = Pages(
            main.http, firstkey.people(config), desk, self.intakes.doors, self.health, wall,
            plan.kitchen(config), lambda sessions: self._store.keep(SESSIONS, sessions),
        )  # fmt: skip
        self.health.degraded = desk.degraded
        metrics, store = self.health.metrics, self._store
        publish(metrics, self.engine, self.delivery, store, self.pages, self.recorder)
        publish_people(metrics, desk.mutes, self._deeds.states)
        telling.doubts(ready)
        self._rulebook.in_force(ready, clock.now())

    async def _take_up(self) -> None:
        """Go on where the last process stopped: alerts, episodes, what people were told."""
        alerts = await self._store.open_alerts()
        await self._quiet.take_up()
        self.pages.take_up(await self._store.kept(SESSIONS))
        asked_at = await self._store.kept(ASKED_AT)
        last_at = float(asked_at) if asked_at else None
        self.engine.restore(alerts, await self._store.episodes(), last_at)
        told = [row.notice for row in await self._store.fired()]
        now = self._clock.now()
        self._dispatch.restore(alerts, told, await self._store.waiting(), now)
        self._escalation.restore(alerts, told, now)
        shelf = [fact for room in self.config.main.rooms for fact in room.facts(now)]
        if shelf:
            self.engine.say(shelf, "config")

    # ── while it runs ─────────────────────────────────────────────────────────

    async def ended(self) -> None:
        """Wait until somebody calls `end`, or a part dies."""
        await self._parts.ended.wait()

    def end(self) -> None:
        self._parts.ended.set()

    @property
    def ending(self) -> bool:
        return self._parts.ended.is_set()

    @property
    def failed(self) -> bool:
        """A part that must not die has died."""
        return self._parts.failed

    def _tell(self, changes: Sequence[Change]) -> None:
        telling.changes(changes)
        self.pages.feed.told(changes)
        self._told(changes)

    def _describe(self, room: str) -> RoomTag:
        return self.engine.describe(room)

    async def _upkeep(self) -> None:
        self.pages.keep_sessions()
        log.info("upkeep done", deleted=await self._store.upkeep())

    # ── reload ────────────────────────────────────────────────────────────────

    async def reload(self, load: Callable[[], Config]) -> bool:
        """Take a new config and new rules, all or nothing. Windows and alerts stay.

        Tells whether it was taken; the old one stays in force where it was not.
        """
        async with self._reloading:
            if self.ending:
                return False
            self._notifier.reloading()
            try:
                # in a thread: ticks do not wait for files and their compilation
                ready = await asyncio.to_thread(lambda: plan.make(load(), self._clock))
                await self.intakes.replace(ready.config.main.sources)
            except MonitorError as error:
                telling.refused(error)
                self._rulebook.refused(error, self._clock.now())
                self.health.reloaded(False)
                await self.engine.refuse(telling.whose(error), str(error).splitlines())
                self._notifier.ready("watching; the last reload was refused")
                return False
            await self._put_in_force(ready)
            self.health.reloaded(True)
            self._notifier.ready(f"watching, pages at {self.url}")
            log.info("reloaded", rules=len(ready.ruleset.rules))
            return True

    async def _put_in_force(self, ready: Plan) -> None:
        footing = ready.footing()
        await self.engine.prepare(footing)
        before, self.config = self.config, ready.config
        main, written = ready.config.main, ready.config.channels
        ready.renew(self._dispatch)
        self._quiet.put_back()
        oncall, zone = ready.config.oncall, main.daemon.timezone
        url = written.notices.console_url
        self._escalation.replace(oncall.escalations, oncall.rota(zone), url)
        await self.delivery.replace(ready.channels, written.fallbacks)
        await self.engine.reload(footing)
        self.pages.replace(firstkey.people(ready.config), main.http.public_url)
        self.pages.deck.kitchen = plan.kitchen(ready.config)
        expecting.follow(self._timetable, main)
        telling.doubts(ready, before)
        self._rulebook.in_force(ready, self._clock.now())

    # ── stop ──────────────────────────────────────────────────────────────────

    async def stop(self) -> bool:
        """Drain and close within the configured time. Tells whether all of it was done."""
        self.end()
        self._notifier.stopping()
        within_s = self.config.main.daemon.stop_within_s
        drained = True
        try:
            async with asyncio.timeout(0.6 * within_s):
                await self._drain(within_s)
        except TimeoutError:
            log.error("stopped before everything was drained", within_s=within_s)
            drained = False
        try:
            async with asyncio.timeout(0.2 * within_s):
                await self._close()
        except TimeoutError:
            drained = False
        log.info("stopped", drained=drained)
        return drained and not self.failed

    async def _drain(self, within_s: float) -> None:
        self._timetable.close()
        async with self._reloading:  # a reload under way is not cut in half
            await self.pages.shut_doors(0.1 * within_s)
        self.engine.stop()  # applies what waits, commits, acknowledges: sources are still there
        await self._parts.finished("engine")
        await self.intakes.stop()
        left = await self.delivery.stop(0.3 * within_s)
        if left:
            log.warning("notices wait for the restart", count=left)

    async def _close(self) -> None:
        await self._parts.cancel()
        await self._opened.aclose()
