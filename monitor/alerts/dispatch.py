"""Turns changes of alerts into notices: who is told what, once, and why.

    change ─ why_quiet ─ group ─ routes ─ digest in a storm ─ Notice

Invariants: nobody is told twice of the same change (`Notice.id`); only who was told
that an alert fired is told that it was acknowledged or is over; what is muted while
it fires is told when the mute ends. Pending alerts tell nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from monitor.alerts import announcing
from monitor.alerts.acting import Acting
from monitor.alerts.alert import WORST_FIRST, Alert, Change, Notice, notice_id
from monitor.alerts.groups import Groups
from monitor.alerts.mutes import Ended, Mutes
from monitor.alerts.routes import Describe, RoomTag, Routes
from monitor.alerts.storms import Storms

TOLD_LATER = ("again", "acked", "resolved")
NEWS = 1_000
ASK_AGAIN_S = 1.0  # how often a quiet alert is asked whether it still has to be


class DispatchSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How changes become notices.

    `wait_s`: how long changes of a room may wait for each other (critical ones never).
    `digest_over`: more changes of a rule at once become one digest, then at most one
    every `digest_every_s`. `late_ttl_s`: how long "it is over" is worth telling.
    `console_url`: where a notice's link points to.
    """

    wait_s: float = 2.0
    digest_over: int = 5
    digest_every_s: float = 5.0
    late_ttl_s: float = 3600.0
    console_url: str = ""


class _Hushed(Struct):
    change: Change
    why: str


def _nothing_known(room: str) -> RoomTag:
    return RoomTag()


