"""Alerts of the process before us, as long as nothing was heard of their rooms."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.alerts.alert import Alert
from monitor.alerts.record import OWN

GIVEN_UP_S = 3600.0  # after a restart: an open alert whose room is not heard of for so long


class Restored:
    """They wait to be put back; since `last_at` nobody has asked of them."""

    def __init__(self) -> None:
        self.last_at: float | None = None
        self._alerts: dict[str, Alert] = {}
        self._give_up_at: float | None = None  # what is still here then is over

    def __len__(self) -> int:
        return len(self._alerts)

    def take(self, alerts: Sequence[Alert], last_at: float | None) -> None:
        """These were open."""
        self._alerts.update({alert.key: alert for alert in alerts})
        self.last_at = last_at
        self._give_up_at = None

    def drop(self, key: str) -> None:
        """It waits no more."""
        self._alerts.pop(key, None)

    def waiting(self) -> list[Alert]:
        return list(self._alerts.values())

    def over(self, now: float, rules: Collection[str]) -> list[tuple[Alert, str]]:
        """Those whose rule is not there any more, with why they end."""
        if self._give_up_at is None:
            self._give_up_at = now + GIVEN_UP_S
        return [  # with files that are wrong we would not be here
            (each, "the files were read anew" if each.rule in OWN else "the rule was removed")
            for each in self._alerts.values()
            if each.rule not in rules
        ]

    def given_up(self, now: float) -> list[Alert]:
        """Those that have waited for too long."""
        late = self._give_up_at is not None and now >= self._give_up_at
        return self.waiting() if late else []
