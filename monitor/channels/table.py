"""The channels there are: what the config may say, and who makes one of it."""

from __future__ import annotations

from monitor.channels import cloudevents, log, mqtt_command, slack, webhook, wecom_bot
from monitor.channels.channel import Channel
from monitor.channels.cloudevents import CloudEventsSettings
from monitor.channels.log import LogSettings
from monitor.channels.mqtt_command import MqttCommandSettings
from monitor.channels.slack import SlackSettings
from monitor.channels.webhook import WebhookSettings
from monitor.channels.wecom_bot import WecomBotSettings
from monitor.clock import Clock

ChannelSettings = (
    SlackSettings | WecomBotSettings | WebhookSettings | LogSettings
    | CloudEventsSettings | MqttCommandSettings
)  # fmt: skip
FOR_MACHINES = (WebhookSettings, MqttCommandSettings)  # may carry out what rules do


def make(settings: ChannelSettings, clock: Clock) -> Channel:
    """A channel of these settings; it connects when it first sends. Raises ConfigError."""
    match settings:
        case SlackSettings():
            return slack.make(settings, clock)
        case WecomBotSettings():
            return wecom_bot.make(settings, clock)
        case CloudEventsSettings():
            return cloudevents.make(settings, clock)
        case MqttCommandSettings():
            return mqtt_command.make(settings, clock)
        case WebhookSettings():
            return webhook.make(settings, clock)
        case LogSettings():
            return log.make(settings, clock)
