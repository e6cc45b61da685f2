"""The packets of MQTT 5 that publishing takes, byte by byte."""

from __future__ import annotations

import asyncio

import pytest

from monitor.channels import mqtt_packets as packets


def test_a_connect_is_a_clean_start():
    assert (
        b"\x10\x0f"  # CONNECT, 15 bytes
        b"\x00\x04MQTT\x05\x02\x00\x3c\x00"  # level 5, clean start, 60 s, no properties
        b"\x00\x02me"
    ) == packets.connect("me", "", "", 60)


def test_a_connect_may_name_a_user():
    sent = packets.connect("me", "u", "p", 60)

    assert 0xC2 == sent[9]
    assert sent.endswith(b"\x00\x02me\x00\x01u\x00\x01p")


def test_a_publish_carries_its_expiry_and_its_key():
    sent = packets.publish("a/b", b"{}", 20, "x", "k")

    assert (
        b"\x32\x19\x00\x03a/b\x00\x01"  # QoS 1, packet 1
        b"\x0f\x01\x01\x02\x00\x00\x00\x14\x03\x00\x01x\x09\x00\x01k"  # 15 bytes of properties
        b"{}"
    ) == sent


def test_what_is_about_to_expire_has_a_second():
    assert b"\x02\x00\x00\x00\x01" in packets.publish("a", b"", -5, "x", "k")


def test_a_long_packet_has_a_length_of_more_bytes():
    sent = packets.publish("a", b"x" * 300, 1, "x", "k")
    low, high = sent[1], sent[2]

    assert low >= 0x80
    assert len(sent) - 3 == (low & 0x7F) + 128 * high


async def read(data: bytes) -> packets.Packet:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return await packets.read(reader)


@pytest.mark.parametrize(
    ("data", "packet"),
    [
        (b"\x20\x03\x00\x00\x00", (0x20, 0)),
        (b"\x20\x03\x00\x87\x00", (0x20, 0x87)),
        (b"\x40\x02\x00\x01", (0x40, 0)),
        (b"\x40\x03\x00\x01\x10", (0x40, 0x10)),
        (b"\xe0\x00", (0xE0, 0)),
        (b"\xe0\x01\x8d", (0xE0, 0x8D)),
    ],
)
async def test_an_answer_is_its_kind_and_its_reason(data, packet):
    """A PUBACK without one is a yes."""
    found = await read(data)

    assert packet == (found.kind, found.code)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x20",
        b"\x20\x05\x00",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\xff\xff\xff\xff\x01",
        b"\x20\xff\xff\x7f" + b"x" * 100,
        b"\x20\x01\x00",
        b"\x30\x02ab",
    ],
)
async def test_what_is_no_answer_is_a_broken_peer(data):
    with pytest.raises(packets.BrokenError):
        await read(data)


def test_a_text_has_an_end():
    with pytest.raises(ValueError, match="65,535 bytes"):
        packets.publish("a" * 70_000, b"", 1, "x", "k")