class Dispatch:
    """Machine[Change, Notice]."""

    def __init__(
        self,
        routes: Routes,
        mutes: Mutes | None = None,
        settings: DispatchSettings | None = None,
        describe: Describe = _nothing_known,
        acting: Acting | None = None,
    ) -> None:
        self.mutes = mutes or Mutes()
        self.acting = acting or Acting()
        self._commands: list[Notice] = []
        self._routes = routes
        self._settings = settings or DispatchSettings()
        self._describe = describe
        self._groups = Groups(self._settings.wait_s)
        self._storms = Storms(self._settings.digest_over, self._settings.digest_every_s)
        self._told: dict[str, dict[str, str]] = {}  # key|episode → channel → why it was told
        self._hushed: dict[str, _Hushed] = {}  # firing, but nobody is told; by alert key
        self._asked_at = float("-inf")
        # for whoever logs, at most so many until they are asked for
        self.hushed: deque[tuple[Change, str]] = deque(maxlen=NEWS)
        self.ended: deque[Ended] = deque(maxlen=NEWS)

    # ── the face of a machine ────────────────────────────────────────────────

    def receive(self, items: Sequence[Change], now: float) -> list[Notice]:
        """Take what happened. Notices follow from `tick`: in the same one where critical."""
        for change in items:  # all of them first: one may explain another
            self.mutes.note(change)
        for change in items:
            if change.change == "fired":
                self._hushed.pop(change.key, None)
                self._groups.add(change, now)
            elif change.change in TOLD_LATER:
                if change.change == "resolved":
                    self._hushed.pop(change.key, None)
                self._groups.add(change, now)
        return []

    def tick(self, now: float) -> list[Notice]:
        notices = self._ask_again(now)
        for changes in self._groups.due(now):
            notices += self._tell_together(changes, now)
        for rule, kind, channel, held in self._storms.due(now):
            notices += self._after_storm(rule, kind, channel, held, now)
        commands, self._commands = self._commands, []
        return self._digested(notices, now) + commands

    def next_tick(self) -> float | None:
        times = [self._groups.next_due(), self._storms.next_due()]
        if self._hushed or self.mutes.any:
            times.append(self._asked_at + ASK_AGAIN_S)
        return min((time for time in times if time is not None), default=None)

    # ── asked by the daemon ──────────────────────────────────────────────────

    def why_quiet(self, key: str) -> str:
        """Why nobody was told of an open alert; empty when they were."""
        hushed = self._hushed.get(key)
        return hushed.why if hushed else ""

    def also_told(self, notice: Notice) -> None:
        """Somebody else told of an alert that it fired: its end is news there, too."""
        for told_as in notice.tells_of:
            self._told.setdefault(told_as, {}).setdefault(notice.channel, notice.reason)

    def seen(self, alert: Alert) -> Alert:
        """An open alert with what dispatch knows of it."""
        why, acts = self.why_quiet(alert.key), self.acting.of(f"{alert.key}|{alert.episode}")
        if (why, acts) == (alert.quiet, alert.acts):
            return alert
        return replace(alert, quiet=why, acts=acts)

    def waiting(self) -> list[Change]:
        """Changes on their way to people, to be stored with the others and received
        again after a restart."""
        return self._groups.waiting() + self._storms.waiting()

    def restore(self, alerts: Iterable[Alert], told: Iterable[Notice], waiting: Sequence[Change],
                now: float) -> None:  # fmt: skip
        """Go on after a restart: open alerts, the notices that told of them, and what waited."""
        alerts = list(alerts)
        self.mutes.restore(alerts, now)
        self.acting.restore(alerts)
        open_keys = {alert.key for alert in alerts} | {change.key for change in waiting}
        for notice in told:
            for told_as in notice.tells_of:
                if told_as.rpartition("|")[0] in open_keys:
                    self._told.setdefault(told_as, {})[notice.channel] = notice.reason
        on_their_way = {change.key for change in waiting}
        for alert in alerts:
            told_as = f"{alert.key}|{alert.episode}"
            untold = told_as not in self._told and alert.key not in on_their_way
            if alert.state == "firing" and untold:
                self._hushed[alert.key] = _Hushed(alert.as_fired(), alert.quiet)
        self.receive(waiting, now)

    def replace(self, routes: Routes, settings: DispatchSettings) -> None:
        """Take a new config; nothing on its way is lost."""
        self._routes = routes
        self._settings = settings
        self._groups.wait_s = settings.wait_s
        self._storms.over = settings.digest_over
        self._storms.every_s = settings.digest_every_s

    def counts(self) -> dict[str, int]:
        """Figures for metrics."""
        return {
            "waiting": len(self.waiting()),
            "quiet": len(self._hushed),
            "collapsed": self._groups.collapsed + self._storms.collapsed,
        }

    # ── from changes to notices ──────────────────────────────────────────────

    def _ask_again(self, now: float) -> list[Notice]:
        """What was quiet while it fired is told once the reason is gone; and of the mutes
        themselves that they began, or are over."""
        if now < self._asked_at + ASK_AGAIN_S:
            return []
        self._asked_at = now
        over = self.mutes.sweep(now, self._describe)
        self.ended += over
        said = [announcing.over(each, now) for each in over]
        said += [announcing.began(mute, now) for mute in self.mutes.fresh(now)]
        for key, hushed in list(self._hushed.items()):
            why = self.why_hushed(hushed.change, now)
            if why:
                hushed.why = why
                continue
            del self._hushed[key]
            reason = "still firing: " + (f"no longer {hushed.why}" if hushed.why else "restarted")
            self._groups.add(replace(hushed.change, at=now, reason=reason), now)
        return [
            self._notice(channel, change, reason, now)
            for change in said
            if change is not None
            for channel, reason in self._routes.channels(change, self._tag(change)).items()
        ]

    def _tell_together(self, changes: list[Change], now: float) -> list[Notice]:
        """One notice a channel and kind of change for changes that waited together."""
        together: dict[tuple[str, str], list[Change]] = {}
        reasons: dict[tuple[str, str], str] = {}
        for change in sorted(changes, key=_worst_first):
            for channel, reason in self._channels(change, now).items():
                bundle = (channel, change.change)
                together.setdefault(bundle, []).append(change)
                reasons.setdefault(bundle, reason)
        return [
            self._notice(bundle[0], found[0], reasons[bundle], now, also=tuple(found[1:]))
            for bundle, found in sorted(together.items(), key=lambda item: item[0][1] != "fired")
        ]

    def _channels(self, change: Change, now: float) -> dict[str, str]:
        why = self.why_hushed(change, now)
        if why:
            if change.change == "fired":
                self._hushed[change.key] = _Hushed(change, why)
                self.hushed.append((change, why))
            return {}
        if change.change == "fired" or change.told_as in self._told:
            self._commands += self.acting.follow(
                change, now, self._tag(change), self._settings.late_ttl_s
            )
        if change.change == "fired":
            channels = self._routes.channels(change, self._tag(change))
            self._told.setdefault(change.told_as, {}).update(channels)
            # an episode that never ended; the last one may be on its way to people still
            self._told.pop(f"{change.key}|{change.episode - 2}", None)
            return channels
        channels = dict(self._told.get(change.told_as, {}))
        if change.change == "resolved":
            self._told.pop(change.told_as, None)
            channels = {
                channel: reason
                for channel, reason in channels.items()
                if not self._storms.forget(change, channel)
            }
        return channels

    def why_hushed(self, change: Change, now: float) -> str:
        """Why nobody would be told of a change now; empty where they would be."""
        return self.mutes.why_quiet(change, now, self._tag(change))

    def _tag(self, change: Change) -> RoomTag:
        return self._describe(change.room) if change.room else RoomTag()

    def _digested(self, notices: list[Notice], now: float) -> list[Notice]:
        """Let single notices pass and make one of many of the same rule."""
        passed, digests = self._storms.sift(notices, now)
        for rule, kind, channel, changes in digests:
            passed.append(self._digest(rule, kind, channel, changes, now))
        return passed

    def _after_storm(
        self, rule: str, kind: str, channel: str, held: list[Change], now: float
    ) -> list[Notice]:
        if len(held) == 1:
            return [self._notice(channel, held[0], f"after a storm of {rule}", now)]
        self._storms.told(rule, kind, channel, now)
        return [self._digest(rule, kind, channel, held, now)]

    def _digest(
        self, rule: str, kind: str, channel: str, changes: list[Change], now: float
    ) -> Notice:
        worst = min(changes, key=_worst_first)
        rooms = tuple(dict.fromkeys(change.room for change in changes))
        lead = replace(
            worst, key=f"{rule}|*", room="", sku=None, episode=round(now * 1000), at=now, values={}
        )
        notice = self._notice(channel, lead, f"{len(changes)} changes of {rule} at once", now)
        return replace(notice, covers=tuple(c.told_as for c in changes), rooms=rooms)

    def _notice(
        self, channel: str, change: Change, reason: str, now: float, also: tuple[Change, ...] = ()
    ) -> Notice:
        ttl_s = change.ttl_s if change.change in ("fired", "again") else self._settings.late_ttl_s
        url = self._settings.console_url.rstrip("/")
        return Notice(
            id=notice_id(change, channel),
            channel=channel,
            change=change,
            created_at=now,
            expires_at=change.at + ttl_s,
            reason=reason,
            room_name=self._tag(change).name,
            link=f"{url}/#alert={quote(change.key, safe='')}" if url else "",
            also=also,
        )


def _worst_first(change: Change) -> int:
    return WORST_FIRST.index(change.severity)
