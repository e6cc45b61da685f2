"""Which alerts go which steps when nobody acknowledges them, and how far one has come."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated

from msgspec import Meta, Struct

from monitor.alerts.alert import Change, Severity


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to tell when nobody has acknowledged for `after_s`.

    `on_call` is the place in the order of those on duty, from 1; 0 is nobody of them. Where
    fewer are on duty, it is the last one.
    """

    after_s: Annotated[float, Meta(gt=0, le=3600)]
    on_call: Annotated[int, Meta(ge=0, le=9)] = 0
    people: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alerts that match every field given go these steps. Names may hold `*`.

    With `again_after_s` an alert that was acknowledged, and still fires so long after, goes
    them once more.
    """

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    steps: tuple[Step, ...]
    severities: tuple[Severity, ...] = ("critical", "data_lost")
    rooms: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    again_after_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0

    def matches(self, change: Change) -> bool:
        return (
            change.severity in self.severities
            and _any(self.rooms, change.room)
            and _any(self.rules, change.rule)
            and _any(self.roles, change.role)
        )


class Standing(Struct, frozen=True, kw_only=True):
    """How far an alert has come: `step` of `steps` are done, and `told` has heard of it.

    `next` are those who are told at `next_at`. `quiet` is why nobody is, for now.
    """

    key: str
    episode: int
    policy: str
    step: int
    steps: int
    told: tuple[str, ...]
    next_at: float | None
    next: tuple[str, ...]
    quiet: str = ""


def _any(patterns: Sequence[str], name: str) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
