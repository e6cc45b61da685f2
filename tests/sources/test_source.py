"""What the contract itself holds: the settings' common fields and the cut."""

from __future__ import annotations

import msgspec
import pytest

from monitor.sources.file import FileSettings
from monitor.sources.mqtt import MqttSettings
from monitor.sources.redis_stream import RedisStreamSettings
from monitor.sources.source import LARGEST_PAYLOAD, cut
from monitor.sources.webhook import WebhookSettings
from monitor.sources.websocket_client import WebsocketClientSettings
from monitor.sources.websocket_server import WebsocketServerSettings

Settings = (
    MqttSettings
    | RedisStreamSettings
    | WebsocketClientSettings
    | WebsocketServerSettings
    | WebhookSettings
    | FileSettings
)
LEAST = {
    "mqtt": {"broker": "127.0.0.1", "topic": "a"},
    "redis_stream": {"stream": "a"},
    "websocket_client": {"url": "ws://127.0.0.1:8888"},
    "websocket_server": {},
    "webhook": {},
    "file": {"path": "-"},
}


@pytest.mark.parametrize("kind", LEAST)
def test_the_kind_chooses_the_leaf_and_few_fields_are_needed(kind):
    """A config names the kind, the name, the format and where it is."""
    row = {"kind": kind, "name": "a", "format": "native", **LEAST[kind]}
    settings = msgspec.convert(row, Settings)

    assert ("a", "native", None, ()) == (
        settings.name,
        settings.format,
        settings.room,
        settings.rooms,
    )


@pytest.mark.parametrize("kind", LEAST)
@pytest.mark.parametrize("wrong", [{"brocker": "x"}, {"name": ""}, {"name": "a b"}])
def test_a_field_nobody_knows_and_a_bad_name_are_refused(kind, wrong):
    """A misspelt field would otherwise be silently without effect."""
    row = {"kind": kind, "name": "a", "format": "native", **LEAST[kind], **wrong}

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(row, Settings)


def test_a_feed_of_a_shop_speaks_of_the_shop():
    """And may, wherever it is bound to rooms; a room and a shop at once are refused."""
    row = {"kind": "webhook", "name": "a", "format": "oba", "shop": "44"}
    free, bound = (msgspec.convert(row | more, Settings) for more in ({}, {"rooms": ["dy-1"]}))

    assert ("shop:44", None) == (free.speaks_of, free.may_name)
    assert frozenset({"dy-1", "shop:44"}) == bound.may_name
    with pytest.raises(msgspec.ValidationError, match="can not both be so"):
        msgspec.convert(row | {"room": "dy-1"}, Settings)


@pytest.mark.parametrize("size", [0, LARGEST_PAYLOAD, LARGEST_PAYLOAD + 1, LARGEST_PAYLOAD * 3])
def test_a_cut_payload_is_still_too_large(size):
    """One byte more is left, so the decoder can tell it from one that just fits."""
    assert min(size, LARGEST_PAYLOAD + 1) == len(cut(b"x" * size))
