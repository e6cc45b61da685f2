"""An alert, what happens to it, and what people are told of that.

An alert is a rule for a room, or for what its scope says. Its `key` never holds a value
or a template:

    rule|room             rule|room|sku         a product in a room
    rule|room|segment     a part of its script  rule||platform     all rooms of a platform
    rule||                all rooms, or none in particular

Each time it leaves pending for firing its `episode` rises by one. An alert that becomes
worse while it fires ends that episode and begins another.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Severity = Literal["critical", "warning", "notice", "info", "data_lost"]
ChangeKind = Literal[
    "pending",
    "fired",
    "again",
    "acked",
    "resolved",
    "inhibited",
    "muted",
    "unmuted",
    "escalated",
]
Lane = Literal["critical", "normal", "digest"]
Value = float | str | None  # None is unknown

WORST_FIRST: tuple[Severity, ...] = ("critical", "data_lost", "warning", "notice", "info")


class Change(Struct, frozen=True, kw_only=True):
    """Something happened to an alert.

    `reason` says why in words ("condition ended", "acked by 李敏", "rule removed").
    `values` are the figures that the rule looked at, by name.
    """

    at: float
    key: str
    rule: str
    room: str
    change: ChangeKind
    episode: int
    severity: Severity
    sku: str | None = None
    segment: str = ""
    platform: str = ""  # of an alert of all its rooms
    times: int = 0  # of `again`: how often it was told again, this time included
    summary: str = ""
    reason: str = ""
    role: str = ""
    action: str = ""
    playbook: str = ""
    by: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    since: float | None = None  # when the condition began to hold
    ttl_s: float = 60.0  # a notice of this change is worth nothing after that
    notify: tuple[str, ...] = ()  # channel names the rule asks for; empty: routes decide

    @property
    def told_as(self) -> str:
        """`key|episode`: what people are told of once."""
        return f"{self.key}|{self.episode}"


class Act(Struct, frozen=True, kw_only=True):
    """What a rule did by itself for an alert, and what became of it.

    `asked` is on its way; a `dry run` is not sent; `refused` is more than it may in a minute.
    """

    action: str
    at: float
    state: Literal["dry run", "refused", "asked", "sent", "dead", "expired"]


class Command(Struct, frozen=True, kw_only=True):
    """What a machine is to do: `action`, for the alert `key`; `values` are the config's own."""

    action: str
    key: str
    values: dict[str, str | int | float | bool]


class Alert(Struct, kw_only=True):
    """An alert as it stands now, for screens, the store and the restart."""

    key: str
    rule: str
    room: str
    state: Literal["pending", "firing", "recovering"]
    episode: int
    severity: Severity
    since: float
    sku: str | None = None
    segment: str = ""
    platform: str = ""
    unknown: bool = False  # nobody knows now whether its condition still holds
    flapping: bool = False  # it came and went so often that it stays until it is calm
    told_again: int = 0  # how often, because nobody acknowledged it
    fired_at: float | None = None
    resolved_at: float | None = None
    acked_at: float | None = None
    acked_by: str = ""
    quiet: str = ""  # why nobody is told; empty when they are
    summary: str = ""
    role: str = ""
    action: str = ""
    playbook: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()

    def as_fired(self) -> Change:
        """The change that it was when it fired."""
        return Change(
            at=self.fired_at or self.since,
            key=self.key,
            rule=self.rule,
            room=self.room,
            change="fired",
            episode=self.episode,
            severity=self.severity,
            sku=self.sku,
            segment=self.segment,
            platform=self.platform,
            summary=self.summary,
            role=self.role,
            action=self.action,
            playbook=self.playbook,
            values=self.values,
            since=self.since,
        )


class Notice(Struct, frozen=True, kw_only=True):
    """What is sent, where to, and why.

    `id` is the idempotency key `key|episode|change|channel`: the store refuses a
    second one, and receivers that can are handed it. After `expires_at` it is not
    sent any more. `reference` is what the channel returned for the first message of
    this alert's episode. `reason` says why this channel is told.

    One notice may tell of more than one alert: `also` holds the other changes of a
    room that came together; a digest of a storm has none of them, but `rooms` and, in
    `covers`, the `key|episode` of every alert it tells of.
    """

    id: str
    channel: str
    change: Change
    created_at: float
    expires_at: float
    reason: str
    room_name: str = ""
    link: str = ""
    reference: str | None = None
    repeated: bool = False  # it may have been sent before a crash
    also: tuple[Change, ...] = ()
    covers: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    step: int = 0  # of an escalation; 0 is the first telling
    command: Command | None = None  # then it is for a machine, and tells people nothing

    @property
    def tells_of(self) -> tuple[str, ...]:
        """The `key|episode` of every alert this notice tells of."""
        if self.covers:
            return self.covers
        return (self.change.told_as, *(change.told_as for change in self.also))

    @property
    def alone(self) -> bool:
        """Whether it tells of one alert only, so that its message can be edited in place."""
        return not self.also and not self.covers

    @property
    def lane(self) -> Lane:
        """Which lane it is delivered in. Only what fires is critical: an end can wait."""
        if self.change.severity == "critical" and self.change.change in ("fired", "again"):
            return "critical"
        return "digest" if self.covers or self.change.severity == "info" else "normal"


def notice_id(change: Change, channel: str) -> str:
    """The idempotency key of a notice."""
    times = change.times or ""
    return f"{change.key}|{change.episode}|{change.change}{times}|{channel}"
