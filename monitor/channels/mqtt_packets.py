"""The few packets of MQTT 5 that publishing one message takes.

    CONNECT ─▶ ◀─ CONNACK      PUBLISH (QoS 1) ─▶ ◀─ PUBACK      DISCONNECT ─▶

Nothing is subscribed to and no session is kept, so this is all there is to say.
OASIS MQTT 5.0, sections 3.1 to 3.4 and 3.14; the codes are those of table 2.6.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct

CONNACK, PUBACK, DISCONNECTED = 0x20, 0x40, 0xE0
PLACE_OF_CODE = {CONNACK: 1, PUBACK: 2, DISCONNECTED: 0}  # in the body of the packet
LARGEST = 64 * 1024  # bytes of a packet that is read
LONGEST_TEXT = 65_535
NOBODY_LISTENS = 0x10


class Packet(Struct, frozen=True):
    """What the broker said: the kind of packet, and its reason code (0: all is well)."""

    kind: int
    code: int


class BrokenError(Exception):
    """The peer speaks something else, or has gone."""


def connect(client_id: str, username: str, password: str, keepalive_s: int) -> bytes:
    """CONNECT with a clean start, and a session that ends with the connection."""
    flags = 0x02 | (0x80 if username else 0) | (0x40 if password else 0)
    body = _text("MQTT") + bytes([5, flags]) + keepalive_s.to_bytes(2, "big") + _length(0)
    body += _text(client_id)
    body += _text(username) if username else b""
    body += _text(password) if password else b""
    return _packet(0x10, body)


def publish(topic: str, payload: bytes, expiry_s: int, content_type: str, key: str) -> bytes:
    """PUBLISH with QoS 1 as packet 1. The broker drops it after `expiry_s`; `key` is its
    correlation data, the same for a repetition."""
    properties = b"\x01\x01"  # the payload is UTF-8
    properties += b"\x02" + max(1, expiry_s).to_bytes(4, "big")
    properties += b"\x03" + _text(content_type)
    properties += b"\x09" + _text(key)
    head = _text(topic) + (1).to_bytes(2, "big") + _length(len(properties)) + properties
    return _packet(0x32, head + payload)


def disconnect() -> bytes:
    return b"\xe0\x00"


async def read(reader: asyncio.StreamReader) -> Packet:
    """The next packet. Raises BrokenError."""
    try:
        kind = (await reader.readexactly(1))[0]
        if kind not in PLACE_OF_CODE:
            raise BrokenError("what answers is no MQTT broker")
        length = shift = 0
        while True:
            byte = (await reader.readexactly(1))[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift > 21:
                raise BrokenError("what answers is no MQTT broker")
        if length > LARGEST:
            raise BrokenError("what answers is no MQTT broker")
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, OSError):
        raise BrokenError("the connection broke") from None
    place = PLACE_OF_CODE[kind]
    if kind == CONNACK and length < 2:
        raise BrokenError("what answers is no MQTT broker")
    return Packet(kind, body[place] if length > place else 0)


def _packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + _length(len(body)) + body


def _text(text: str) -> bytes:
    data = text.encode()
    if len(data) > LONGEST_TEXT:
        raise ValueError("a text of more than 65,535 bytes")
    return len(data).to_bytes(2, "big") + data


def _length(number: int) -> bytes:
    """A variable byte integer: seven bits a byte, the lowest first."""
    found = bytearray()
    while True:
        number, low = divmod(number, 128)
        found.append(low | (0x80 if number else 0))
        if not number:
            return bytes(found)
