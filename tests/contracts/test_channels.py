"""What every channel promises, against a receiver that misbehaves in every way."""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest

from monitor.channels.channel import Channel
from monitor.channels.cloudevents import CloudEventsSettings
from monitor.channels.log import LogSettings
from monitor.channels.mqtt_command import MqttCommandSettings
from monitor.channels.slack import SlackSettings
from monitor.channels.table import ChannelSettings, make
from monitor.channels.webhook import WebhookSettings
from monitor.channels.wecom_bot import WecomBotSettings
from monitor.clock import ManualClock
from monitor.errors import ConfigError, DeliveryError
from tests.alerts.changes import T0
from tests.receiver import Receiver, Reply, receiving
from tests.services import mosquitto
from tests.storage.notices import fired, notice

CANARY = "canary-9d1c44e7"
TIMEOUT_S = 20.0


@dataclass
class Case:
    """A channel over HTTP: its settings for a receiver, and what its receiver says."""

    settings: Any
    took: Reply
    refusals: list[tuple[Reply, bool, float | None]] = field(default_factory=list)


def slack(url: str) -> SlackSettings:
    return SlackSettings(
        name="it", to="C1", token=CANARY, base_url=f"{url}/api/", timeout_s=TIMEOUT_S
    )


def wecom_bot(url: str) -> WecomBotSettings:
    return WecomBotSettings(name="it", key=CANARY, base_url=f"{url}/send", timeout_s=TIMEOUT_S)


def cloudevents(url: str) -> CloudEventsSettings:
    return CloudEventsSettings(
        name="it", url=f"{url}/in/{CANARY}", secret=CANARY, allow_hosts=("127.0.0.1",),
        timeout_s=TIMEOUT_S,
    )  # fmt: skip


def mqtt_command(url: str) -> MqttCommandSettings:
    return MqttCommandSettings(
        name="it", broker=url.replace("http", "mqtt"), topic="rooms/{room}", username="house",
        password=CANARY, timeout_s=TIMEOUT_S,
    )  # fmt: skip


def webhook(url: str) -> WebhookSettings:
    return WebhookSettings(
        name="it", url=f"{url}/hook/{CANARY}", secret=CANARY, allow_hosts=("127.0.0.1",),
        timeout_s=TIMEOUT_S,
    )  # fmt: skip


CASES = {
    "slack": Case(
        slack,
        Reply(json={"ok": True, "channel": "C1", "ts": "1.5"}),
        [
            (Reply(json={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "9"}),
             True, 9.0),
            (Reply(429, json={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "9"}),
             True, 9.0),
            (Reply(json={"ok": False, "error": "internal_error"}), True, None),
            (Reply(json={"ok": False, "error": "channel_not_found"}), False, None),
            (Reply(json={"ok": False, "error": "invalid_auth"}), False, None),
            (Reply(text="<html>"), True, None),
            (Reply(json=[]), True, None),
        ],
    ),
    "wecom_bot": Case(
        wecom_bot,
        Reply(json={"errcode": 0, "errmsg": "ok"}),
        [
            (Reply(json={"errcode": -1}), True, None),
            (Reply(json={"errcode": 45009}), True, 60 - T0 % 60),
            (Reply(json={"errcode": 45033}), True, None),
            (Reply(json={"errcode": 93000}), False, None),
            (Reply(json={"errcode": 93004}), False, None),
            (Reply(json={"errcode": 93008}), False, None),
            (Reply(json={"errcode": 45002}), False, None),
            (Reply(json={"errcode": 40008}), False, None),
            (Reply(json={"errcode": 77777}), True, None),
            (Reply(text="<html>"), True, None),
        ],
    ),
    "webhook": Case(
        webhook,
        Reply(json={}),
        [
            (Reply(400, json={}), False, None),
            (Reply(410, json={}), False, None),
            (Reply(307, json={}, headers={"Location": "http://127.0.0.1/"}), False, None),
        ],
    ),
}  # fmt: skip

CASES["cloudevents"] = Case(cloudevents, Reply(json={}), CASES["webhook"].refusals)
ALL = {name: case.settings for name, case in CASES.items()} | {"mqtt_command": mqtt_command}

EVERYWHERE = [
    (Reply(429, text="slow down", headers={"Retry-After": "7"}), True, 7.0),
    (Reply(500, text="oops"), True, None),
    (Reply(502, text="<html>bad gateway</html>"), True, None),
    (Reply(503, text="later", headers={"Retry-After": "30"}), True, 30.0),
    (Reply(404, text="no"), False, None),
    (Reply(hang=True), True, None),
    (Reply(reset=True), True, None),
]
REFUSALS = [
    pytest.param(name, *refusal, id=f"{name}-{number}")
    for name, case in CASES.items()
    for number, refusal in enumerate(EVERYWHERE + case.refusals)
]


