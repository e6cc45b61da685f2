"""A process that holds a part of the rooms."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

from monitor.engines import wire
from monitor.engines.belt import Belt, a_file
from monitor.engines.footing import Footing
from monitor.engines.worker import Door, serve
from monitor.formats.parcels import salt
from monitor.rules import compile as rules
from monitor.signals.tables import Settings
from tests.stage import START

RULES = "rules:\n  - {id: busy, kind: threshold, when: comments_10s >= 3}\n"
LAY = wire.Lay(
    written=Footing(rules=rules.parse(RULES)).written(), core=Settings(mood=False), salt=salt()
)


def answers(connection: socket.socket, count: int) -> list[object]:
    found = []
    with connection.makefile("rb") as given:
        for _ in range(count):
            size = int.from_bytes(given.read(wire.HEAD), "big")
            found.append(type(wire.reply(given.read(size))))
    return found


def test_it_obeys_until_nobody_is_there():
    """What it compiles in passing holds no order up."""
    ours, theirs = socket.socketpair()
    file = a_file()
    belt = Belt(file)
    os.close(file)
    with theirs:
        serving = threading.Thread(target=serve, args=(Door(theirs), belt))
        serving.start()
        with ours:
            for order in (LAY, wire.Look("a", START), wire.Prepare(LAY.written)):
                ours.sendall(wire.framed(order))
            found = answers(ours, 3)
        serving.join(10)
    belt.close()

    assert [wire.Done, wire.Seen, wire.Prepared] == found
    assert not serving.is_alive()


def test_a_daemon_that_ends_before_it_said_anything_is_no_mistake():
    """Nor is one that ends within a word."""
    for word in (b"", b"\0\0", wire.framed(LAY)[:100]):
        ours, theirs = socket.socketpair()
        file = a_file()
        with theirs:
            worker = subprocess.Popen(
                [sys.executable, "-m", "monitor.engines.worker", str(file)],
                stdin=theirs.fileno(),
                stderr=subprocess.PIPE,
                pass_fds=[file],
            )
        os.close(file)
        with ours:
            ours.sendall(word)
        _, errors = worker.communicate(timeout=20)

        assert (0, b"") == (worker.returncode, errors)
