"""One connection to an MQTT 5 broker, from CONNECT to its end; never used twice.

aiomqtt's own loop acknowledges a message when it enters a queue, makes a task for
each and reads a packet a turn. This keeps its handling of the connection and
replaces that: messages go straight to `arrived`, are acknowledged when we say so,
many with one write, and are not read while `pause`d, so that TCP holds the broker back.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from collections.abc import Callable, Sequence
from typing import Any

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from monitor.sources.mqtt_inbound import Arrived, Inbound

PUBACK = 0x40

TURN = 256  # packets read in one turn of the loop: some 2 ms
CONNECT_S = 5.0  # for TCP and TLS, in a thread that can not be interrupted
ANSWER_S = 10.0  # for CONNACK and SUBACK
GOODBYE_S = 1.0
LARGEST_PACKET = 1024 * 1024  # bytes; the broker keeps larger ones to itself

# MQTT 5 reason codes that stay until somebody acts: unsupported protocol, client
# id, user or password, not authorised, banned, bad authentication method.
NEEDS_SOMEBODY = frozenset({0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C})


class RefusedError(Exception):
    """The broker does not let us in, or not to this topic."""


class Connection(aiomqtt.Client):
    """`arrived(payload, topic, mid, qos)` is called for each message, in order."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        client_id: str,
        username: str | None,
        password: str | None,
        tls: ssl.SSLContext | None,
        keepalive_s: int,
        session_expiry_s: int,
        receive_maximum: int,
        arrived: Callable[[bytes, str, int, int], None],
    ) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's own
        properties.SessionExpiryInterval = session_expiry_s
        properties.ReceiveMaximum = receive_maximum
        properties.MaximumPacketSize = LARGEST_PACKET
        super().__init__(
            host,
            port,
            identifier=client_id,
            username=username,
            password=password,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,  # a fresh start would throw away what waits for us
            properties=properties,
            keepalive=keepalive_s,
            tls_context=tls,
            timeout=ANSWER_S,
        )
        check(self)
        self._client.manual_ack_set(True)
        self._client.connect_timeout = CONNECT_S
        self._arrived = arrived
        self._inbound = Inbound(self._client._sock_recv)
        self._client._sock_recv = self._inbound.take  # type: ignore[method-assign]
        self._reading: Any = None  # the socket that is read from
        self._paused = False
        self._news = asyncio.Event()
        self._subscribing: asyncio.Task[None] | None = None

    async def open(self, topic: str, qos: int) -> None:
        """Connect, and begin to subscribe. Raises RefusedError or aiomqtt.MqttError.

        Messages of a kept session come before the broker answers SUBSCRIBE, and
        may have to be read before it can: so nobody waits for that answer here.
        """
        opening = asyncio.ensure_future(self.__aenter__())
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._give_up()
            with contextlib.suppress(aiomqtt.MqttError):
                await opening  # at most CONNECT_S, for the thread
            raise
        except MqttConnectError as error:
            raise _refusal(error) from None
        except aiomqtt.MqttError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise RefusedError("the broker's certificate is not trusted") from None
            raise
        self._disconnected.add_done_callback(lambda _: self._news.set())
        self._subscribing = asyncio.create_task(self._subscribe(topic, qos))
        self._subscribing.add_done_callback(lambda _: self._news.set())

    async def news(self) -> None:
        """Wait for a message, for the subscription, or for the end.

        Raises RefusedError or aiomqtt.MqttError once the connection is over.
        """
        await self._news.wait()
        self._news.clear()
        if self._disconnected.done():
            raise self._disconnected.exception() or aiomqtt.MqttError("disconnected")
        if self._subscribing is not None and self._subscribing.done():
            self._subscribing.result()

    @property
    def subscribed(self) -> bool:
        task = self._subscribing
        return task is not None and task.done() and not task.cancelled() and not task.exception()

    def acknowledge(self, mids: Sequence[int]) -> None:
        """PUBACK of each, in this order."""
        if mids and self._client.socket() is not None:
            packets = b"".join([struct.pack("!BBH", PUBACK, 2, mid) for mid in mids])
            self._client._packet_queue(PUBACK, packets, mids[-1], 1)

    def pause(self) -> None:
        """Read no more: TCP holds the broker back, until keepalive ends the connection."""
        if not self._paused and self._reading is not None:
            self._loop.remove_reader(self._reading.fileno())
        self._paused = True

    def resume(self) -> None:
        if self._paused and self._reading is not None:
            self._loop.add_reader(self._reading.fileno(), self._read)
            self._loop.call_soon(self._read)  # what was read already, no poll tells of
        self._paused = False

    async def shut(self) -> None:
        """Leave politely if there is somebody to be polite to, and release everything."""
        if self._subscribing is not None:
            self._subscribing.cancel()
            await asyncio.wait({self._subscribing})
            if not self._subscribing.cancelled():
                self._subscribing.exception()
        if self._connected.done() and not self._disconnected.done() and self._client.socket():
            self._client.disconnect()
            await asyncio.wait({self._disconnected}, timeout=GOODBYE_S)
        self._client._sock_close()
        for future in (self._connected, self._disconnected):
            if future.done() and not future.cancelled():
                future.exception()  # looked at, so that asyncio does not complain of it
        if self._misc_task is not None:
            self._misc_task.cancel()
            await asyncio.wait({self._misc_task})

    def _give_up(self) -> None:
        """End a connection attempt whose waiter has gone."""
        if not self._connected.done():
            self._connected.set_exception(aiomqtt.MqttError("given up"))
            self._connected.exception()

    async def _subscribe(self, topic: str, qos: int) -> None:
        options = SubscribeOptions(qos=qos, retainHandling=1)  # retained: only to a new session
        for code in await self.subscribe(topic, options=options):
            value = code if isinstance(code, int) else code.value
            if value >= 0x80:
                raise RefusedError(f"the broker refuses the topic: {code}")

    # What paho calls.

    def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
        self._news.set()
        self._arrived(message.payload, message.topic, message.mid, message.qos)

    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:
        super()._on_socket_open(client, userdata, sock)
        self._loop.call_soon_threadsafe(self._take_over, sock)

    def _on_socket_close(self, client: Any, userdata: Any, sock: Any) -> None:
        self._reading = None
        super()._on_socket_close(client, userdata, sock)

    def _take_over(self, sock: Any) -> None:
        if sock.fileno() >= 0:
            self._reading = sock
            self._loop.add_reader(sock.fileno(), self._read)
            self._loop.call_soon(self._read)

    def _read(self) -> None:
        """Read while something comes: messages ourselves, what else there is by paho."""
        try:
            for _ in range(TURN):
                if self._paused or self._reading is None:
                    return
                if self._client._in_packet["command"]:  # paho was given a part of it
                    self._client.loop_read()
                    if self._client._in_packet["command"]:
                        return
                    continue
                packet = self._inbound.packet()
                if isinstance(packet, Arrived):
                    self._news.set()
                    self._arrived(*packet)
                elif packet:
                    self._client.loop_read()
                elif not self._fill():
                    return
            self._loop.call_soon(self._read)
        except Exception as error:  # noqa: BLE001  # whatever a broken peer makes paho raise
            if not self._disconnected.done():
                self._disconnected.set_exception(
                    aiomqtt.MqttError(f"can not read the broker: {type(error).__name__}")
                )
            self._client._sock_close()

    def _fill(self) -> bool:
        """Whether more bytes came."""
        try:
            if self._inbound.fill():
                self._client._last_bytes_received = self._loop.time()  # the broker is alive
                return True
        except BlockingIOError:
            return False
        except OSError:
            pass  # paho meets it, too
        self._client.loop_read()  # which ends the connection
        return False


def check(client: aiomqtt.Client) -> None:
    """Refuse an aiomqtt that has not what manual acknowledgement stands on."""
    paho = getattr(client, "_client", None)
    missing = [
        name
        for owner, name in (
            (paho, "manual_ack_set"),
            (paho, "loop_read"),
            (paho, "_packet_queue"),
            (paho, "_sock_recv"),
            (paho, "_in_packet"),
            (paho, "_last_bytes_received"),
            (paho, "_sock_close"),
            (client, "_connected"),
            (client, "_disconnected"),
            (client, "_misc_task"),
            (client, "_loop"),
        )
        if not hasattr(owner, name)
    ]
    if missing:
        raise RuntimeError(f"this aiomqtt lacks {', '.join(missing)} — install aiomqtt>=2.5,<3")


def _refusal(error: MqttConnectError) -> Exception:
    code = error.rc
    value = code if isinstance(code, int) else getattr(code, "value", None)
    if value in NEEDS_SOMEBODY:
        return RefusedError(f"the broker says: {code}")
    return error
