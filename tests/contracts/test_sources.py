"""What every source promises, asked of every leaf with a real peer on the other side."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Any

import pytest

from tests.services import until
from tests.sources.peers import CLOCK, PEERS, Reading

pytestmark = pytest.mark.services

HOSTILE = [
    b'{"type":"comment"}',
    b" ",
    b"\xff\xfe\x00",
    "几号链接".encode(),
    b'{"a":' * 1000,
    b"\x00",
    b"x" * 70_000,
]


CONNECTING = [name for name, peer in PEERS.items() if not peer.comes]
goes_there = pytest.mark.parametrize("peer", CONNECTING, indirect=True)


@pytest.fixture(params=PEERS)
async def peer(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    async with PEERS[request.param].make(tmp_path) as made:
        yield made


async def meet(peer: Any, **changes: Any) -> Any:
    """The peer, and a source that has met it."""
    source = peer.settings(**changes).source(CLOCK)
    if hasattr(peer, "meet"):
        await peer.meet(source)
    return source


def wire(count: int, prefix: bytes = b"n") -> list[bytes]:
    return [b"%s%d" % (prefix, number) for number in range(count)]


async def ready(peer: Any, source: Any) -> None:
    """Whoever connects has done so; the others can be sent to at once."""
    if not peer.comes:
        await until(lambda: source.health.state == "connected")


class Open:
    """What this process has open: sockets, files and tasks."""

    def __init__(self) -> None:
        self.descriptors = set(os.listdir("/proc/self/fd"))
        self.tasks = asyncio.all_tasks()

    def grew(self) -> list[object]:
        now = set(os.listdir("/proc/self/fd")) - self.descriptors
        kinds = []
        for descriptor in now:
            try:
                kinds.append(os.readlink(f"/proc/self/fd/{descriptor}"))
            except OSError:
                continue  # it was the folder's own
        tasks = [task for task in asyncio.all_tasks() - self.tasks if not task.done()]
        return [kind for kind in kinds if kind.startswith("socket:")] + tasks


async def test_frames_are_what_was_sent_byte_for_byte_and_in_order(peer):
    """Nothing is decoded, filtered, trimmed or put in another order."""
    sent = HOSTILE + wire(100)
    source = await meet(peer)
    await peer.start()
    if hasattr(peer, "path"):
        await peer.send(sent)

    async with Reading(source) as reading:
        if not hasattr(peer, "path"):
            await ready(peer, source)
            await peer.send(sent)
        await until(lambda: len(reading.frames) >= len(sent))

    assert sent == reading.data
    assert [CLOCK.now()] * len(sent) == [frame.received_at for frame in reading.frames]


async def test_its_health_says_that_it_is_connected_and_how_much_came(peer):
    """Counters and the state are kept by the source itself."""
    source = await meet(peer)
    await peer.start()
    assert "starting" == source.health.state
    if hasattr(peer, "path"):
        await peer.send([b"abc", b"de"])

    async with Reading(source) as reading:
        if not hasattr(peer, "path"):
            await ready(peer, source)
            await peer.send([b"abc", b"de"])
        await until(lambda: len(reading.frames) == 2)
        state = source.health.state

    assert state in ("connected", "finished")
    assert (1, 2, 5) == (source.health.connects, source.health.frames, source.health.bytes)
    assert CLOCK.now() == source.health.last_frame_at


async def test_a_payload_that_is_too_large_comes_cut_and_the_connection_lives(peer):
    """One byte more than the decoder takes is left of it, so that it is counted there."""
    source = await meet(peer)
    await peer.start()
    sent = [b"x" * 300_000, b"after"]
    if hasattr(peer, "path"):
        await peer.send(sent)

    async with Reading(source) as reading:
        if not hasattr(peer, "path"):
            await ready(peer, source)
            await peer.send(sent)
        await until(lambda: b"after" in reading.data)

    assert [256 * 1024 + 1, 5] == [len(data) for data in reading.data]
    assert 1 == source.health.connects


@goes_there
async def test_a_peer_that_is_away_at_first_is_found_once_it_is_there(peer):
    """The daemon starts degraded and recovers by itself."""
    source = await meet(peer)

    async with Reading(source) as reading:
        await until(lambda: source.health.state == "degraded")
        await peer.start()
        await until(lambda: source.health.state == "connected")
        await peer.send([b"now"])
        await until(lambda: reading.frames)

    assert [b"now"] == reading.data


@goes_there
async def test_what_was_not_acknowledged_survives_the_peers_restart(peer):
    """Those that keep send it again; the others lose what was sent while they were away."""
    source = await meet(peer)
    await peer.start()
    first, second = wire(60, b"a"), wire(60, b"b")

    async with Reading(source) as reading:
        await until(lambda: source.health.state == "connected")
        await peer.send(first)
        await until(lambda: len(reading.frames) >= 60)
        await source.acknowledge(reading.frames[29].position)
        await peer.stop()
        await until(lambda: source.health.state == "degraded")
        await source.acknowledge(reading.frames[39].position)
        await peer.start()
        await until(lambda: source.health.state == "connected")
        await peer.send(second)
        await until(lambda: set(reading.data) >= {*first, *second})
        await source.acknowledge(reading.frames[-1].position)

    assert 2 == source.health.connects
    assert first == reading.data[:60]
    assert second == [data for data in reading.data if data.startswith(b"b")]


@goes_there
async def test_another_process_gets_what_this_one_did_not_acknowledge(peer):
    """What was acknowledged does not come again, and the rest does, from the first one on."""
    await peer.start()
    source = await meet(peer)
    async with Reading(source) as reading:
        await until(lambda: source.health.state == "connected")
        await peer.send(wire(50))
        await until(lambda: len(reading.frames) == 50)
        await source.acknowledge(reading.frames[19].position)
        await peer.send([b"a sign that the acknowledgements are through"])
        await until(lambda: len(reading.frames) == 51)

    other = await meet(peer)
    async with Reading(other) as again:
        await until(lambda: other.health.state == "connected")
        await peer.send([b"last"])
        await until(lambda: b"last" in again.data)

    expected = reading.data[20:] if peer.keeps else []
    assert [*expected, b"last"] == again.data


async def test_it_is_bounded_when_nobody_reads(peer):
    """What is held stays below the bounds, and what had to be shed is counted."""
    bounds = {
        "Broker": {"receive_maximum": 20},
        "Stream": {"count": 20},
        "Tool": {},
        "Caller": {"max_frames": 20},
        "Pusher": {"max_frames": 20},
        "Writer": {},
    }[type(peer).__name__]
    source = await meet(peer, **bounds)
    await peer.start()
    sent = wire(200)
    if hasattr(peer, "path"):
        await peer.send(sent)

    async with Reading(source) as reading:
        reading.hold()
        if not hasattr(peer, "path"):
            await ready(peer, source)
            await peer.send(sent[:1])
            await until(lambda: reading.frames)  # in the reader's hands, and not in the queue
            await peer.send(sent[1:])
        await until(lambda: reading.frames)
        await settle()
        held = source.health.frames - len(reading.frames)
        reading.read_on.set()
        arrived = len(sent) - source.health.dropped - source.health.refused
        async with asyncio.timeout(10):
            while await acknowledged(reading) < arrived:  # noqa: ASYNC110  # the peer decides
                await asyncio.sleep(0.01)

    assert 20 >= held
    kept = {"Caller": 21, "Pusher": 21}.get(type(peer).__name__, 200)
    assert sent[:kept] == reading.data


async def acknowledged(reading: Reading) -> int:
    """Acknowledge everything read, as the engine would, and say how much that is."""
    if reading.frames:
        await reading.source.acknowledge(reading.frames[-1].position)
    return len(reading.frames)


async def settle() -> None:
    """Let the loop and the peers do what they still want to."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            await asyncio.Event().wait()


