"""Notices as tests need them."""

from __future__ import annotations

from typing import Any

from monitor.alerts.alert import Change, Notice, notice_id
from tests.alerts.changes import T0, fired


def notice(change: Change | None = None, channel: str = "ops", **given: Any) -> Notice:
    """A notice made when its change was, worth sending for the change's TTL."""
    change = change or fired()
    fields: dict[str, Any] = {
        "id": notice_id(change, channel),
        "channel": channel,
        "change": change,
        "created_at": change.at,
        "expires_at": change.at + change.ttl_s,
        "reason": "route all",
    }
    return Notice(**(fields | given))


__all__ = ["T0", "fired", "notice"]
