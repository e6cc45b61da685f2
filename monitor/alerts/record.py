"""The open alerts as people know them, and the changes that made them so.

Each alert's episode, and who acknowledged it, is kept here; the life cycle's matrix
knows only states and times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from monitor.alerts.alert import Alert, Change, ChangeKind
from monitor.signals.hashes import Numbers, hashes
from monitor.signals.windows import Ints

EPISODES_KEPT = 50_000
# No rule of a file raises these.
OwnAlert = Literal["rules_invalid", "config_invalid", "rules_broken"]
OWN: tuple[OwnAlert, ...] = get_args(OwnAlert)
OWN_TTL_S = 3600.0


_Generation = tuple[Numbers, NDArray[np.int32]]


class _Episodes:
    """The last episode of each alert that ever fired: of the last `EPISODES_KEPT` at least.

    They outlive their rooms, for a room that comes back goes on counting. So of a key, which
    is long, its hash is kept (hashes.py), in two generations; when the young one is full it
    becomes the old one, whose memory is for those to come.
    """

    def __init__(self) -> None:
        self._young, self._old = (
            (Numbers(), np.zeros(EPISODES_KEPT + 1, np.int32)) for _ in range(2)
        )

    def __len__(self) -> int:
        return len(self._young[0]) + len(self._old[0])

    def of(self, key: str) -> int:
        """0 where it never fired, as far as we know."""
        hashed = hashes([key])
        return self._in(self._young, hashed) or self._in(self._old, hashed)

    def _in(self, generation: _Generation, hashed: Ints) -> int:
        numbers, episodes = generation
        number = numbers.find(hashed)[0] if len(numbers) else 0
        return int(episodes[number]) if number else 0

    def begin(self, key: str) -> int:
        """Another one begins: which it is."""
        return self._put(hashes([key]), None)

    def note(self, key: str, episode: int) -> None:
        self._put(hashes([key]), episode)

    def _put(self, hashed: Ints, episode: int | None) -> int:
        """Keep which one it is; None: the next one."""
        if len(self._young[0]) >= EPISODES_KEPT:
            self._old, self._young = self._young, self._old
            self._young[0].clear()
        numbers, episodes = self._young
        (number,), (fresh,) = numbers.number(hashed)
        if episode is None:
            episode = 1 + (self._in(self._old, hashed) if fresh else int(episodes[number]))
        episodes[number] = episode
        return episode


class Record:
    """Open alerts by key."""

    def __init__(self) -> None:
        self._open: dict[str, Alert] = {}
        self._episodes = _Episodes()

    def alerts(self) -> list[Alert]:
        return list(self._open.values())

    @property
    def pending(self) -> bool:
        """Whether an alert waits to fire."""
        return any(alert.state == "pending" for alert in self._open.values())

    def __getitem__(self, key: str) -> Alert:
        return self._open[key]

    def __contains__(self, key: str) -> bool:
        return key in self._open

    def moved(
        self, what: str, alert: Alert, now: float, ttl_s: float, notify: tuple[str, ...]
    ) -> Change:
        """An alert, made for this, became pending or fired; its episode is the last or next one."""
        if what == "fired":
            alert.episode = self._episodes.begin(alert.key)
            alert.fired_at = now
        else:
            alert.episode = self._episodes.of(alert.key)
        self._open[alert.key] = alert
        kind: ChangeKind = "fired" if what == "fired" else "pending"
        return _change(alert, kind, now, "", ttl_s=ttl_s, notify=notify)

    def note(self, key: str, **now: Any) -> None:
        """What an open alert is now, without anybody being told."""
        self._open[key] = replace(self._open[key], **now)

    def again(self, key: str, now: float, reason: str, ttl_s: float, notify: tuple[str, ...],
              summary: str) -> Change:  # fmt: skip
        """Nobody has acknowledged it yet: it is told once more, as it stands now."""
        alert = self._open[key]
        self._open[key] = alert = replace(
            alert, told_again=alert.told_again + 1, summary=summary or alert.summary
        )
        change = _change(alert, "again", now, reason, ttl_s=ttl_s, notify=notify)
        return replace(change, times=alert.told_again)

    def resolved(self, key: str, now: float, reason: str) -> Change:
        alert = self._open.pop(key)
        return _change(alert, "resolved", now, reason)

    def drop(self, key: str) -> None:
        """A pending alert came to nothing."""
        self._open.pop(key, None)

    def acknowledged(
        self, key: str, episode: int, by: str, now: float
    ) -> tuple[Change | None, bool]:
        """The first acknowledgement of an open episode, and whether this is it.

        A later one gets the first one's Change again; None where there is no such episode.
        """
        alert = self._open.get(key)
        if alert is None or alert.state == "pending" or alert.episode != episode:
            return None, False
        first = alert.acked_at is None
        if first:
            self._open[key] = alert = replace(alert, acked_at=now, acked_by=by)
        reason = f"acknowledged by {alert.acked_by}"
        change = _change(alert, "acked", alert.acked_at or now, reason)
        return replace(change, by=alert.acked_by), first

    def restore(self, alerts: Sequence[Alert], episodes: Mapping[str, int]) -> None:
        """Take up what was open before."""
        for key, episode in episodes.items():
            self._episodes.note(key, episode)
        for alert in alerts:
            self._open[alert.key] = alert
            self._episodes.note(alert.key, max(self._episodes.of(alert.key), alert.episode))

    def say(self, rule: OwnAlert, summary: str, action: str, now: float) -> list[Change]:
        """Something of our own is wrong: an alert of no room. Nothing new where it is open."""
        key = f"{rule}||"
        if key in self._open:
            self.note(key, summary=summary)
            return []
        alert = Alert(key=key, rule=rule, room="", state="firing", episode=0, severity="warning",
                      since=now, summary=summary, action=action)  # fmt: skip
        return [self.moved("fired", alert, now, OWN_TTL_S, ())]

    def unsay(self, rule: OwnAlert, reason: str, now: float) -> list[Change]:
        """It is right again."""
        key = f"{rule}||"
        return [self.resolved(key, now, reason)] if key in self._open else []


def _change(
    alert: Alert,
    kind: ChangeKind,
    now: float,
    reason: str,
    *,
    ttl_s: float = 60.0,
    notify: tuple[str, ...] = (),
) -> Change:
    return Change(
        at=now,
        key=alert.key,
        rule=alert.rule,
        room=alert.room,
        sku=alert.sku,
        segment=alert.segment,
        platform=alert.platform,
        change=kind,
        episode=alert.episode,
        severity=alert.severity,
        summary=alert.summary,
        reason=reason,
        role=alert.role,
        action=alert.action,
        playbook=alert.playbook,
        values=alert.values,
        since=alert.since,
        ttl_s=ttl_s,
        notify=notify,
    )
