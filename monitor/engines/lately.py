"""What one worker told last: it is asked of it no more often than once a tick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from monitor.alerts.alert import Alert
from monitor.engines.wire import News
from monitor.signals.views import RoomView

log = structlog.get_logger()


class Lately:
    """Kept up by what is news."""

    def __init__(self, number: int) -> None:
        self.alerts: dict[str, Alert] = {}
        self.figures: dict[str, Any] = {}
        self.failures: dict[str, int] = {}
        self.views: list[RoomView] = []
        self._number = number

    def restore(self, alerts: Sequence[Alert]) -> None:
        """These were open in the process before."""
        self.alerts.update((alert.key, alert) for alert in alerts)

    def take(self, news: News) -> None:
        """What is not as it was."""
        for key in news.closed:
            self.alerts.pop(key, None)
        self.alerts.update((alert.key, alert) for alert in news.alerts)
        self.figures, self.failures = news.figures, news.failures
        if news.broke:
            log.error("a batch broke the core", worker=self._number, what=news.broke,
                      faults=news.figures["faults"])  # fmt: skip
