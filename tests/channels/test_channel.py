"""What the contract itself holds: limits, and that every leaf is a channel."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from monitor.channels.channel import Channel, Limits
from monitor.channels.log import LogSettings
from monitor.channels.slack import SlackSettings
from monitor.channels.table import ChannelSettings, make
from monitor.channels.webhook import WebhookSettings
from monitor.channels.wecom_bot import WecomBotSettings
from monitor.clock import ManualClock

LEAVES: dict[str, Callable[[], ChannelSettings]] = {
    "log": lambda: LogSettings(name="log"),
    "slack": lambda: msgspec.convert(
        {"kind": "slack", "name": "slack", "to": "C1", "token": "xoxb-canary"}, SlackSettings
    ),
    "webhook": lambda: msgspec.convert(
        {"kind": "webhook", "name": "webhook", "url": "https://example.org/hook"}, WebhookSettings
    ),
    "wecom_bot": lambda: msgspec.convert(
        {"kind": "wecom_bot", "name": "wecom_bot", "key": "canary-key"}, WecomBotSettings
    ),
}


@pytest.mark.parametrize("name", LEAVES)
async def test_a_leaf_keeps_part_of_its_burst_for_what_is_critical(name: str) -> None:
    """
    Every channel has a name, a bounded send, and a reserve that leaves others a place.
    """
    channel: Channel = make(LEAVES[name](), ManualClock())
    await channel.aclose()

    assert name == channel.name
    assert 0 <= channel.limits.reserve < channel.limits.burst
    assert 0 < channel.limits.timeout_s <= 60


def test_limits_reserve_nothing_unless_they_say_so() -> None:
    """
    A channel without a limit of its own is not held back by ours.
    """
    limits = Limits(per_minute=60.0, burst=10)

    assert (0, 10.0) == (limits.reserve, limits.timeout_s)
