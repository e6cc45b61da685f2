"""The bytes of one broker's connection, read many at a time, and the messages in them.

paho asks its socket for a byte, then another, then the rest: four calls of the system for
each message. Here its reads are answered from a buffer, and what nearly all packets are, a
PUBLISH of QoS 0 or 1 (MQTT 5, section 3.3), is read without it:

    0011 d qq r │ remaining length │ topic │ packet id if QoS 1 │ properties │ payload
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

PUBLISH = 0x30
EXACTLY_ONCE = 0x04  # QoS 2, which we never ask for: paho may answer that
READ = 256 * 1024  # bytes at once
LENGTH_BYTES = 4  # of a variable number at most


class Arrived(NamedTuple):
    """A message. `mid` is 0 where it is not to be acknowledged."""

    payload: bytes
    topic: str
    mid: int
    qos: int


class Inbound:
    """`receive` reads from the socket, raises BlockingIOError where nothing waits."""

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        self._receive = receive
        self._data = b""
        self._at = 0

    def fill(self) -> bool:
        """Read what waits; False once the other side has closed. May raise as `receive` does."""
        more = self._receive(READ)
        self._data = self._data[self._at :] + more
        self._at = 0
        return bool(more)

    def take(self, bufsize: int) -> bytes:
        """At most `bufsize` bytes, as paho reads them."""
        if self._at == len(self._data) and not self.fill():
            return b""
        taken = self._data[self._at : self._at + bufsize]
        self._at += len(taken)
        return taken

    def packet(self) -> Arrived | bool:
        """Take the message at the front; else whether there is a whole packet of another kind.

        Raises ValueError for what no broker sends.
        """
        data, at = self._data, self._at
        if len(data) - at < 2:
            return False
        head = data[at]
        length, begin = _number(data, at + 1)
        end = begin + length
        if begin == 0 or end > len(data):
            return False
        if head & 0xF0 != PUBLISH or head & EXACTLY_ONCE:
            return True
        self._at = end
        return _message(data, begin, end, (head >> 1) & 1)


def _message(data: bytes, begin: int, end: int, qos: int) -> Arrived:
    named = begin + 2 + (data[begin] << 8 | data[begin + 1])
    properties = named + 2 * qos
    mid = data[named] << 8 | data[named + 1] if qos else 0
    length, after = _number(data, properties)
    if after == 0 or after + length > end:
        raise ValueError("a message is shorter than it says")
    return Arrived(data[after + length : end], data[begin + 2 : named].decode(), mid, qos)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A variable number (MQTT 5, section 1.5.5) and where it ends; 0 where it does not yet."""
    value = 0
    for place, byte in enumerate(data[at : at + LENGTH_BYTES]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    if len(data) >= at + LENGTH_BYTES:
        raise ValueError("a length of more than four bytes")
    return 0, 0
