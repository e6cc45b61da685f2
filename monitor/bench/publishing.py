"""The other side of a transport, in a process of its own: sends what it was given, at once.

    python -m monitor.bench.publishing KIND PORT FILE

FILE holds the messages, each after its length in four bytes. It says `ready` when it could
begin and begins at the first line it is told. It speaks the four protocols by hand over a
blocking socket, so that what is measured is the reader and not this.
"""

from __future__ import annotations

import base64
import hashlib
import pathlib
import socket
import struct
import sys
from collections.abc import Callable, Sequence

HOST = "127.0.0.1"
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # of RFC 6455
IN_FLIGHT = 2_000  # messages that the broker has not acknowledged
AT_ONCE = 64  # messages a write
STREAM, TOPIC = "bench", "bench/rooms"

Messages = Sequence[bytes]


def write(path: pathlib.Path, messages: Messages) -> None:
    """Put messages into a file for `read`."""
    path.write_bytes(b"".join(struct.pack(">I", len(each)) + each for each in messages))


def read(path: pathlib.Path) -> list[bytes]:
    data, messages, at = path.read_bytes(), [], 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        messages.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return messages


def websocket_client(port: int, messages: Messages, go: Callable[[], None]) -> None:
    """A tool that our client connects to."""
    with socket.create_server((HOST, port)) as server:
        print("ready", flush=True)
        peer, _ = server.accept()
        with peer:
            key = _header(_head(peer), b"sec-websocket-key")
            accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())  # noqa: S324  the RFC's
            peer.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            go()
            _pour(peer, [framed(each) for each in messages])
            go()  # it may be closed


def websocket_server(port: int, messages: Messages, go: Callable[[], None]) -> None:
    """A tool that comes to our door."""
    with socket.create_connection((HOST, port)) as peer:
        peer.sendall(
            f"GET /ingest HTTP/1.1\r\nHost: {HOST}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        head = _head(peer)
        assert b" 101 " in head, head
        print("ready", flush=True)
        go()
        _pour(peer, [framed(each, masked=True) for each in messages])
        go()


def redis_stream(port: int, messages: Messages, go: Callable[[], None]) -> None:
    """Entries of a stream."""
    with socket.create_connection((HOST, port)) as peer:
        print("ready", flush=True)
        go()
        for first in range(0, len(messages), AT_ONCE):
            some = messages[first : first + AT_ONCE]
            _pour(peer, [_command(b"XADD", STREAM.encode(), b"*", b"data", each) for each in some])
            lines = 0
            while lines < 2 * len(some):  # each is told its id: a length and the text
                lines += peer.recv(1 << 16).count(b"\r\n")
        go()


def mqtt(port: int, messages: Messages, go: Callable[[], None]) -> None:
    """QoS 1, by MQTT 3.1.1, with as many in flight as the broker lets be."""
    with socket.create_connection((HOST, port)) as peer:
        connect = b"\x00\x04MQTT\x04\x02\x00\x00\x00\x05bench"
        peer.sendall(_packet(0x10, connect))
        assert len(peer.recv(4)) == 4, "the broker let us in"
        print("ready", flush=True)
        go()
        acknowledged = 0
        for first in range(0, len(messages), AT_ONCE):
            some = messages[first : first + AT_ONCE]
            _pour(peer, [_publish(first + each, data) for each, data in enumerate(some)])
            while first + len(some) - acknowledged // 4 > IN_FLIGHT:
                acknowledged += len(peer.recv(1 << 16))
        while acknowledged < 4 * len(messages):
            acknowledged += len(peer.recv(1 << 16))
        go()


def _publish(number: int, data: bytes) -> bytes:
    topic = struct.pack(">H", len(TOPIC)) + TOPIC.encode()
    return _packet(0x32, topic + struct.pack(">H", 1 + number % 0xFFFF) + data)


def _packet(kind: int, body: bytes) -> bytes:
    size, length = bytearray(), len(body)
    while True:
        length, low = divmod(length, 128)
        size.append(low | (0x80 if length else 0))
        if not length:
            return bytes([kind]) + bytes(size) + body


def _command(*parts: bytes) -> bytes:
    words = b"".join(b"$%d\r\n%b\r\n" % (len(each), each) for each in parts)
    return b"*%d\r\n%b" % (len(parts), words)


def framed(data: bytes, *, masked: bool = False) -> bytes:
    """A WebSocket message of one frame. The mask is zero, which the RFC lets be."""
    mask, bit = (b"\x00" * 4, 0x80) if masked else (b"", 0)
    if len(data) < 126:
        return bytes([0x81, bit | len(data)]) + mask + data
    if len(data) < 1 << 16:
        return bytes([0x81, bit | 126]) + struct.pack(">H", len(data)) + mask + data
    return bytes([0x81, bit | 127]) + struct.pack(">Q", len(data)) + mask + data


def _pour(peer: socket.socket, parts: list[bytes]) -> None:
    for first in range(0, len(parts), AT_ONCE):
        peer.sendall(b"".join(parts[first : first + AT_ONCE]))


def _head(peer: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += peer.recv(1)
    return head


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line.partition(b":")[2].strip()
    raise AssertionError(f"a request without {name.decode()}")


KINDS: dict[str, Callable[[int, Messages, Callable[[], None]], None]] = {
    "websocket_client": websocket_client,
    "websocket_server": websocket_server,
    "redis_stream": redis_stream,
    "mqtt": mqtt,
}


def told() -> None:
    """Wait for a line."""
    sys.stdin.readline()


def main(kind: str, port: str, path: str) -> int:
    """Wait for a line before sending, and for another before leaving."""
    messages = read(pathlib.Path(path))
    KINDS[kind](int(port), messages, told)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
