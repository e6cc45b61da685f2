"""Commands for machines over MQTT 5: take the product off the shelf, put up a notice.

A message of QoS 1 whose correlation data is the notice's id, and which the broker itself
drops once the notice's time is up: who was away is not told to do what nobody wants any
more. Where nobody is subscribed nobody does it, so that is a failure, and tried again.
Each command has a connection of its own: they are few, and a session that is kept would
be one more thing that breaks while nobody looks.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import ssl
from typing import Annotated
from urllib.parse import quote, urlsplit

from msgspec import Meta, Struct

from monitor.alerts.alert import Notice
from monitor.channels import mqtt_packets as packets
from monitor.channels.channel import Limits
from monitor.channels.render import Language, Style
from monitor.channels.webhook import to_json
from monitor.clock import Clock
from monitor.errors import ConfigError, DeliveryError
from monitor.secrets import Secret, resolve

PORTS = {"mqtt": 1883, "mqtts": 8883}
PLACES = ("room", "sku", "rule", "action")
KEEPALIVE_S = 60
GOODBYE_S = 1.0

# MQTT 5 reason codes that stay until somebody acts: malformed, protocol, version, client id,
# user or password, not authorised, banned, method, topic, packet too large, quota, payload.
NEEDS_SOMEBODY = frozenset(
    {0x81, 0x82, 0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x90, 0x95, 0x99, 0x9A}
)  # fmt: skip
WORDS = {
    0x10: "nobody is subscribed to the topic",
    0x86: "the broker refuses the user or the password",
    0x87: "the broker does not allow it",
    0x88: "the broker is not there yet",
    0x89: "the broker is busy",
    0x90: "the broker refuses the topic",
    0x97: "the broker's quota is used up",
}


class MqttCommandSettings(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True,
    tag_field="kind", tag="mqtt_command",
):  # fmt: skip
    """`topic` may hold {room}, {sku}, {rule} and {action}; what a topic can not hold in them
    is percent-encoded."""

    name: str
    broker: str  # mqtt://host:1883, mqtts://host:8883
    topic: str
    client_id: str = ""  # roomwatch-<name> if empty
    username: str = ""
    password: str = ""
    password_file: str = ""
    password_env: str = ""
    password_credential: str = ""
    ca_file: str = ""  # an authority of your own, for mqtts://
    per_minute: float = 300.0
    burst: int = 50
    language: Language = "zh"
    utc_offset_h: float = 8.0
    timeout_s: Annotated[float, Meta(gt=0)] = 10.0
    fallback: str = ""


def make(settings: MqttCommandSettings, clock: Clock) -> MqttCommandChannel:
    """Raises ConfigError for a broker or topic that can not be, or a secret that is not there."""
    where = f"channel {settings.name}"
    try:
        parts = urlsplit(settings.broker)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not port or not parts.hostname or parts.username or parts.path.strip("/"):
        raise ConfigError(f"{where}: its broker can not be read — write mqtt://host:1883")
    mistake = _mistake(settings.topic)
    if mistake:
        raise ConfigError(f"{where}: its topic {mistake}")
    password = resolve(
        "password",
        plain=settings.password,
        file=settings.password_file,
        env=settings.password_env,
        credential=settings.password_credential,
    )
    if password is not None and not settings.username:
        raise ConfigError(f"{where}: a password and no username — write username, too")
    tls = _context(where, settings.ca_file) if parts.scheme == "mqtts" else None
    return MqttCommandChannel(settings, (parts.hostname, port), password, tls, clock)


class MqttCommandChannel:
    """Publishes to one broker."""

    def __init__(
        self,
        settings: MqttCommandSettings,
        address: tuple[str, int],
        password: Secret | None,
        tls: ssl.SSLContext | None,
        clock: Clock,
    ) -> None:
        self.name = settings.name
        self.limits = Limits(
            settings.per_minute, settings.burst, min(5, settings.burst // 2), settings.timeout_s
        )
        self._style = Style(settings.language, settings.utc_offset_h)
        self._settings = settings
        self._address = address
        self._password = password
        self._tls = tls
        self._clock = clock

    async def send(self, notice: Notice) -> str | None:
        message = packets.publish(
            topic(self._settings.topic, notice),
            to_json(notice, self._style),
            math.ceil(notice.expires_at - self._clock.now()),
            "application/json",
            notice.id,
        )
        try:
            async with asyncio.timeout(self.limits.timeout_s):
                await self._publish(message)
        except TimeoutError:
            raise DeliveryError("no answer in time", retry=True) from None
        except packets.BrokenError as error:
            raise DeliveryError(str(error), retry=True) from None
        except ssl.SSLError:
            raise DeliveryError("its certificate is not valid", retry=True) from None
        except OSError:
            raise DeliveryError("can not connect", retry=True) from None
        return None

    async def _publish(self, message: bytes) -> None:
        """On a connection of its own, which is closed whatever happens."""
        host, port = self._address
        reader, writer = await asyncio.open_connection(host, port, ssl=self._tls)
        try:
            settings = self._settings
            client_id = settings.client_id or f"roomwatch-{settings.name}"
            password = self._password.reveal() if self._password is not None else ""
            writer.write(packets.connect(client_id, settings.username, password, KEEPALIVE_S))
            _refuse(await packets.read(reader), packets.CONNACK)
            writer.write(message)
            _refuse(await packets.read(reader), packets.PUBACK)
            writer.write(packets.disconnect())
            await writer.drain()
            writer.close()
        except BaseException:
            writer.transport.abort()
            raise
        finally:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await writer.wait_closed()

    async def aclose(self) -> None:
        """Nothing stays open."""

    def __repr__(self) -> str:
        return f"MqttCommandChannel({self.name!r})"


def topic(template: str, notice: Notice) -> str:
    """Where a notice goes; what it names is percent-encoded where a topic can not hold it."""
    change = notice.change
    action = notice.command.action if notice.command is not None else change.change
    named = zip(PLACES, (change.room, change.sku or "", change.rule, action), strict=True)
    for place, value in named:
        template = template.replace("{" + place + "}", _level(value))
    return template


def _level(value: str) -> str:
    """One level of a topic: letters of any language stay, `/ + # %` and what hides do not."""
    return "".join(
        each if each.isalnum() or each in "-_.:~" else quote(each, safe="") for each in value
    ) or "-"  # fmt: skip


def _mistake(template: str) -> str:
    """What is wrong with a topic; empty when nothing is."""
    if not template or len(template) > 512:
        return "is empty or too long — write for example rooms/{room}/commands"
    if any(character in "+#\0" for character in template):
        return "holds a wildcard — write for example rooms/{room}/commands"
    left = template
    for place in PLACES:
        left = left.replace("{" + place + "}", "")
    if "{" in left or "}" in left:
        known = ", ".join("{" + place + "}" for place in PLACES)
        return f"names something unknown — write {known} or none of them"
    return ""


def _context(where: str, ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(
            f"{where}: ca_file can not be read ({reason}) — write the path of a PEM file"
        ) from None


def _refuse(packet: packets.Packet, wanted: int) -> None:
    """Raise DeliveryError unless this is the packet we wait for, and says yes."""
    if packet.kind == wanted and packet.code == 0:
        return
    if packet.kind != wanted and packet.code == 0:
        raise DeliveryError("the broker ended the connection", retry=True)
    what = WORDS.get(packet.code, f"the broker says 0x{packet.code:02x}")
    raise DeliveryError(what, retry=packet.code not in NEEDS_SOMEBODY)
