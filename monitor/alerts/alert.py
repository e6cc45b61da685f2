"""An alert, what happens to it, and what people are told of that.

An alert is a rule for a room, or for a product in a room. Its `key` is
`rule|room` or `rule|room|sku` and never holds a value or a template. Each time it
leaves pending for firing its `episode` rises by one.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Severity = Literal["critical", "warning", "notice", "info", "data_lost"]
ChangeKind = Literal["pending", "fired", "acked", "resolved", "inhibited", "muted"]
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
        if self.change.severity == "critical" and self.change.change == "fired":
            return "critical"
        return "digest" if self.covers or self.change.severity == "info" else "normal"


def notice_id(change: Change, channel: str) -> str:
    """The idempotency key of a notice."""
    return f"{change.key}|{change.episode}|{change.change}|{channel}"
