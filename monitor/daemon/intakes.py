"""The sources of a running daemon: started, replaced on reload, stopped.

What a source that is gone had brought already is still applied, unless its other side
sends it again to the one that comes after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog

from monitor.clock import Clock
from monitor.engines.engine import Engine
from monitor.formats.decoder import Decoder
from monitor.intake import InboxLimits, Intake
from monitor.sources.doors import Doors
from monitor.sources.source import Source
from monitor.sources.webhook import Webhook
from monitor.sources.websocket_server import WebsocketServer

SAMPLES_S = 60.0  # how often a sample of what was refused is logged

log = structlog.get_logger()


class _Running(NamedTuple):
    settings: Any
    intake: Intake
    task: asyncio.Task[None]


class Intakes:
    """One supervised task a source; its connections end when the task is cancelled."""

    def __init__(
        self, engine: Engine, clock: Clock, limits: InboxLimits, *, open_doors: bool
    ) -> None:
        self.doors = Doors((), clock, open=open_doors)
        self._engine = engine
        self._clock = clock
        self._limits = limits
        self._running: dict[str, _Running] = {}
        self._leaving: list[Intake] = []  # stopped, with frames that nobody will send again

    def build(self, sources: Sequence[Any]) -> dict[str, tuple[Any, Source]]:
        """What has to be started so that these sources run. Raises ConfigError."""
        return {
            settings.name: (settings, settings.source(self._clock))
            for settings in sources
            if settings.name not in self._running
            or self._running[settings.name].settings != settings
        }

    async def replace(self, sources: Sequence[Any]) -> None:
        """Start what is new, stop what is gone, and leave alone what is the same.

        Raises ConfigError before anything is touched.
        """
        fresh = self.build(sources)
        wanted = {settings.name for settings in sources}
        await self._stop([name for name in self._running if name not in wanted or name in fresh])
        for settings, source in fresh.values():
            self._start(settings, source)
        self._publish()

    async def stop(self) -> None:
        """End every connection."""
        await self._stop(list(self._running))

    def _start(self, settings: Any, source: Source) -> None:
        decoder = Decoder(
            source=settings.name,
            format=settings.format,
            room=settings.speaks_of,
            rooms=settings.may_name,
        )
        intake = Intake(
            source, decoder, limits=self._limits, clock=self._clock, wake=self._engine.wake
        )
        task = asyncio.create_task(intake.run(), name=f"source {settings.name}")
        self._running[settings.name] = _Running(settings, intake, task)

    def _publish(self) -> None:
        self._leaving = [intake for intake in self._leaving if intake.waiting[0]]
        running = [each.intake for each in self._running.values()]
        self._engine.intakes = self._leaving + running
        self.doors.replace(
            intake.source
            for intake in running
            if isinstance(intake.source, Webhook | WebsocketServer)
        )

    async def _stop(self, names: Sequence[str]) -> None:
        gone = [self._running.pop(name) for name in names]
        for each in gone:
            each.task.cancel()
        await asyncio.gather(*(each.task for each in gone), return_exceptions=True)
        self._leaving += [each.intake for each in gone if each.intake.source.window() is None]

    async def keep_logging(self) -> None:
        """Log samples of what was refused, for ever."""
        while True:
            await asyncio.sleep(SAMPLES_S)
            self.log_samples()

    def log_samples(self) -> None:
        """One line for each reason of each source that refused something since the last time."""
        for each in self._running.values():
            intake, decoder = each.intake, each.intake.decoder
            for reason, snippet in decoder.samples:
                log.warning("frames refused", source=intake.name, reason=reason,
                            count=decoder.rejected[reason], sample=snippet)  # fmt: skip
            decoder.samples.clear()
