"""What only MQTT does: sessions, acknowledgements, windows, passwords, certificates."""

from __future__ import annotations

import asyncio

import pytest

from monitor.errors import ConfigError
from monitor.sources.mqtt import MqttPosition
from tests.services import certificate, mosquitto, until
from tests.sources.peers import CLOCK, FAST, Broker, Reading

pytestmark = pytest.mark.services


@pytest.fixture
async def broker(tmp_path):
    async with Broker.make(tmp_path) as made:
        yield made


async def test_a_consumer_that_dies_without_acknowledging_loses_nothing(broker):
    """The library's default would have acknowledged all of it on arrival."""
    await broker.start()
    source = broker.settings().source(CLOCK)
    sent = [b"%d" % number for number in range(200)]
    reading = Reading(source)
    await until(lambda: source.health.state == "connected")
    await broker.send(sent)
    await until(lambda: len(reading.frames) == 200)
    await reading.stop()

    again = broker.settings().source(CLOCK)
    async with Reading(again) as reading:
        await until(lambda: len(reading.frames) >= 200)

    assert sent == reading.data


async def test_what_is_sent_while_nobody_is_there_waits(broker):
    """The session outlives the process: no clean start, and an expiry."""
    await broker.start()
    async with Reading(broker.settings().source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
    sent = [b"%d" % number for number in range(1500)]  # more than the broker keeps by default
    await broker.send(sent)

    async with Reading(broker.settings().source(CLOCK)) as reading:
        await until(lambda: len(reading.frames) == 1500)

    assert sent == reading.data


async def test_acknowledgements_go_out_in_order_and_up_to_the_position(broker):
    """The rest comes again, from the first one not acknowledged on."""
    await broker.start()
    async with Reading(broker.settings().source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
        await broker.send([b"%d" % number for number in range(30)])
        await until(lambda: len(reading.frames) == 30)
        for index in (9, 4, 19):  # backwards is harmless
            await reading.source.acknowledge(reading.frames[index].position)

    async with Reading(broker.settings().source(CLOCK)) as again:
        await until(lambda: len(again.frames) >= 10)

    assert [b"%d" % number for number in range(20, 30)] == again.data


async def test_positions_of_another_connection_acknowledge_nothing(broker):
    """Message numbers begin anew with each connection."""
    await broker.start()
    async with Reading(broker.settings().source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
        await broker.send([b"1", b"2"])
        await until(lambda: len(reading.frames) == 2)
        await reading.source.acknowledge(MqttPosition(99, 2))

    async with Reading(broker.settings().source(CLOCK)) as again:
        await until(lambda: len(again.frames) >= 2)

    assert [b"1", b"2"] == again.data


async def test_after_a_reconnect_acknowledgements_begin_anew(broker):
    """What was left of the old connection must not stand before the new one's."""
    await broker.start()
    source = broker.settings().source(CLOCK)
    async with Reading(source) as reading:
        await until(lambda: source.health.state == "connected")
        await broker.send([b"%d" % number for number in range(10)])
        await until(lambda: len(reading.frames) == 10)
        await source.acknowledge(reading.frames[2].position)
        await broker.send([b"a sign that they are through"])
        await until(lambda: len(reading.frames) == 11)
        await broker.stop()
        await until(lambda: source.health.state == "degraded")
        await broker.start()
        await until(lambda: len(reading.frames) == 19)
        await source.acknowledge(reading.frames[12].position)

    async with Reading(broker.settings().source(CLOCK)) as again:
        await until(lambda: len(again.frames) >= 6)

    assert reading.data[3:11] == reading.data[11:]
    assert reading.data[5:11] == again.data


async def test_a_backlog_larger_than_what_may_be_held_is_read_bit_by_bit(broker):
    """Old brokers ignore the window, and the answer to SUBSCRIBE waits behind the backlog."""
    await broker.start()
    small = {"receive_maximum": 10, "max_bytes": 4096}
    async with Reading(broker.settings(**small).source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
    sent = [b"%d " % number * 200 for number in range(300)]
    await broker.send(sent)

    source = broker.settings(**small).source(CLOCK)
    most = 0
    async with Reading(source) as reading, asyncio.timeout(20):
        while len(reading.frames) < 300:
            most = max(most, len(source._held))
            if reading.frames:
                await source.acknowledge(reading.frames[-1].position)
            await asyncio.sleep(0.001)

    assert sent == reading.data
    assert 10 >= most


async def test_the_topic_comes_with_the_frame(broker):
    """Some formats name their room in it."""
    await broker.start()
    async with Reading(broker.settings().source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
        await broker.send([b"1"])
        await until(lambda: reading.frames)

    assert "rooms/a" == reading.frames[0].topic


async def test_a_wrong_password_is_refused_and_tried_slowly(tmp_path):
    """It never shows the password, and gets in once that is right."""
    with mosquitto(tmp_path, user=("watch", "right-password")) as service:
        await service.start()
        secret = tmp_path / "secret"
        secret.write_text("wrong-password\n")
        broker = Broker(service)
        settings = broker.settings(username="watch", password_file=str(secret), retry_refused_s=0.2)
        wrong = settings.source(CLOCK)
        async with Reading(wrong):
            await until(lambda: wrong.health.refused >= 2)
            health = wrong.health
            assert "refused" == health.state
            assert "wrong-password" not in health.detail
            assert "ot authori" in health.detail

        secret.write_text("right-password\n")
        right = settings.source(CLOCK)
        async with Reading(right):
            await until(lambda: right.health.state == "connected")


async def test_a_topic_the_broker_refuses_needs_somebody():
    """Its answer to SUBSCRIBE is looked at; mosquitto grants and then sends nothing."""

    async def refuse(reader, writer):
        await reader.read(1000)
        writer.write(bytes.fromhex("20 03 00 00 00"))  # CONNACK: welcome
        subscribe = await reader.read(1000)
        writer.write(b"\x90\x04" + subscribe[2:4] + b"\x00\x87")  # SUBACK: not authorised
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    source = Broker(type("Service", (), {"port": port})).settings().source(CLOCK)

    async with Reading(source):
        await until(lambda: source.health.refused >= 2)
        server.close()

        assert "the broker refuses the topic: Not authorized" == source.health.detail


async def test_a_broker_that_stops_answering_is_noticed(broker):
    """After twice the keepalive less a second."""
    await broker.start()
    source = broker.settings(keepalive_s=1).source(CLOCK)

    async with Reading(source):
        await until(lambda: source.health.state == "connected")
        broker._service.freeze()
        await until(lambda: source.health.state == "degraded", 8)
        broker._service.thaw()
        await until(lambda: source.health.state == "connected")


async def test_it_can_be_cancelled_while_a_frozen_broker_does_not_answer(broker):
    """Nothing waits for CONNACK once nobody wants it."""
    await broker.start()
    broker._service.freeze()
    reading = Reading(broker.settings().source(CLOCK))
    await asyncio.sleep(0.1)

    async with asyncio.timeout(2):
        await reading.stop()

    assert reading.task.cancelled()
    broker._service.thaw()


async def test_tls_trusts_the_authority_given_and_no_other(tmp_path):
    """The wrong one is refused with its reason."""
    certificate(tmp_path / "other", "other")
    authority, key = certificate(tmp_path / "own", "own")
    tls = (f"certfile {authority}", f"keyfile {key}")
    with mosquitto(tmp_path, *tls) as service:
        await service.start()
        fields = {**FAST, "broker": f"mqtts://127.0.0.1:{service.port}", "topic": "a"}
        make = Broker(service).settings
        right = make(**fields, ca_file=str(authority)).source(CLOCK)
        wrong = make(**fields, ca_file=str(tmp_path / "other" / "other.pem")).source(CLOCK)

        async with Reading(right), Reading(wrong):
            await until(lambda: right.health.state == "connected")
            await until(lambda: wrong.health.state == "refused")
            assert "the broker's certificate is not trusted" == wrong.health.detail


@pytest.mark.parametrize(
    "address", ["http://a", "mqtt://", "mqtt://user:pass@a", "mqtt://a:port", "::"]
)
async def test_an_address_that_is_none_is_a_mistake_in_the_config(address):
    """It is told before anything starts, without the password in it."""
    settings = Broker(type("Service", (), {"port": 1})).settings(broker=address)

    with pytest.raises(ConfigError, match=r"door\.broker: not a broker's address") as error:
        settings.source(CLOCK)

    assert "pass@" not in str(error.value)