async def refusal_of(channel: Channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.send(notice())
    return caught.value


def made(name: str, receiver: Receiver, timeout_s: float = TIMEOUT_S) -> Channel:
    settings = CASES[name].settings(receiver.url)
    return make(msgspec.structs.replace(settings, timeout_s=timeout_s), ManualClock(T0))


@pytest.mark.parametrize("name", CASES)
async def test_a_notice_that_is_taken_is_sent_once(name):
    """And its words are in it."""
    async with receiving() as receiver:
        receiver.always = CASES[name].took
        channel = made(name, receiver)
        await channel.send(notice(fired(summary="评论变差")))
        await channel.aclose()

    [request] = receiver.requests
    assert "评论变差" in str(request.json)
    assert channel.name == "it"


@pytest.mark.parametrize(("name", "reply", "retry", "retry_after_s"), REFUSALS)
async def test_a_refusal_says_whether_and_when_trying_again_can_help(
    name, reply, retry, retry_after_s, caplog
):
    """It does not try again by itself, and shows no secret in error, repr or log."""
    caplog.set_level(logging.DEBUG)
    async with receiving() as receiver:
        receiver.always = reply
        channel = made(name, receiver, timeout_s=0.2 if reply.hang else TIMEOUT_S)
        error = await refusal_of(channel)
        await channel.aclose()

    assert (retry, retry_after_s) == (error.retry, error.retry_after_s)
    assert 1 == len(receiver.requests)
    seen = f"{error} {error!r} {error.__cause__!r} {channel!r} {caplog.text}"
    assert CANARY not in seen
    assert str(receiver.port) not in f"{error} {error!r}"


@pytest.mark.parametrize("name", ALL)
async def test_a_receiver_that_is_not_there_may_come_back(name):
    """Nobody listens on that port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        channel = make(ALL[name](url), ManualClock(T0))
        error = await refusal_of(channel)
        await channel.aclose()

    assert (True, "can not connect") == (error.retry, error.reason)


@pytest.mark.parametrize("name", CASES)
async def test_a_send_that_is_cut_off_leaves_the_channel_usable(name):
    """Delivery cuts a send off at its time-out."""
    async with receiving() as receiver:
        receiver.always = CASES[name].took
        receiver.script = [Reply(hang=True)]
        channel = made(name, receiver)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await channel.send(notice())
        await channel.send(notice())
        await channel.aclose()

    assert 2 == len(receiver.requests)


@pytest.mark.services
async def test_a_broker_is_a_receiver_like_the_others(tmp_path: Path, caplog) -> None:
    """
    What it takes is sent once, with its words; a send that is cut off leaves the channel
    usable; a refusal says whether trying again can help, and shows no secret.
    """
    caplog.set_level(logging.DEBUG)
    with mosquitto(tmp_path, user=("house", CANARY)) as broker:
        await broker.start()
        channel = make(mqtt_command(f"http://127.0.0.1:{broker.port}"), ManualClock(T0))
        nobody = await refusal_of(channel)
        async with aiomqtt.Client(
            "127.0.0.1", broker.port, username="house", password=CANARY
        ) as client:
            await client.subscribe("#", qos=1)
            broker.freeze()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await channel.send(notice())
            broker.thaw()
            await channel.send(notice(fired(summary="评论变差")))
            message = await anext(aiter(client.messages))
    gone = await refusal_of(channel)
    await channel.aclose()

    assert "评论变差" in str(msgspec.json.decode(message.payload))
    assert [True, True] == [nobody.retry, gone.retry]
    seen = f"{nobody!r} {gone!r} {gone.__cause__!r} {channel!r} {caplog.text}"
    assert CANARY not in seen
    assert str(broker.port) not in f"{gone} {gone!r}"


@pytest.mark.parametrize("name", ALL)
def test_a_channel_keeps_something_for_ordinary_notices(name):
    """A reserve for critical ones, not all of it; and every send is bounded."""
    channel = make(ALL[name]("http://127.0.0.1:9"), ManualClock(T0))

    assert 0 < channel.limits.reserve < channel.limits.burst
    assert TIMEOUT_S == channel.limits.timeout_s


@pytest.mark.parametrize("name", ALL)
def test_settings_say_what_is_missing(name):
    """A channel without its secret is refused at the start, not at the first alert."""
    settings = msgspec.structs.replace(
        ALL[name]("http://127.0.0.1:9"), **{"slack": {"token": ""},
        "wecom_bot": {"key": ""}, "webhook": {"url": ""}, "cloudevents": {"url": ""},
        "mqtt_command": {"username": ""}}[name],
    )  # fmt: skip

    with pytest.raises(
        ConfigError, match=r"^channel it: (no (token|key|url)|a password and no username) — write "
    ):
        make(settings, ManualClock())


def test_every_channel_is_known_by_its_kind():
    """A new one takes part in this suite."""
    kinds = {kind.__struct_config__.tag for kind in ChannelSettings.__args__}
    decoded = msgspec.json.decode(b'{"kind":"log"}', type=ChannelSettings)

    assert kinds == {*ALL, "log"}
    assert LogSettings() == decoded
    with pytest.raises(msgspec.ValidationError, match="unknown field `tocken`"):
        msgspec.json.decode(
            b'{"kind":"slack","name":"a","to":"C","tocken":"x"}', type=ChannelSettings
        )
