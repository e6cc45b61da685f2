"""The parts of aiomqtt that are stood on, and what its answers mean."""

from __future__ import annotations

import aiomqtt
import pytest
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from monitor.sources.mqtt_connection import Connection, RefusedError, _refusal, check


def connection():
    return Connection(
        host="127.0.0.1",
        port=1,
        client_id="a",
        username=None,
        password=None,
        tls=None,
        keepalive_s=10,
        session_expiry_s=60,
        receive_maximum=10,
        arrived=lambda *message: None,
    )


async def test_the_installed_aiomqtt_has_what_is_stood_on():
    """An upgrade that takes it away must fail here and at the start, not lose messages."""
    made = connection()

    check(made)
    await made.shut()


async def test_an_aiomqtt_without_manual_acknowledgement_is_refused():
    """With what to install."""

    class Later:
        _client = object()

    with pytest.raises(RuntimeError, match=r"manual_ack_set.*install aiomqtt>=2\.5,<3"):
        check(Later())


@pytest.mark.parametrize(
    ("name", "needs_somebody"),
    [
        ("Bad user name or password", True),
        ("Not authorized", True),
        ("Banned", True),
        ("Client identifier not valid", True),
        ("Server unavailable", False),
        ("Server busy", False),
        ("Quota exceeded", False),
    ],
)
async def test_what_stays_until_somebody_acts_is_told_apart(name, needs_somebody):
    """A busy broker is tried again soon, a wrong password slowly."""
    error = MqttConnectError(ReasonCode(PacketTypes.CONNACK, name))

    assert needs_somebody == isinstance(_refusal(error), RefusedError)


async def test_a_broker_that_is_away_is_an_error_and_leaves_nothing_open():
    """Port 1 refuses; the connection is shut all the same."""
    made = connection()

    with pytest.raises(aiomqtt.MqttError):
        await made.open("a", 1)
    await made.shut()
    assert made._misc_task is None
