"""Builds the daemon from its config, starts it, reloads it, and stops it in reverse order.

    start   rules checked ─ store open ─ alerts taken up ─ pages and doors ─ sources ─ ready
    stop    what waits is applied ─ last tick committed ─ sources ─ delivery ─ pages ─ store

Nothing starts before everything is checked. A part that must not die (the engine, the
delivery) ends the daemon when it does: systemd starts it again, from what is on disk.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog
from aiohttp import web

from monitor.alerts.alert import Alert, Change
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.mutes import Mutes
from monitor.alerts.routes import RoomTag, Routes
from monitor.clock import Clock
from monitor.config import Config
from monitor.console.access import Access
from monitor.console.server import mount
from monitor.daemon.desk import DaemonDesk
from monitor.daemon.figures import publish
from monitor.daemon.intakes import Intakes
from monitor.delivery.outbox import Delivery
from monitor.engines.single import SingleEngine
from monitor.errors import MonitorError
from monitor.frames import Batch
from monitor.health import Health, Notifier, Watchdog
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.rules.compile import RuleSet
from monitor.shard import Shard
from monitor.signals.tables import Settings
from monitor.storage.store import Store
from monitor.timetable import Expected, Timetable

log = structlog.get_logger()

DATABASE = "roomwatch.sqlite3"
SAMPLES_S = 60.0  # how often a sample of what was refused is logged


class Daemon:
    """A running roomwatch. `told` hears of every change of an alert, once it is committed."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        told: Callable[[Sequence[Change]], None] = lambda changes: None,
    ) -> None:
        self.config = config
        self.url = ""
        self.failed = False  # a part that must not die has died
        self._clock = clock
        self._told = told
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._notifier = Notifier()
        self.health = Health(clock)
        self._store = Store(
            clock,
            told=lambda trouble: log.error("store in trouble", detail=str(trouble)),
            outbox_days=config.main.retention.outbox_days,
            history_days=config.main.retention.history_days,
        )

    # ── start ─────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Bring everything up. Raises InputError for what people wrote wrong."""
        ruleset = rules.load(self.config.rules)
        self.config.state.mkdir(parents=True, exist_ok=True)
        await self._store.open(self.config.state / DATABASE)
        self.health.reached("store open")
        self._build(ruleset)
        await self._take_up()
        await self._listen()
        self.health.reached("built")
        self._run(self.engine.run(), "engine")
        self._run(self.delivery.run(), "delivery")
        self._run(self._feed.run(), "feed")
        self._run(Watchdog(self._notifier, self.health.progress).run(), "watchdog")
        self._run(self._samples(), "samples")
        self.intakes.start(self.config.main.sources)
        self._timetable.start()
        self.health.reached("sources started")
        self._notifier.ready(f"watching, pages at {self.url}")
        log.info("started", url=self.url, rules=len(ruleset.rules))

    def _build(self, ruleset: RuleSet) -> None:
        config, clock = self.config, self._clock
        main = config.main
        profiles = {each.room: each.profile() for each in main.rooms}
        core = Settings(
            **{name: getattr(main.engine, name) for name in Settings.__struct_fields__}
        )
        self._shard = Shard(ruleset, profiles, core, Mood() if main.engine.mood else None)
        channels = config.make_channels(clock)
        self._dispatch = Dispatch(
            Routes(
                config.channels.routes,
                channels=[channel.name for channel in channels],
                default=config.channels.default,
            ),
            Mutes(
                config.channels.mutes,
                config.channels.quiet_hours,
                config.channels.inhibitions,
            ),
            config.channels.notices,
            self._describe,
        )
        self.delivery = Delivery(
            self._store,
            channels,
            clock,
            fallbacks=config.channels.fallbacks,
            told=lambda missed: log.warning("nobody was told", detail=str(missed)),
        )
        self.engine = SingleEngine(
            self._shard,
            self._dispatch,
            self._store,
            self.delivery,
            clock,
            tick_s=main.engine.tick_s,
            progress=self.health.progress,
            told=self._tell,
        )
        self.intakes = Intakes(self.engine, clock, main.inbox, open_doors=main.http.loopback)
        self.health.degraded = self.degraded
        self._timetable = Timetable(self._expected, self._upkeep)
        self._timetable.set(
            main.timetable, timezone=main.daemon.timezone, upkeep_at=main.daemon.upkeep_at
        )

    async def _take_up(self) -> None:
        """Go on where the last process stopped: alerts, episodes, what people were told."""
        alerts = await self._store.open_alerts()
        self._shard.restore(alerts, await self._store.episodes())
        told = [row.notice for row in await self._store.fired()]
        now = self._clock.now()
        self._dispatch.restore(alerts, told, await self._store.waiting(), now)
        shelf = [fact for room in self.config.main.rooms for fact in room.facts(now)]
        if shelf:
            self._shard.receive([Batch(source="config", events=shelf, received_at=now)], now)

    async def _listen(self) -> None:
        main = self.config.main
        app = web.Application(client_max_size=1024 * 1024)
        self._access = Access(
            self.config.people,
            origins=[main.http.public_url] if main.http.public_url else [],
            open_mode=not self.config.people,
        )
        desk = DaemonDesk(
            self.engine, self._dispatch, self._store, self.delivery, self._clock, self.degraded
        )
        self._feed = mount(app, desk, self._access, self._clock)
        app.add_routes(self.intakes.doors.routes())
        app.add_routes(self.health.routes())
        publish(self.health.metrics, self.engine, self.delivery, self._store)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        host, port = main.http.address
        tls = None
        if main.http.tls_cert:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(main.http.tls_cert, main.http.tls_key)
        site = web.TCPSite(self._runner, host, port, ssl_context=tls)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            await self._store.aclose()
            raise MonitorError(
                f"can not listen on {main.http.listen}: {error.strerror}"
                " — stop what listens there, or write another port into [http] listen"
            ) from None
        host, port = self._runner.addresses[0][:2]
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{shown}:{port}"
        for name in {shown, "localhost"} if main.http.loopback else {shown}:
            self._access.allow_origin(f"{'https' if tls else 'http'}://{name}:{port}")

    # ── while it runs ─────────────────────────────────────────────────────────

    def _run(self, part: Coroutine[Any, Any, None], name: str) -> None:
        async def watched() -> None:
            try:
                await part
            except Exception:  # whatever it is, the daemon must not go on without the part
                log.critical("a part died", part=name, exc_info=True)
                self.failed = True
                self._ended.set()

        task = asyncio.create_task(watched(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ended(self) -> None:
        """Wait until somebody calls `end`, or a part dies."""
        await self._ended.wait()

    def end(self) -> None:
        self._ended.set()

    @property
    def ending(self) -> bool:
        return self._ended.is_set()

    def _tell(self, changes: Sequence[Change]) -> None:
        for change in changes:
            log.info("alert " + change.change, rule=change.rule, room=change.room, sku=change.sku,
                     summary=change.summary, reason=change.reason)  # fmt: skip
        self._feed.told(changes)
        self._told(changes)

    def _describe(self, room: str) -> RoomTag:
        rooms = self._shard.figures.tables.rooms
        row = dict.get(rooms.row_of, room)
        profile = rooms.profiles.get(room)
        return RoomTag(
            name=(profile.name if profile else "") or room,
            platform=rooms.platforms[row] if row is not None else "",
        )

    def degraded(self) -> list[str]:
        """What is not as it should be, in words; empty when all is well."""
        found = [
            f"source {each.name}: {each.source.health.state} {each.source.health.detail}".strip()
            for each in self.engine.intakes
            if each.source.health.state in ("degraded", "refused")
        ]
        found += [
            f"channel {name}: {stats.last_error or 'not reached'}"
            for name, stats in self.delivery.stats().items()
            if stats.breaker != "closed"
        ]
        if self._store.trouble:
            found.append(f"store: {self._store.trouble}")
        return found

    def alerts(self) -> Sequence[Alert]:
        return self.engine.alerts()

    async def _samples(self) -> None:
        while True:
            await asyncio.sleep(SAMPLES_S)
            self.intakes.log_samples()

    async def _expected(self, expected: Expected, phase: str) -> None:
        """A session should start or end now: whether it does is for the rules to tell."""
        log.info("session expected", room=expected.room, phase=phase)

    async def _upkeep(self) -> None:
        log.info("upkeep done", deleted=await self._store.upkeep())

    # ── reload ────────────────────────────────────────────────────────────────

    async def reload(self, load: Callable[[], Config]) -> bool:
        """Take a new config and new rules, all or nothing. Windows and alerts stay.

        Tells whether it was taken; the old one stays in force where it was not.
        """
        self._notifier.reloading()
        try:
            config = load()
            ruleset = rules.load(config.rules)
            channels = config.make_channels(self._clock)
            routes = Routes(
                config.channels.routes,
                channels=[channel.name for channel in channels],
                default=config.channels.default,
            )
        except MonitorError as error:
            for line in str(error).splitlines():
                log.error("reload refused", mistake=line)
            self.health.reloaded(False)
            self._notifier.ready("watching; the last reload was refused")
            return False
        before, self.config = self.config.main, config
        await self.engine.reload(ruleset)
        self._shard.figures.tables.rooms.profiles.update(
            {each.room: each.profile() for each in config.main.rooms}
        )
        self._dispatch.replace(routes, config.channels.notices)
        await self.delivery.replace(channels, config.channels.fallbacks)
        public = config.main.http.public_url
        self._access.replace(config.people, [self.url, *([public] if public else [])])
        await self.intakes.replace(config.main.sources)
        self._timetable.set(
            config.main.timetable,
            timezone=config.main.daemon.timezone,
            upkeep_at=config.main.daemon.upkeep_at,
        )
        if (before.http, before.engine) != (config.main.http, config.main.engine):
            log.warning("restart to apply", sections="[http] and [engine]")
        self.health.reloaded(True)
        self._notifier.ready(f"watching, pages at {self.url}")
        log.info("reloaded", rules=len(ruleset.rules))
        return True

    # ── stop ──────────────────────────────────────────────────────────────────

    async def stop(self) -> bool:
        """Drain and close within the configured time. Tells whether all of it was done."""
        self._notifier.stopping()
        within_s = self.config.main.daemon.stop_within_s
        try:
            async with asyncio.timeout(within_s):
                await self._drain(within_s)
        except TimeoutError:
            log.error("stopped before everything was drained", within_s=within_s)
            return False
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        log.info("stopped")
        return not self.failed

    async def _drain(self, within_s: float) -> None:
        self._timetable.close()
        self.engine.stop()  # applies what waits, commits, acknowledges: sources are still there
        engine = [task for task in self._tasks if task.get_name() == "engine"]
        await asyncio.gather(*engine, return_exceptions=True)
        await self.intakes.stop()
        left = await self.delivery.stop(within_s / 3)
        if left:
            log.warning("notices wait for the restart", count=left)
        await self.delivery.aclose()
        await self._runner.cleanup()
        await self._store.aclose(within_s / 4)
