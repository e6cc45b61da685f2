"""Changes as tests need them: every field has a value, and what matters is given."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from monitor.alerts.alert import Alert, Change

T0 = 1_795_370_000.0


def fired(rule: str = "angry", room: str = "r1", **given: Any) -> Change:
    """A warning that just fired."""
    fields: dict[str, Any] = {
        "at": T0,
        "key": f"{rule}|{room}",
        "rule": rule,
        "room": room,
        "change": "fired",
        "episode": 1,
        "severity": "warning",
        "summary": f"{rule} in {room}",
    }
    return Change(**(fields | given))


def resolved(change: Change, at: float) -> Change:
    """It is over."""
    return replace(change, at=at, change="resolved", reason="condition ended")


def acked(change: Change, at: float) -> Change:
    """Somebody has it."""
    return replace(change, at=at, change="acked", by="李敏", reason="acked by 李敏")


def alert(change: Change, **given: Any) -> Alert:
    """The open alert that this change made."""
    fields: dict[str, Any] = {
        "key": change.key,
        "rule": change.rule,
        "room": change.room,
        "state": "firing",
        "episode": change.episode,
        "severity": change.severity,
        "since": change.at,
        "fired_at": change.at,
    }
    return Alert(**(fields | given))