async def test_cancelling_it_releases_every_task_and_socket(peer):
    """In the middle of reading, and while it tries to connect."""
    source = await meet(peer)
    if not peer.comes:
        before = Open()
        reading = Reading(source)
        await until(lambda: source.health.state == "degraded")
        await reading.stop()
        await until(lambda: not before.grew(), 2)
    await peer.start()
    if hasattr(peer, "path"):
        await peer.send(wire(5))
    before = Open()
    reading = Reading(source)
    if not hasattr(peer, "path"):
        await ready(peer, source)
        await peer.send([b"one"])
    await until(lambda: reading.frames)

    await reading.stop()
    await peer.stop()

    await until(lambda: not before.grew(), 3)
    assert [] == before.grew()


async def test_an_acknowledgement_of_a_connection_that_is_gone_is_harmless(peer):
    """So is one while nothing is connected."""
    source = await meet(peer)
    await peer.start()
    if hasattr(peer, "path"):
        await peer.send([b"one"])
    async with Reading(source) as reading:
        if not hasattr(peer, "path"):
            await ready(peer, source)
            await peer.send([b"one"])
        await until(lambda: reading.frames)

    await source.acknowledge(reading.frames[0].position)

    assert reading.task.done()


async def test_frames_can_be_asked_for_again_once_closed(peer):
    """The intake starts a source anew after it broke."""
    source = await meet(peer)
    await peer.start()
    if hasattr(peer, "path"):
        await peer.send([b"one"])
    async with Reading(source) as reading:
        if not hasattr(peer, "path"):
            await ready(peer, source)
            await peer.send([b"one"])
        await until(lambda: reading.frames)
        await source.acknowledge(reading.frames[-1].position)
    await peer.stop()
    await peer.start()

    async with Reading(source) as again:
        if not hasattr(peer, "path"):
            await ready(peer, source)
            await peer.send([b"two"])
        await until(lambda: again.frames)

    assert [b"one" if hasattr(peer, "path") else b"two"] == again.data
