"""Messages out of a stream of bytes, however it is cut."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.mqtt_inbound import Arrived, Inbound


def number(value: int) -> bytes:
    made = bytearray()
    while True:
        value, low = divmod(value, 128)
        made.append(low | (0x80 if value else 0))
        if not value:
            return bytes(made)


def publish(message: Arrived, properties: bytes = b"") -> bytes:
    topic = message.topic.encode()
    body = struct.pack("!H", len(topic)) + topic
    body += struct.pack("!H", message.mid) if message.qos else b""
    body += number(len(properties)) + properties + message.payload
    return bytes([0x30 | message.qos << 1]) + number(len(body)) + body


def inbound(*parts: bytes) -> Inbound:
    """What is read; then nothing waits."""
    waiting = list(parts)

    def receive(size: int) -> bytes:
        if not waiting:
            raise BlockingIOError
        return waiting.pop(0)

    return Inbound(receive)


def read(made: Inbound) -> list[Arrived | bytes]:
    """Everything, as the connection does: other packets are paho's, a byte and the rest."""
    found: list[Arrived | bytes] = []
    try:
        while True:
            packet = made.packet()
            if isinstance(packet, Arrived):
                found.append(packet)
            elif packet:
                head = made.take(2)
                found.append(head + (made.take(head[1]) if head[1] else b""))
            elif not made.fill():
                break
    except BlockingIOError:
        pass
    return found


messages = st.builds(
    lambda payload, topic, mid, qos: Arrived(payload, topic, mid if qos else 0, qos),
    st.one_of(st.binary(max_size=40), st.sampled_from([b"x" * 127, b"y" * 20_000])),
    st.sampled_from(["a", "rooms/一/events"]),
    st.integers(1, 65_535),
    st.integers(0, 1),
)
others = st.sampled_from([b"\xd0\x00", b"\x90\x04\x00\x01\x00\x01"])  # PINGRESP, SUBACK


@settings(max_examples=60, deadline=None)
@given(
    items=st.lists(st.tuples(st.one_of(messages, others), st.binary(max_size=3)), max_size=8),
    cuts=st.lists(st.integers(1, 30_000), max_size=8),
)
def test_what_was_sent_arrives_however_the_stream_is_cut(items, cuts):
    data = b"".join(
        item if isinstance(item, bytes) else publish(item, properties) for item, properties in items
    )
    ends = [0, *sorted({cut % (len(data) + 1) for cut in cuts} - {0}), len(data)]
    parts = [data[begin:end] for begin, end in pairwise(ends) if begin < end]

    assert [item for item, _ in items] == read(inbound(*parts))


def test_a_message_of_qos_2_is_left_to_paho():
    made = inbound(b"\x34\x05\x00\x01a\x00\x01")
    made.fill()

    assert made.packet() is True


def test_the_end_of_the_stream_is_told():
    made = inbound(b"")

    assert made.fill() is False
    assert b"" == inbound(b"").take(1)


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
        b"\x30\x04\x00\x01a\x09",  # properties beyond the end
        b"\x32\x04\x00\x09ab\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",  # a topic beyond it
        b"\x30\x04\x00\x01\xff\x00",  # a topic that is no text
    ],
)
def test_what_no_broker_sends_is_an_error(data):
    """The connection ends; nothing is made of it."""
    made = inbound(data)
    made.fill()

    with pytest.raises(ValueError):  # noqa: PT011  bad UTF-8 is one, too
        made.packet()
