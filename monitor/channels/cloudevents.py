"""CloudEvents 1.0 out, over HTTP in structured mode: for whoever connects systems by events.

    type       roomwatch.alert.fired.v1, or roomwatch.command.<action>.v1
    source     as the config says: /roomwatch
    subject    the alert's key
    id         the notice's id: the same one again is a repetition
    time       when it happened
    data       what a webhook is sent

It signs, checks addresses and refuses redirects as a webhook does, for it is one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import msgspec

from monitor.alerts.alert import Notice
from monitor.channels import webhook
from monitor.channels.render import Style
from monitor.channels.webhook import WebhookChannel, WebhookSettings, to_json
from monitor.clock import Clock

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


class CloudEventsSettings(WebhookSettings, frozen=True, kw_only=True, tag="cloudevents"):
    """A webhook's settings, and what `source` our events have."""

    source: str = "/roomwatch"


def make(settings: CloudEventsSettings, clock: Clock) -> WebhookChannel:
    """Raises ConfigError for a URL that is missing, not https, or points inside."""
    encode = partial(to_event, source=settings.source)
    return webhook.make(settings, clock, encode=encode, content_type=CONTENT_TYPE)


def to_event(notice: Notice, style: Style, source: str = "/roomwatch") -> bytes:
    """The notice as one event."""
    command = notice.command
    what = f"command.{command.action}" if command else f"alert.{notice.change.change}"
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": notice.id,
            "source": source,
            "type": f"roomwatch.{what}.v1",
            "subject": command.key if command else notice.change.key,
            "time": datetime.fromtimestamp(notice.change.at, UTC),
            "datacontenttype": "application/json",
            "data": msgspec.Raw(to_json(notice, style)),
        }
    )
