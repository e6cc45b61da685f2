"""The channels there are: what the config may say, and who makes one of it."""

from __future__ import annotations

from monitor.channels import log, slack, webhook, wecom_bot
from monitor.channels.channel import Channel
from monitor.channels.log import LogSettings
from monitor.channels.slack import SlackSettings
from monitor.channels.webhook import WebhookSettings
from monitor.channels.wecom_bot import WecomBotSettings
from monitor.clock import Clock

ChannelSettings = SlackSettings | WecomBotSettings | WebhookSettings | LogSettings


def make(settings: ChannelSettings, clock: Clock) -> Channel:
    """A channel of these settings; it connects when it first sends. Raises ConfigError."""
    match settings:
        case SlackSettings():
            return slack.make(settings, clock)
        case WecomBotSettings():
            return wecom_bot.make(settings, clock)
        case WebhookSettings():
            return webhook.make(settings, clock)
        case LogSettings():
            return log.make(settings, clock)
