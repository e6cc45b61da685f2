"""Alerts that were over before anybody had looked at them: they stay until somebody does.

    fired ──▶ acked ──▶ over          nothing stays
    fired ──▶ over                    returned: in the list, quiet, until acknowledged
                  └─▶ fired again     that one takes its place

Only of the first two priorities, and only where people were told. They are of the screens:
a restart forgets them, the history does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from monitor.alerts.alert import Alert, Change

MOST = 50  # the oldest makes room
KINDS = ("critical", "warning")


class Returned:
    """By key; fed with every change, and with the alerts that stand after it."""

    def __init__(self) -> None:
        self._open: dict[str, Alert] = {}
        self._returned: dict[str, Alert] = {}

    def told(self, changes: Iterable[Change], alerts: Sequence[Alert]) -> None:
        """Take changes; `alerts` are those that are open now."""
        for change in changes:
            before = self._open.get(change.key)
            if change.change in ("fired", "acked"):
                self._returned.pop(change.key, None)
            elif change.change == "resolved" and before is not None and _unseen(before):
                self._returned[change.key] = replace(before, resolved_at=change.at)
                if len(self._returned) > MOST:
                    del self._returned[next(iter(self._returned))]
        self.seen(alerts)

    def seen(self, alerts: Sequence[Alert]) -> None:
        """These are open now."""
        self._open = {alert.key: alert for alert in alerts}

    def beside(self, alerts: Sequence[Alert]) -> Sequence[Alert]:
        """The open alerts, and after them those that returned."""
        if not self._returned:
            return alerts
        open_now = {alert.key for alert in alerts}
        return [*alerts, *(each for each in self._returned.values() if each.key not in open_now)]

    def acknowledge(self, key: str, episode: int, by: str, now: float) -> Change | None:
        """Somebody has looked: the change to tell of, None where there is no such alert."""
        alert = self._returned.get(key)
        if alert is None or alert.episode != episode:
            return None
        del self._returned[key]
        return Change(
            at=now, key=key, rule=alert.rule, room=alert.room, sku=alert.sku, change="acked",
            episode=episode, severity=alert.severity, summary=alert.summary, values=alert.values,
            since=alert.since, by=by, reason="over before it was looked at",
        )  # fmt: skip


def _unseen(alert: Alert) -> bool:
    return (
        alert.severity in KINDS
        and alert.fired_at is not None
        and alert.acked_at is None
        and not alert.quiet
    )
