"""Reads a topic of an MQTT 5 broker, and loses nothing that was sent with QoS 1.

The session outlives the process (fixed client id, no clean start, an expiry of a
day), and a message is acknowledged only once what it did is safe; until then the
broker keeps it and would send it again. What bounds us: the receive maximum (the
broker stops there), and because brokers before 2.0.13 forget it, a cap on frames
and bytes held here, past which the socket is not read.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import aiomqtt
from msgspec import Meta, Struct

from monitor.clock import Clock
from monitor.errors import ConfigError
from monitor.frames import Frame
from monitor.secrets import resolve
from monitor.sources.backoff import Backoff
from monitor.sources.mqtt_connection import Connection, RefusedError
from monitor.sources.source import Bytes, RetrySettings, SourceHealth, cut
from monitor.sources.standing import Standing
from monitor.sources.tls import client_context

PORTS = {"mqtt": 1883, "mqtts": 8883}


class MqttSettings(RetrySettings, frozen=True, kw_only=True, tag="mqtt"):
    """The password is given in one of the four ways of monitor/secrets.py."""

    broker: str  # mqtt://host:1883, mqtts://host:8883 or host:port
    topic: str  # a filter: rooms/+/events, $share/group/rooms/#
    qos: Literal[0, 1] = 1
    client_id: str = ""  # roomwatch-<name> if empty; two clients of one id drive each other out
    username: str = ""
    password: str = ""
    password_file: str = ""
    password_env: str = ""
    password_credential: str = ""
    ca_file: str = ""  # an authority of your own, for mqtts://
    cert_file: str = ""  # the client's own certificate, if the broker asks for one
    key_file: str = ""
    keepalive_s: Annotated[int, Meta(ge=1, le=600)] = 10  # a dead broker is noticed after 2n - 1 s
    session_expiry_s: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 86_400
    receive_maximum: Annotated[int, Meta(ge=1, le=65_535)] = 10_000
    max_bytes: Bytes = 64 * 1024 * 1024  # held here before the inbox

    def source(self, clock: Clock) -> Mqtt:
        return Mqtt(self, clock)


class MqttPosition(Struct, frozen=True):
    """The n-th message of the k-th connection."""

    connection: int
    message: int


class Mqtt:
    """A new Connection for each attempt; frames wait here between it and the reader."""

    def __init__(self, settings: MqttSettings, clock: Clock) -> None:
        self.name = settings.name
        self._settings = settings
        self._clock = clock
        self._standing = Standing(settings.name, clock)
        self._secure, self._host, self._port = _address(settings)
        self._tls = None
        if self._secure:
            self._tls = client_context(
                f"{settings.name}.ca_file", settings.ca_file, settings.cert_file, settings.key_file
            )
        self._password = resolve(
            "password",
            plain=settings.password,
            file=settings.password_file,
            env=settings.password_env,
            credential=settings.password_credential,
        )
        self._connection: Connection | None = None
        self._number = 0
        self._messages = 0
        self._held: deque[Frame] = deque()
        self._held_bytes = 0
        self._unacknowledged: deque[tuple[int, int]] = deque()  # message, mid

    @property
    def health(self) -> SourceHealth:
        return self._standing.health

    def window(self) -> int | None:
        return self._settings.receive_maximum if self._settings.qos else None

    async def acknowledge(self, upto: Any) -> None:
        """Acknowledge in the order of arrival; positions of earlier connections mean nothing."""
        connection = self._connection
        if not isinstance(upto, MqttPosition) or connection is None:
            return
        if upto.connection != self._number:
            return
        waiting = self._unacknowledged
        mids = []
        while waiting and waiting[0][0] <= upto.message:
            mids.append(waiting.popleft()[1])
        connection.acknowledge(mids)

    async def frames(self) -> AsyncIterator[Frame]:
        settings, standing = self._settings, self._standing
        backoff = Backoff(settings.retry_s, settings.retry_most_s)
        try:
            while True:
                connection = self._connect()
                try:
                    await connection.open(settings.topic, settings.qos)
                    while True:
                        while self._held:
                            yield self._take()
                        if connection.subscribed and standing.health.state != "connected":
                            standing.connected()
                        await connection.news()
                except RefusedError as error:
                    wait_s = backoff.around(settings.retry_refused_s)
                    standing.refused(str(error))
                except aiomqtt.MqttError as error:
                    backoff.stood(standing.stood_s())
                    wait_s = backoff.next_s()
                    standing.degraded(_words(error))
                finally:
                    self._connection = None
                    self._unacknowledged.clear()  # the broker sends them again
                    await connection.shut()
                while self._held:
                    yield self._take()
                await asyncio.sleep(wait_s)
        finally:
            self._held.clear()
            self._held_bytes = 0
            standing.stopped()

    def _connect(self) -> Connection:
        settings = self._settings
        self._number += 1
        self._messages = 0
        self._connection = Connection(
            host=self._host,
            port=self._port,
            client_id=settings.client_id or f"roomwatch-{settings.name}",
            username=settings.username or None,
            password=self._password.reveal() if self._password else None,
            tls=self._tls,
            keepalive_s=settings.keepalive_s,
            session_expiry_s=settings.session_expiry_s,
            receive_maximum=settings.receive_maximum,
            arrived=self._arrived,
        )
        return self._connection

    def _arrived(self, payload: bytes, topic: str, mid: int, qos: int) -> None:
        self._messages += 1
        frame = Frame(
            data=cut(payload),
            received_at=self._clock.now(),
            position=MqttPosition(self._number, self._messages),
            topic=topic,
        )
        self._standing.took(frame)
        if qos:
            self._unacknowledged.append((self._messages, mid))
        self._held.append(frame)
        self._held_bytes += len(frame.data)
        if self._is_full() and self._connection is not None:
            self._connection.pause()

    def _take(self) -> Frame:
        frame = self._held.popleft()
        self._held_bytes -= len(frame.data)
        if self._connection is not None and not self._is_full():
            self._connection.resume()
        return frame

    def _is_full(self) -> bool:
        settings = self._settings
        return len(self._held) >= settings.receive_maximum or self._held_bytes >= settings.max_bytes


def _address(settings: MqttSettings) -> tuple[bool, str, int]:
    """Whether it is TLS, the host and the port."""
    text = settings.broker if "://" in settings.broker else f"mqtt://{settings.broker}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit("wrong:"), None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise ConfigError(
            f"{settings.name}.broker: not a broker's address — write for example"
            " `mqtt://127.0.0.1:1883` or `mqtts://broker.example:8883`, the user and the"
            " password in their own fields"
        )
    return parts.scheme == "mqtts", parts.hostname, port or PORTS[parts.scheme]


def _words(error: Exception) -> str:
    text = str(error)
    return text or type(error).__name__
