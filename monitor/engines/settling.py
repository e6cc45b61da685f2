"""Acknowledges what is committed without making the engine wait for the other side.

A peer that has frozen (a stopped Redis) takes seconds to be noticed; ticks must not
wait for it. One task a source, and only the newest mark of each is kept.
"""

from __future__ import annotations

import asyncio

import structlog

from monitor.intake import Intake, Mark

log = structlog.get_logger()


class Settling:
    """What is safe and not yet acknowledged. Belongs to one event loop."""

    def __init__(self) -> None:
        self.failed = 0  # acknowledgements that broke for a reason of ours
        self._marks: dict[Intake, Mark] = {}
        self._tasks: dict[Intake, asyncio.Task[None]] = {}

    def put(self, intake: Intake, mark: Mark | None) -> None:
        """Everything up to `mark` is committed. Returns at once."""
        if mark is None:
            return
        self._marks[intake] = mark
        if intake not in self._tasks:
            self._tasks[intake] = asyncio.create_task(
                self._settle(intake), name=f"settle {intake.name}"
            )

    def busy(self, intake: Intake) -> bool:
        """Whether its other side is being told just now."""
        return intake in self._tasks

    async def finish(self, within_s: float) -> bool:
        """Wait for what is under way, then give up; whether all of it was said."""
        tasks = set(self._tasks.values())
        late: set[asyncio.Task[None]] = set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def _settle(self, intake: Intake) -> None:
        try:
            while (mark := self._marks.pop(intake, None)) is not None:
                await intake.settled(mark)
        except Exception:  # one source must not take the others down; counted
            self.failed += 1
            log.error("acknowledgement broke", source=intake.name, exc_info=True)
        finally:
            del self._tasks[intake]
