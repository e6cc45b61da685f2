"""How many facts a second come through real transports, from the socket to the rules.

A broker, a Redis or a tool sends from processes on the other core; here, on one core, run
the source, the intake, the decoder, the shard with the fifty rules of rules.yaml, the
commit of every tick to SQLite and the acknowledgement, as in the daemon. Each transport is
measured twice: with all of that, and up to the decoder alone.

    wall      facts ÷ seconds, from the first frame taken to the last one acknowledged
    ceiling   facts ÷ processor seconds of this process: what it would be with a sender
              that is never waited for, and with nobody else on this core
"""

from __future__ import annotations

import asyncio
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from msgspec import Struct

from monitor.alerts.dispatch import Dispatch
from monitor.alerts.routes import Routes
from monitor.bench import publishing
from monitor.bench.engine import RULES, one_core, settled_memory
from monitor.bench.generator import START, Blob, Market, blobs
from monitor.bench.transports import broker, child, door, free_port
from monitor.clock import FastClock, steady
from monitor.delivery.outbox import Delivery
from monitor.engines.driving import Driver
from monitor.engines.embedded import Embedded
from monitor.engines.host import Host
from monitor.formats.decoder import Decoder
from monitor.frames import Batch, Frame
from monitor.health import Progress
from monitor.intake import InboxLimits, Intake
from monitor.rules import compile as rules
from monitor.shard.shard import Shard
from monitor.signals.tables import Settings
from monitor.sources.mqtt import MqttSettings
from monitor.sources.redis_stream import RedisStreamSettings
from monitor.sources.websocket_client import WebsocketClientSettings
from monitor.sources.websocket_server import WebsocketServerSettings
from monitor.storage.store import Store

CASES = (
    ("websocket_client", 100), ("websocket_server", 100), ("redis_stream", 100),
    ("mqtt", 100), ("mqtt", 1),
)  # fmt: skip
SINGLE = 20  # of so many facts one is sent where each is a message of its own
SERVED = ("mqtt", "redis_stream")
PATIENCE_S = 120.0  # a run that takes longer is stuck
MOST = 1 << 30  # of what waits: a door sheds what does not fit, and we count every fact


class Passed(Struct, kw_only=True):
    """What one transport came to. `to_decoder` is up to the decoder alone."""

    transport: str
    facts_a_message: int
    messages: int
    events_per_s: int
    messages_per_s: int
    ceiling_events_per_s: int
    to_decoder_events_per_s: int
    to_decoder_ceiling_events_per_s: int


class Sent(Struct):
    """What is sent: what is so before, the messages, and how many facts are in them."""

    opening: list[Blob]
    messages: list[bytes]
    facts: int


class Run(Struct):
    """One pass of all messages."""

    seconds: float
    cpu_s: float


class Idle(Shard):
    """A shard that takes facts and does nothing, to measure the way to it."""

    def receive(self, items: Sequence[Batch], now: float) -> list[Any]:
        self.figures.received += sum(len(batch.events) for batch in items)
        return []


def settings(kind: str, port: int) -> Any:
    """The source as a config file would write it."""
    names: dict[str, Any] = {"name": "bench", "format": "native"}
    match kind:
        case "mqtt":
            return MqttSettings(
                **names, broker=f"127.0.0.1:{port}", topic=publishing.TOPIC, client_id="bench-in"
            )
        case "redis_stream":
            return RedisStreamSettings(
                **names, url=f"redis://127.0.0.1:{port}/0", stream=publishing.STREAM
            )
        case "websocket_client":
            return WebsocketClientSettings(**names, url=f"ws://127.0.0.1:{port}/")
    return WebsocketServerSettings(**names, max_frames=1 << 20, max_bytes=MOST)


@asynccontextmanager
async def engine(host: Host, source: Any, folder: pathlib.Path) -> AsyncIterator[Driver]:
    """An engine that runs, with one source, a store and nobody to tell."""
    clock = FastClock(1.0, wall=lambda: START)
    store = Store(clock)
    await store.open(folder / "bench.db")
    delivery = Delivery(store, [], clock)
    made = Driver(
        host, Dispatch(Routes(channels=[])), store, delivery, clock,
        tick_s=0.25, progress=Progress(clock.now()), told=lambda changes: None,
    )  # fmt: skip
    await made.open()
    decoder = Decoder(source="bench", format="native")
    made.intakes.append(Intake(source, decoder, limits=InboxLimits(), clock=clock, wake=made.wake))
    tasks = [asyncio.create_task(part) for part in (made.run(), made.intakes[0].run())]
    try:
        yield made
    finally:
        made.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await made.aclose()
        await store.aclose()


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something; it is looked at often, which costs a few microseconds."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110  it becomes true outside this process, too
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise TimeoutError(f"not {what} within {PATIENCE_S:g} s") from None


async def run(kind: str, sent: Sent, core: type[Shard]) -> Run:
    """Send everything through one transport, once."""
    shard = core(rules.load(RULES), settings=Settings(mood=False))
    decoder = Decoder(source="bench", format="native")
    for blob in sent.opening:
        frame = Frame(data=blob.data, received_at=blob.now)
        shard.receive(decoder.receive([frame], blob.now), blob.now)
    goal = shard.figures.received + sent.facts
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        publishing.write(folder / "messages", sent.messages)
        source = settings(kind, port).source(FastClock(1.0, wall=lambda: START))
        health = source.health
        async with (
            broker(kind, folder, port),
            door(kind, source, port),
            engine(Embedded(shard), source, folder) as running,
            AsyncExitStack() as stack,
        ):
            if kind in SERVED:  # its session is there before anybody sends
                await until(lambda: health.state == "connected", "connected")
            command = [sys.executable, "-m", "monitor.bench.publishing", kind, str(port)]
            sender = await stack.enter_async_context(
                child(
                    *command, str(folder / "messages"),
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                )
            )  # fmt: skip
            assert sender.stdin is not None, "it was asked for"
            assert sender.stdout is not None, "it was asked for"
            assert await sender.stdout.readline() == b"ready\n", "the sender could not begin"
            await until(lambda: health.state == "connected", "connected")
            sender.stdin.write(b"go\n")
            await until(lambda: health.frames > 0, "begun")
            begun, used = steady(), _cpu_s()
            await until(lambda: shard.figures.received >= goal, "read")
            await until(lambda: running.intakes[0].mark() is None, "acknowledged")
            seconds, cpu_s = steady() - begun, _cpu_s() - used
            assert health.dropped == 0, "every fact counts"
            return Run(seconds, cpu_s)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(kind: str, batch: int, events: int, runs: int) -> Passed:
    """The median of some runs, with the core and without it in turns."""
    market = Market(events=events, batch=batch, per_second=500_000.0)
    opening, stream = blobs(market)
    sent = Sent(opening, [blob.data for blob in stream], events)
    whole: list[Run] = []
    way: list[Run] = []
    with one_core(), settled_memory():
        for _ in range(runs):
            whole.append(asyncio.run(run(kind, sent, Shard)))
            way.append(asyncio.run(run(kind, sent, Idle)))
    seconds = statistics.median(each.seconds for each in whole)
    return Passed(
        transport=kind,
        facts_a_message=batch,
        messages=len(sent.messages),
        events_per_s=round(events / seconds),
        messages_per_s=round(len(sent.messages) / seconds),
        ceiling_events_per_s=round(events / statistics.median(each.cpu_s for each in whole)),
        to_decoder_events_per_s=round(events / statistics.median(each.seconds for each in way)),
        to_decoder_ceiling_events_per_s=round(
            events / statistics.median(each.cpu_s for each in way)
        ),
    )
