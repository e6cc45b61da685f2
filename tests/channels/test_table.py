"""Every kind of channel can be made from what the config says."""

from __future__ import annotations

import msgspec
import pytest

from monitor.channels.table import ChannelSettings, make
from monitor.clock import ManualClock


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"kind":"log"}', "LogChannel('log')"),
        ('{"kind":"slack","name":"ops","to":"C1","token":"canary"}', "SlackChannel('ops')"),
        ('{"kind":"wecom_bot","name":"desk","key":"canary"}', "WecomBotChannel('desk')"),
        (
            '{"kind":"webhook","name":"it","url":"https://a.example/canary"}',
            "WebhookChannel('it')",
        ),
    ],
)
def test_a_kind_makes_its_channel_without_connecting(text, shown):
    """Its repr shows the name and no secret."""
    settings = msgspec.json.decode(text, type=ChannelSettings)

    assert shown == repr(make(settings, ManualClock()))
