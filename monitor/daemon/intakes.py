"""The sources of a running daemon: started, replaced on reload, stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from monitor.clock import Clock
from monitor.engines.engine import Engine
from monitor.formats.decoder import Decoder
from monitor.intake import InboxLimits, Intake
from monitor.sources.doors import Doors
from monitor.sources.webhook import Webhook
from monitor.sources.websocket_server import WebsocketServer

log = structlog.get_logger()


class Intakes:
    """One supervised task a source; its connections end when the task is cancelled."""

    def __init__(
        self, engine: Engine, clock: Clock, limits: InboxLimits, *, open_doors: bool
    ) -> None:
        self.doors = Doors((), clock, open=open_doors)
        self._engine = engine
        self._clock = clock
        self._limits = limits
        self._running: dict[str, tuple[Any, Intake, asyncio.Task[None]]] = {}

    def start(self, sources: Sequence[Any]) -> None:
        for settings in sources:
            self._start(settings)
        self._publish()

    def _start(self, settings: Any) -> None:
        decoder = Decoder(
            source=settings.name,
            format=settings.format,
            room=settings.room,
            rooms=frozenset(settings.rooms) or None,
        )
        intake = Intake(
            settings.source(self._clock),
            decoder,
            limits=self._limits,
            clock=self._clock,
            wake=self._engine.wake,
        )
        task = asyncio.create_task(intake.run(), name=f"source {settings.name}")
        self._running[settings.name] = (settings, intake, task)

    def _publish(self) -> None:
        self._engine.intakes = [intake for _, intake, _ in self._running.values()]
        self.doors.replace(
            intake.source
            for intake in self._engine.intakes
            if isinstance(intake.source, Webhook | WebsocketServer)
        )

    async def replace(self, sources: Sequence[Any]) -> None:
        """Start what is new, stop what is gone, and leave alone what is the same."""
        wanted = {settings.name: settings for settings in sources}
        gone = [name for name, (old, _, _) in self._running.items() if wanted.get(name) != old]
        await self._stop(gone)
        for name, settings in wanted.items():
            if name not in self._running:
                self._start(settings)
        self._publish()

    async def stop(self) -> None:
        """End every connection."""
        await self._stop(list(self._running))

    async def _stop(self, names: Sequence[str]) -> None:
        tasks = [self._running.pop(name)[2] for name in names]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def log_samples(self) -> None:
        """One line for each reason of each source that refused something since the last time."""
        for _, intake, _ in self._running.values():
            decoder = intake.decoder
            for reason, snippet in decoder.samples:
                log.warning("frames refused", source=intake.name, reason=reason,
                            count=decoder.rejected[reason], sample=snippet)  # fmt: skip
            decoder.samples.clear()
