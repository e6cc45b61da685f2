"""The daemon's end of one worker."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from monitor.engines import wire
from monitor.engines.freight import Load
from monitor.engines.line import FULL_BYTES, Line
from monitor.errors import WorkerError
from tests.engines.test_worker import LAY
from tests.services import until
from tests.stage import START

STONE = (sys.executable, "-c", "import signal; signal.pause()")  # reads nothing


@asynccontextmanager
async def line(*command: str) -> AsyncIterator[Line]:
    woken: list[bool] = []
    made = Line(3, lambda: woken.append(True))
    try:
        await (made.open(command) if command else made.open())
        yield made
    finally:
        await made.aclose()


async def test_answers_come_in_the_order_in_which_they_were_asked_for() -> None:
    """What is compiled in passing is answered whenever it is ready."""
    async with line() as one:
        first = await one.ask(LAY)
        preparing = asyncio.create_task(one.prepare(wire.Prepare(LAY.written)))
        looked = await asyncio.gather(
            one.ask(wire.Look("a", START)), one.ask(wire.Explain("busy", "a", None))
        )
        await preparing

    assert isinstance(first, wire.Done)
    assert [wire.Seen, wire.Explained] == [type(each) for each in looked]


async def test_a_worker_that_is_killed_is_told_to_whoever_waits() -> None:
    """And to whoever asks after that."""
    async with line() as one:
        await one.ask(LAY)
        assert one.pid is not None
        os.kill(one.pid, signal.SIGSTOP)
        waiting = [
            asyncio.create_task(one.ask(wire.Look("a", START))),
            asyncio.create_task(one.prepare(wire.Prepare(LAY.written))),
        ]
        await asyncio.sleep(0)
        os.kill(one.pid, signal.SIGKILL)
        told = await asyncio.gather(*waiting, return_exceptions=True)
        with pytest.raises(WorkerError, match=f"worker 3 .process {one.pid}. has ended"):
            one.send(wire.Look("a", START))

    assert [WorkerError, WorkerError] == [type(each) for each in told]


async def test_what_stops_the_daemon_is_no_news_to_a_worker() -> None:
    """It is born so: there is no moment in which a signal ends it."""
    async with line() as one:
        assert one.pid is not None
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(one.pid, number)
        answer = await one.ask(LAY)

    assert isinstance(answer, wire.Done)


async def test_a_line_is_full_when_nobody_reads_and_a_stuck_worker_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not hold the end up."""
    monkeypatch.setattr("monitor.engines.line.GOODBYE_S", 0.1)
    async with line(*STONE) as one:
        before = one.full
        one.send(wire.Facts("s", 0.0, 0.0, (), Load(json=bytes(FULL_BYTES + 3_000_000))))
        full = one.full
        pid = one.pid

    assert (False, True) == (before, full)
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_it_is_full_no_more_once_it_was_read() -> None:
    """Whoever waits for that is woken."""
    woken: list[bool] = []
    one = Line(0, lambda: woken.append(True))
    await one.open()
    one.send(LAY)
    one.send(wire.Facts("s", 0.0, START, (), Load(json=bytes(FULL_BYTES + 3_000_000))))
    full = one.full
    await until(lambda: woken)
    await one.aclose()

    assert full
    assert not one.full
