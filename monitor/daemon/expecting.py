"""Tells the engine when a broadcast should be under way; whether it is, rules tell."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.clock import Clock
from monitor.config.files import MainFile
from monitor.daemon import telling
from monitor.engines.engine import Engine
from monitor.timetable import Expected, Phase, Timetable


class Expecting:
    """What the timetable calls back."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __call__(self, session: Expected, phase: Phase) -> None:
        """A session should start or end now."""
        await telling.expected(session, phase)
        if phase == "start":
            self._engine.expect(session.room, self._clock.now() + session.length_s)

    def under_way(self, sessions: Iterable[Expected]) -> None:
        """These should have started before we did: they are late from now on."""
        for session in sessions:
            self._engine.expect(session.room, self._clock.now() + session.length_s)


def follow(timetable: Timetable, main: MainFile) -> None:
    """Expect what the config says."""
    timetable.set(main.timetable, timezone=main.daemon.timezone, upkeep_at=main.daemon.upkeep_at)
