"""An intake bounds what waits, survives its source, and acknowledges only what is settled."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from msgspec import Struct
from websockets.asyncio.client import connect

from monitor.clock import ManualClock
from monitor.errors import SourceError
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame
from monitor.intake import InboxLimits, Intake, Mark
from monitor.sources.backoff import Backoff
from monitor.sources.source import SourceHealth
from monitor.sources.webhook import WebhookSettings
from monitor.sources.websocket_server import WebsocketServerSettings
from tests.services import until
from tests.sources.peers import Site


class Script:
    """A source that plays a list: frames by their size, an error by raising it."""

    name = "script"

    def __init__(self, *steps, window=None, ends=False):
        self.health = SourceHealth()
        self.acknowledged = []
        self.yielded = 0
        self._steps = list(steps)
        self._window = window
        self._ends = ends

    async def frames(self):
        while self._steps:
            step = self._steps.pop(0)
            if isinstance(step, Exception):
                raise step
            self.yielded += 1
            yield Frame(data=b"x" * step, received_at=0.0, position=self.yielded)
        if not self._ends:
            await asyncio.Event().wait()

    async def acknowledge(self, upto):
        self.acknowledged.append(upto)

    def window(self):
        return self._window


class Report(Struct):
    accepted: int
    rejected: list[tuple[int, str]]


class Counting:
    """A decoder that takes every frame as one fact, but refuses empty ones."""

    def __init__(self):
        self.reports = []
        self.now = None

    def receive(self, frames, now):
        self.now = now
        self.reports = [
            Report(1, []) if frame.data else Report(0, [(0, "empty body")]) for frame in frames
        ]
        return [Batch(source="script", events=[], received_at=now)]


def intake_of(source, frames=1000, size=1 << 20, wake=lambda: None):
    return Intake(
        source,
        Counting(),
        limits=InboxLimits(frames=frames, bytes=size),
        clock=ManualClock(),
        wake=wake,
        backoff=Backoff(0.001, 0.001),
    )


@asynccontextmanager
async def running(intake):
    task = asyncio.create_task(intake.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.mark.parametrize(("frames", "size", "held"), [(3, 10_000, 3), (1000, 250, 2)])
async def test_a_full_inbox_reads_no_further(frames, size, held):
    """By frames and by bytes: one frame is in the hand, the rest stays with the source."""
    source = Script(*[100] * 20)
    intake = intake_of(source, frames, size)
    async with running(intake):
        await until(lambda: source.yielded == held + 1)
        before = intake.waiting
        taken = len(intake.drain(1000))
        await until(lambda: source.yielded == 2 * held + 1)

    assert ((held, held * 100), held) == (before, taken)


async def test_a_frame_larger_than_the_bound_still_passes():
    """Alone: or it would stop everything behind it."""
    source = Script(5000, 1)
    intake = intake_of(source, size=100)
    async with running(intake):
        await until(lambda: source.yielded == 2)
        first = intake.drain(10)
        await until(lambda: intake.waiting[0])

    assert [5000, 1] == [len(frame.data) for frame in first + intake.drain(10)]


async def test_draining_keeps_to_its_budget_and_the_order():
    """So one busy source can not take a whole turn."""
    source = Script(*range(1, 11))
    intake = intake_of(source)
    async with running(intake):
        await until(lambda: source.yielded == 10)

    sizes = [[len(frame.data) for frame in intake.drain(4)] for _ in range(4)]

    assert [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10], []] == sizes


async def test_it_wakes_the_engine_when_the_inbox_was_empty():
    """Once for many: the engine drains them together."""
    wakes = []
    source = Script(1, 1, 1)
    intake = intake_of(source, wake=lambda: wakes.append(source.yielded))
    async with running(intake):
        await until(lambda: source.yielded == 3)

    assert [1] == wakes


async def test_only_what_is_settled_is_acknowledged():
    """Frames drained after the tick was taken wait for the next."""
    source = Script(*[1] * 10)
    intake = intake_of(source)
    async with running(intake):
        await until(lambda: source.yielded == 10)
    nothing = intake.mark()
    intake.drain(4)
    mark = intake.mark()
    intake.drain(3)

    await intake.settled(nothing)
    await intake.settled(mark)
    await intake.settled(mark)

    assert (None, [4]) == (nothing, source.acknowledged)
    assert Mark(7, 7) == intake.mark()


async def test_it_wants_settling_at_half_the_window():
    """A source that does not count never does."""
    counting, other = Script(*[1] * 10, window=8), Script(*[1] * 10)
    intakes = [intake_of(counting), intake_of(other)]
    wants = []
    async with running(intakes[0]), running(intakes[1]):
        await until(lambda: counting.yielded == other.yielded == 10)
    for _ in range(5):
        wants.append([intake.wants_settling for intake in intakes])
        for intake in intakes:
            intake.drain(1)
    await intakes[0].settled(intakes[0].mark())

    assert [[False, False]] * 4 + [[True, False]] == wants
    assert not intakes[0].wants_settling


async def test_a_source_that_breaks_is_counted_and_started_again():
    """It must not take the other sources down."""
    source = Script(1, ValueError("a bug"), 1, KeyError("another"), 1)
    intake = intake_of(source)
    async with running(intake) as task:
        await until(lambda: source.yielded == 3)

        assert not task.done()
    assert 2 == intake.crashes
    assert ("degraded", "broke: KeyError") == (source.health.state, source.health.detail)


async def test_a_source_that_can_not_be_mended_is_given_up():
    """With its reason, until somebody acts."""
    source = Script(1, SourceError("no such file"), 1)
    intake = intake_of(source)

    await intake.run()

    assert ("refused", "no such file") == (source.health.state, source.health.detail)
    assert (1, 0) == (intake.waiting[0], intake.crashes)


async def test_a_source_that_ends_leaves_what_it_gave():
    """A file at its end."""
    intake = intake_of(Script(1, 2, ends=True))

    await intake.run()

    assert [1, 2] == [len(frame.data) for frame in intake.drain(10)]


async def test_receiving_decodes_with_the_time_it_is_told():
    """And returns what the decoder did; with nothing to do the decoder is not asked."""
    source = Script(1, 1)
    intake = intake_of(source)
    async with running(intake):
        await until(lambda: source.yielded == 2)

    batches = intake.receive(1000.0)

    assert ([Batch(source="script", events=[], received_at=1000.0)], []) == (
        batches,
        intake.receive(2000.0),
    )
    assert 1000.0 == intake.decoder.now


async def test_a_pusher_hears_what_became_of_its_request():
    """From the door through the inbox and the decoder and back."""
    clock = ManualClock()
    source = WebhookSettings(name="door", format="native").source(clock)
    site = Site()
    await site.open(source)
    woken = asyncio.Event()
    intake = intake_of(source, wake=woken.set)
    told = []

    async def post(data):
        headers = {"Content-Type": "application/json"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(site.ingest, data=data, headers=headers) as answer,
        ):
            told.append(await answer.json())

    async with running(intake):
        for data in (b"{}", b""):
            posting = asyncio.create_task(post(data))
            await woken.wait()
            woken.clear()
            intake.receive(clock.now())
            await posting
    await site.close()

    rejected = [{"index": 0, "reason": "empty body"}]
    assert [{"accepted": 1, "rejected": []}, {"accepted": 0, "rejected": rejected}] == told


GOOD = b'{"type":"comment","room":"dy-8801","at":1795370000.2,"user":"u81","text":"\xe5\x87\xa0"}'
HOSTILE = [
    b"",
    b"   ",
    b"null",
    b"7",
    GOOD[:-5],
    GOOD + b"x",
    b"\xef\xbb\xbf" + GOOD,
    GOOD.replace(b"\xe5", b"\xff"),
    GOOD.replace(b"u81", b"\\ud800"),
    GOOD.replace(b"u81", b"u\n81"),
    GOOD.replace(b"1795370000.2", b"NaN"),
    GOOD.replace(b"1795370000.2", b"1e999"),
    GOOD.replace(b"1795370000.2", b"9" * 1_000_000),
    b"[" * 200_000,
    b"{" + b",".join(b'"k%d":0' % number for number in range(1_000_000)) + b"}",
    b"[" + b"null," * 999_999 + b"null]",
    b"x" * 300_000,
    GOOD.replace(b"u81", b"u" * 1_000_000),
]


async def test_whatever_a_peer_sends_is_counted_and_its_connection_lives():
    """The hostile ones over one WebSocket, and a good one after them."""
    clock = ManualClock()
    source = WebsocketServerSettings(name="door", format="native").source(clock)
    site = Site()
    await site.open(source)
    decoder = Decoder(source="door", format="native")
    intake = Intake(
        source,
        decoder,
        limits=InboxLimits(),
        clock=clock,
        wake=lambda: None,
    )
    async with running(intake), connect(site.websocket, proxy=None, max_size=None) as peer:
        for data in [*HOSTILE, GOOD]:
            await peer.send(data)
        await until(lambda: intake.waiting[0] == len(HOSTILE) + 1)
        batches = intake.receive(clock.now())
        events = [event.user for batch in batches for event in batch.events]
        still_open = peer.state.name
    await site.close()

    assert (["u81"], "OPEN") == (events, still_open)
    assert [False] * len(HOSTILE) == [not report.rejected for report in decoder.reports[:-1]]
    assert 1 == source.health.connects
