"""Commands over MQTT 5, to a real broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from monitor.alerts.alert import Command
from monitor.channels.mqtt_command import MqttCommandSettings, make, topic
from monitor.clock import ManualClock
from monitor.errors import ConfigError, DeliveryError
from tests.services import certificate, mosquitto
from tests.storage.notices import T0, fired, notice

CLOCK = ManualClock(T0)
COMMAND = Command(action="take_down", key="out|dy-1|s1", values={"state": "off"})


def settings(port: int = 1883, **fields: Any) -> MqttCommandSettings:
    return MqttCommandSettings(
        **{"name": "it", "broker": f"mqtt://127.0.0.1:{port}", "topic": "rooms/{room}/{action}"}
        | fields
    )


def command(**given: Any) -> Any:
    change = fired("out", "dy-1", key="act|take_down|out|dy-1|s1", sku="s1", ttl_s=20)
    return notice(change, command=COMMAND, **given)


@asynccontextmanager
async def listening(port: int, topic: str = "#", **user: Any) -> AsyncIterator[aiomqtt.Client]:
    async with aiomqtt.Client(
        "127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5, **user
    ) as client:
        await client.subscribe(topic, qos=1)
        yield client


@pytest.mark.services
async def test_a_machine_is_told_what_to_do(tmp_path: Path) -> None:
    """With the same key each time, and for as long as the notice is worth anything."""
    with mosquitto(tmp_path) as broker:
        await broker.start()
        channel = make(settings(broker.port), CLOCK)
        async with listening(broker.port) as client:
            await channel.send(command())
            message = await anext(aiter(client.messages))
    body = json.loads(message.payload)

    assert "rooms/dy-1/take_down" == str(message.topic)
    assert ("take_down", {"state": "off"}, "dy-1", "s1", "out|dy-1|s1") == (
        body["command"], body["with"], body["alert"]["room"], body["alert"]["sku"],
        body["alert"]["key"],
    )  # fmt: skip
    assert b"act|take_down|out|dy-1|s1|1|fired|ops" == message.properties.CorrelationData
    assert 0 < message.properties.MessageExpiryInterval <= 20


@pytest.mark.services
async def test_where_nobody_listens_nobody_does_it(tmp_path: Path) -> None:
    """So it is tried again."""
    with mosquitto(tmp_path) as broker:
        await broker.start()
        channel = make(settings(broker.port), CLOCK)
        with pytest.raises(DeliveryError) as told:
            await channel.send(command())

    assert ("nobody is subscribed to the topic", True) == (told.value.reason, told.value.retry)


@pytest.mark.services
async def test_a_wrong_password_is_not_tried_again_and_not_shown(tmp_path: Path) -> None:
    with mosquitto(tmp_path, user=("house", "right-password")) as broker:
        await broker.start()
        right, wrong = (
            make(settings(broker.port, username="house", password=password), CLOCK)
            for password in ("right-password", "wrong-password")
        )
        async with listening(broker.port, username="house", password="right-password") as client:
            await right.send(command())
            await anext(aiter(client.messages))
        with pytest.raises(DeliveryError) as told:
            await wrong.send(command())

    assert not told.value.retry
    assert "wrong-password" not in f"{told.value} {told.value!r} {wrong!r}"


@pytest.mark.services
async def test_what_the_broker_does_not_allow_is_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic read #\n")
    with mosquitto(tmp_path, f"acl_file {tmp_path / 'acl'}") as broker:
        await broker.start()
        with pytest.raises(DeliveryError) as told:
            await make(settings(broker.port), CLOCK).send(command())

    assert ("the broker does not allow it", False) == (told.value.reason, told.value.retry)


@pytest.mark.services
async def test_over_tls_the_broker_is_checked(tmp_path: Path) -> None:
    """By an authority of your own; a stranger's certificate is refused."""
    cert, key = certificate(tmp_path / "tls", "broker")
    other, _ = certificate(tmp_path / "other", "stranger")
    with mosquitto(tmp_path, f"certfile {cert}", f"keyfile {key}") as broker:
        await broker.start()
        at = f"mqtts://127.0.0.1:{broker.port}"
        trusted = make(settings(broker=at, ca_file=str(cert)), CLOCK)
        stranger = make(settings(broker=at, ca_file=str(other)), CLOCK)
        reasons = []
        for channel in (trusted, stranger):
            with pytest.raises(DeliveryError) as told:
                await channel.send(command())
            reasons.append(told.value.reason)

    assert ["nobody is subscribed to the topic", "its certificate is not valid"] == reasons


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], "what answers is no MQTT broker"),
        ([b""], "the connection broke"),
        ([b"\x20\x03\x00\x89\x00"], "the broker is busy"),
        ([b"\x20\x03\x00\x00\x00", b"\xe0\x00"], "the broker ended the connection"),
        ([b"\x20\x03\x00\x00\x00", b"\x40\x03\x00\x01\x97"], "the broker's quota is used up"),
        ([b"\x20\x03\x00\x00\x00", b"\x40\x03\x00\x01\x80"], "the broker says 0x80"),
    ],
)
async def test_a_broker_that_misbehaves_may_come_to_itself(answers, what):
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.read(4096)
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DeliveryError) as told:
            await make(settings(port), CLOCK).send(command())

    assert (what, True) == (told.value.reason, told.value.retry)
    assert str(port) not in f"{told.value} {told.value!r}"


async def test_a_broker_that_says_nothing_has_a_time():
    """And one send that is cut off leaves nothing open."""
    gone = asyncio.Event()

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            pass
        writer.close()
        gone.set()

    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DeliveryError, match="no answer in time"):
            await make(settings(port, timeout_s=0.1), CLOCK).send(command())
        async with asyncio.timeout(5):
            await gone.wait()


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("rooms/{room}/{action}", "rooms/dy%2F1%2B%23/take_down"),
        ("{rule}/{sku}", "out/%E2%80%8Bs"),
        ("shelf", "shelf"),
    ],
)
def test_what_a_topic_names_can_not_lead_elsewhere(template, place):
    """No level more, no wildcard, nothing that can not be seen."""
    made = notice(fired("out", "dy/1+#", sku="\u200bs"), command=COMMAND)

    assert place == topic(template, made)


def test_a_topic_of_a_notice_names_its_change_and_letters_of_any_language_stay():
    assert "抖音:7/-/fired" == topic("{room}/{sku}/{action}", notice(fired(room="抖音:7")))


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"broker": "127.0.0.1"}, "its broker can not be read — write mqtt://host:1883"),
        ({"broker": "http://127.0.0.1"}, "its broker can not be read"),
        ({"broker": "mqtt://u:p@127.0.0.1"}, "its broker can not be read"),
        ({"broker": "mqtt://127.0.0.1:99999"}, "its broker can not be read"),
        ({"topic": ""}, "its topic is empty or too long — write"),
        ({"topic": "rooms/+"}, "its topic holds a wildcard — write"),
        (
            {"topic": "rooms/{rom}"},
            "its topic names something unknown — write {room}, {sku}, {rule}, {action}",
        ),
        ({"password": "x"}, "a password and no username — write username, too"),
        ({"broker": "mqtts://127.0.0.1", "ca_file": "/nowhere"}, "ca_file can not be read"),
    ],
)
def test_settings_that_can_not_be_are_refused(fields, what):
    with pytest.raises(ConfigError) as told:
        make(settings(**fields), CLOCK)

    assert str(told.value).startswith(f"channel it: {what}")
