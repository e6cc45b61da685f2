"""Tells more and more people of an alert that nobody acknowledges.

    fired ──15 s──▶ step 1 ──30 s──▶ step 2 ──60 s──▶ step 3        after_s, from when it fired
      └─ acknowledged, or over: no more steps

A step tells the first, second … person on call for the room, people by name, or channels.
While an alert is quiet (muted, explained by another one) its time stands still, and begins
anew once it is not. Where many are due at once, a channel gets one notice of all of them.
Whoever was told by a step hears of the end, too: Dispatch is told (`Dispatch.also_told`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.structs import replace

from monitor.alerts.alert import WORST_FIRST, Alert, Change, Notice
from monitor.alerts.oncall import OnCall
from monitor.alerts.policies import Policy, Standing, Step
from monitor.alerts.routes import Describe, RoomTag

ASK_AGAIN_S = 1.0  # how often a quiet alert is asked whether it still is
AT_ONCE = 5  # notices of one channel; more are one
EVERY_S = 10.0  # between two notices of many, in one channel
WORTH_S = 60.0  # how long a step's notice is worth sending
NEVER = float("inf")


class _Open(Struct):
    change: Change
    policy: Policy
    since: float
    next_at: float
    step: int = 0
    told: list[str] = field(default_factory=list)
    quiet: str = ""


class _Due(Struct):
    change: Change
    step: int
    reason: str


def _nobody(change: Change, now: float) -> str:
    return ""


def _nothing_known(room: str) -> RoomTag:
    return RoomTag()


class Escalation:
    """Machine[Change, Notice]."""

    def __init__(
        self,
        policies: Sequence[Policy] = (),
        oncall: OnCall | None = None,
        *,
        why_quiet: Callable[[Change, float], str] = _nobody,
        describe: Describe = _nothing_known,
        console_url: str = "",
    ) -> None:
        self.taken = 0  # steps
        self.nobody = 0  # of them, those that had nobody to tell
        self.oncall = oncall or OnCall()
        self._policies = policies
        self._why_quiet = why_quiet
        self._describe = describe
        self._url = console_url.rstrip("/")
        self._open: dict[str, _Open] = {}  # by alert key
        self._news: list[Change] = []
        self._waiting: dict[str, list[_Due]] = {}  # by channel
        self._free_at: dict[str, float] = {}  # when a channel may be told of many again

    # ── the face of a machine ────────────────────────────────────────────────

    def receive(self, items: Sequence[Change], now: float) -> list[Notice]:
        """Take what happened; notices follow from `tick`."""
        for change in items:
            if change.change == "fired":
                self._begin(change, change.at)
            elif change.change == "acked":
                self._acknowledged(change)
            elif change.change == "resolved":
                self._open.pop(change.key, None)
                self._forget(change)
        return []

    def tick(self, now: float) -> list[Notice]:
        for standing in list(self._open.values()):
            if standing.next_at <= now:
                self._step(standing, now)
        return self._notices(now)

    def next_tick(self) -> float | None:
        times = [standing.next_at for standing in self._open.values()]
        times += [self._free_at.get(channel, 0.0) for channel in self._waiting]
        soonest = min(times, default=NEVER)
        return None if soonest == NEVER else soonest

    # ── asked by the daemon ──────────────────────────────────────────────────

    def news(self) -> list[Change]:
        """The steps taken since the last time, for the record: who was called, and why."""
        news, self._news = self._news, []
        return news

    def standing(self, now: float) -> list[Standing]:
        """Every alert that is on its way up, or came to its last step."""
        return [self._told_of(each, now) for each in self._open.values()]

    def restore(self, alerts: Iterable[Alert], told: Iterable[Notice], now: float) -> None:
        """Go on after a restart: open alerts, and the notices that told of them."""
        done: dict[str, int] = {}
        for notice in told:
            for told_as in notice.tells_of:
                done[told_as] = max(done.get(told_as, 0), notice.step)
        for alert in alerts:
            if alert.state == "pending" or alert.fired_at is None:
                continue
            change = alert.as_fired()
            self._begin(change, alert.fired_at)
            standing = self._open.get(alert.key)
            if standing is None:
                continue
            standing.step = min(done.get(change.told_as, 0), len(standing.policy.steps))
            self._plan(standing)
            if alert.acked_at is not None:
                self._acknowledged(replace(change, at=alert.acked_at, change="acked"))

    def replace(self, policies: Sequence[Policy], oncall: OnCall, console_url: str = "") -> None:
        """Take a new config: what has been told stays told."""
        self._policies, self.oncall = policies, oncall
        self._url = console_url.rstrip("/")
        for key, standing in list(self._open.items()):
            policy = self._policy(standing.change)
            if policy is None:
                del self._open[key]
                continue
            standing.policy = policy
            standing.step = min(standing.step, len(policy.steps))
            self._plan(standing)

    # ── from changes to notices ──────────────────────────────────────────────

    def _policy(self, change: Change) -> Policy | None:
        return next((policy for policy in self._policies if policy.matches(change)), None)

    def _begin(self, change: Change, since: float) -> None:
        self._open.pop(change.key, None)
        policy = self._policy(change)
        if policy is not None:
            standing = _Open(change, policy, since, NEVER)
            self._plan(standing)
            self._open[change.key] = standing

    def _acknowledged(self, change: Change) -> None:
        standing = self._open.get(change.key)
        self._forget(change)
        if standing is None or standing.change.episode != change.episode:
            return
        if not standing.policy.again_after_s:
            del self._open[change.key]
            return
        standing.since = change.at + standing.policy.again_after_s
        standing.step = 0
        self._plan(standing)

    def _forget(self, change: Change) -> None:
        """What was to be told of an alert with others need not be."""
        for channel, due in list(self._waiting.items()):
            self._waiting[channel] = [one for one in due if one.change.key != change.key]
            if not self._waiting[channel]:
                del self._waiting[channel]

    def _plan(self, standing: _Open) -> None:
        steps = standing.policy.steps
        left = standing.step < len(steps)
        standing.next_at = standing.since + steps[standing.step].after_s if left else NEVER

    def _step(self, standing: _Open, now: float) -> None:
        why = self._why_quiet(standing.change, now)
        if why:
            standing.quiet = why
            standing.next_at = now + ASK_AGAIN_S
            return
        steps = standing.policy.steps
        if standing.quiet:  # it is aloud from now on, as if it fired now
            standing.quiet = ""
            before = steps[standing.step - 1].after_s if standing.step else 0.0
            standing.since = now - before
            self._plan(standing)
            return
        step = steps[standing.step]
        people = self._people(step, standing.change, now)
        channels = dict.fromkeys([*self.oncall.channels(people), *step.channels])
        standing.step += 1
        standing.told += [name for name in (people or step.channels) if name not in standing.told]
        self.taken += 1
        self.nobody += not channels
        who = f"; {', '.join(people)}" if people else ""
        reason = (
            f"escalation {standing.policy.name}, step {standing.step}:"
            f" open for {now - standing.since:.0f} s{who}"
        )
        change = replace(standing.change, at=now)
        called = ", ".join(people or step.channels)
        self._news.append(replace(change, change="escalated", by=called, reason=reason))
        for channel in channels:
            self._waiting.setdefault(channel, []).append(_Due(change, standing.step, reason))
        self._plan(standing)

    def _people(self, step: Step, change: Change, now: float) -> list[str]:
        found: list[str] = []
        if step.on_call:
            found += self.oncall.on_duty(change.room, now)[: step.on_call][-1:]
        return list(dict.fromkeys([*found, *step.people]))

    def _notices(self, now: float) -> list[Notice]:
        notices = []
        for channel, due in list(self._waiting.items()):
            if now < self._free_at.get(channel, 0.0):
                continue
            del self._waiting[channel]
            self._free_at.pop(channel, None)
            if len(due) <= AT_ONCE:
                notices += [self._notice(channel, one, now) for one in due]
                continue
            self._free_at[channel] = now + EVERY_S
            notices.append(self._of_many(channel, due, now))
        return notices

    def _of_many(self, channel: str, due: list[_Due], now: float) -> Notice:
        worst = min(due, key=lambda one: WORST_FIRST.index(one.change.severity))
        lead = replace(
            worst.change,
            key=f"{worst.change.rule}|*",
            room="",
            sku=None,
            episode=round(now * 1000),
            values={},
        )
        rooms = tuple(dict.fromkeys(one.change.room for one in due if one.change.room))
        notice = self._notice(channel, _leading(worst, lead, len(due)), now)
        covers = tuple(dict.fromkeys(one.change.told_as for one in due))
        return replace(notice, covers=covers, rooms=rooms, step=max(one.step for one in due))

    def _notice(self, channel: str, due: _Due, now: float) -> Notice:
        change = due.change
        return Notice(
            id=f"{change.told_as}|escalated-{due.step}|{channel}",
            channel=channel,
            change=change,
            created_at=now,
            expires_at=now + max(WORTH_S, change.ttl_s),
            reason=due.reason,
            room_name=self._describe(change.room).name if change.room else "",
            link=f"{self._url}/#alert={quote(change.key, safe='')}" if self._url else "",
            step=due.step,
        )

    def _told_of(self, standing: _Open, now: float) -> Standing:
        steps = standing.policy.steps
        coming = steps[standing.step] if standing.step < len(steps) else None
        people = self._people(coming, standing.change, now) if coming else []
        return Standing(
            key=standing.change.key,
            episode=standing.change.episode,
            policy=standing.policy.name,
            step=standing.step,
            steps=len(steps),
            told=tuple(standing.told),
            next_at=standing.next_at if coming and not standing.quiet else None,
            next=tuple(people or (coming.channels if coming else ())),
            quiet=standing.quiet,
        )


def _leading(due: _Due, change: Change, many: int) -> _Due:
    """What is told of many: their leader, and how many they are."""
    return _Due(change, due.step, f"{many} alerts at once; {due.reason}")
