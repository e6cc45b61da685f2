"""What rules did by themselves, on record beside what people did."""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog

from monitor.alerts.acting import Acting
from monitor.alerts.alert import Act, Change, Notice
from monitor.clock import Clock
from monitor.delivery.told import Outcome
from monitor.storage.audit import Deed
from monitor.storage.store import Store

LOOK_S = 0.5

log = structlog.get_logger()


class Deeds:
    """Takes news of actions to the log and to the table of deeds."""

    def __init__(self, acting: Acting, store: Store, clock: Clock) -> None:
        self._acting = acting
        self._store = store
        self._clock = clock
        self.states: Counter[str] = Counter()  # of actions, each counted where it came to that

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self.look()
                await asyncio.sleep(LOOK_S)
        finally:
            self.look()

    def look(self) -> None:
        """Put on record what is new."""
        while self._acting.news:
            self._note(*self._acting.news.popleft(), reason="")

    def settled(self, notice: Notice, outcome: Outcome, reason: str) -> None:
        """Delivery tells what became of a command."""
        self.look()
        self._acting.settled(notice, outcome, self._clock.now())
        while self._acting.news:
            self._note(*self._acting.news.popleft(), reason=reason)

    def _note(self, change: Change, act: Act, reason: str) -> None:
        why = f": {reason}" if reason else ""
        self.states[act.state] += 1
        log.info("acted", action=act.action, rule=change.rule, room=change.room, sku=change.sku,
                 state=act.state, reason=reason)  # fmt: skip
        self._store.note(
            Deed(
                at=act.at,
                by=f"rule {change.rule}",
                did="acted",
                room=change.room,
                about=f"{act.action} for {change.told_as}: {act.state}{why}",
            )
        )
