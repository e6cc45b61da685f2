"""What follows from changes of alerts: written first, then told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.alerts.alert import Alert, Change, Notice
from monitor.alerts.dispatch import Dispatch
from monitor.alerts.escalation import Escalation
from monitor.delivery.outbox import Delivery
from monitor.health import Progress
from monitor.storage.store import Store

ASKED_AT = "asked_at"  # the store's name for when a tick saw a pending alert last
KEEP_S = 1.0  # how often that is written

Told = Callable[[Sequence[Change]], None]


class Committing:
    """Dispatch and escalation decide who is told; the store knows before anybody is."""

    def __init__(
        self,
        dispatch: Dispatch,
        escalation: Escalation | None,
        store: Store,
        delivery: Delivery,
        progress: Progress,
        told: Told,
    ) -> None:
        self.escalation = escalation or Escalation()
        self._dispatch = dispatch
        self._store = store
        self._delivery = delivery
        self._progress = progress
        self._told = told
        self._kept_at = float("-inf")

    async def commit(self, changes: Sequence[Change], alerts: Sequence[Alert], now: float) -> None:
        """Write what happened, then tell. `alerts` are those that are open now."""
        self._dispatch.receive(changes, now)
        notices = self._dispatch.tick(now) + self._escalate(changes, now)
        changes = [*changes, *self.escalation.news()]
        waiting = self._dispatch.waiting()
        fresh = await self._store.commit(changes, notices, self.seen(alerts), waiting)
        self._progress.move("store", now)
        if fresh:
            self._delivery.put(fresh)
        if changes:
            self._told(changes)

    def seen(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Each with the reason why nobody is told, and what was done for it."""
        return [self._dispatch.seen(alert) for alert in alerts]

    def keep(self, now: float) -> None:
        """An alert is pending: write down that we are here.

        After a crash, time away does not count for a `for`.
        """
        if now >= self._kept_at + KEEP_S:
            self._kept_at = now
            self._store.keep(ASKED_AT, repr(now).encode())

    def figures(self) -> dict[str, int]:
        return {"escalated": self.escalation.taken, "nobody": self.escalation.nobody}

    def _escalate(self, changes: Sequence[Change], now: float) -> list[Notice]:
        self.escalation.receive(changes, now)
        steps = self.escalation.tick(now)
        for notice in steps:
            self._dispatch.also_told(notice)
        return steps
