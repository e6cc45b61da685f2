"""A process that holds a part of the rooms: reads orders from its socket until that ends.

    stdin    a socket, both ways: see wire.py
    FILE     the number of an open file, in which facts lie: see belt.py

python -m monitor.engines.worker FILE
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from contextlib import suppress

from monitor.engines import wire
from monitor.engines.belt import Belt
from monitor.engines.keeper import Keeper
from monitor.engines.memory import settle
from monitor.engines.wire import HEAD, AnyOrder, AnyReply

READ_BYTES = 1 << 18


class Door:
    """Reads orders and writes answers; `tell` may be called from any thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._given = connection.makefile("rb", READ_BYTES)
        self._one = threading.Lock()

    def next(self) -> AnyOrder | None:
        """The next order; None when nobody is there any more."""
        head = self._given.read(HEAD)
        if len(head) < HEAD:
            return None
        size = int.from_bytes(head, "big")
        body = self._given.read(size)
        return wire.order(body) if len(body) == size else None

    def tell(self, reply: AnyReply) -> None:
        with self._one:
            self._connection.sendall(wire.framed(reply))


def serve(door: Door, belt: Belt) -> None:
    """Obey until the daemon is gone."""
    first = door.next()
    if first is None:
        return
    assert isinstance(first, wire.Lay), "it begins with what to watch rooms by"
    keeper = Keeper(first, belt)
    settle()
    door.tell(wire.Done())
    while (order := door.next()) is not None:
        if isinstance(order, wire.Prepare):
            threading.Thread(target=_prepare, args=(keeper, order, door), daemon=True).start()
            continue
        reply = keeper.obey(order)
        if reply is not None:
            door.tell(reply)


def _prepare(keeper: Keeper, order: wire.Prepare, door: Door) -> None:
    with suppress(BrokenPipeError):
        keeper.prepare(order.written)
        door.tell(wire.Prepared())


def main() -> None:
    """Whoever stops the daemon stops us by it: signals are no news here."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    belt = Belt(int(sys.argv[1]))
    with suppress(ConnectionError), socket.socket(fileno=0) as connection:
        serve(Door(connection), belt)


if __name__ == "__main__":
    main()
