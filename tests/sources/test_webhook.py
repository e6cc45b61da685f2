"""What only the HTTP door does: types, sizes, answers in time, 503 when full."""

from __future__ import annotations

import asyncio
import zlib

import aiohttp
import pytest

from monitor.clock import steady
from tests.services import until
from tests.sources.peers import CLOCK, Pusher, Reading

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def pusher(tmp_path):
    async with Pusher.make(tmp_path) as made:
        yield made


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as made:
        yield made


async def meet(pusher, **changes):
    source = pusher.settings(**changes).source(CLOCK)
    await pusher.meet(source)
    return source


class Deaf(Reading):
    """Reads, and tells nobody what became of it."""

    def __init__(self, source):
        class Bare:
            frames = staticmethod(source.frames)

        super().__init__(Bare())


async def test_the_answer_tells_what_was_taken_and_what_was_not(pusher, session):
    """By index, with the decoder's reason."""
    source = await meet(pusher)
    async with Deaf(source) as reading:
        posting = asyncio.create_task(session.post(pusher.site.ingest, data=b"[]", headers=JSON))
        await until(lambda: reading.frames)
        source.answer(reading.frames[0].position, 3, [(1, "missing field")])
        async with await posting as answer:
            told = answer.status, await answer.json()

    rejected = [{"index": 1, "reason": "missing field"}]
    assert (202, {"accepted": 3, "rejected": rejected}) == told


async def test_an_answer_does_not_wait_for_a_slow_engine(pusher, session):
    """Within 100 ms the pusher knows that it is queued; what comes later harms nobody."""
    source = await meet(pusher)
    async with Deaf(source) as reading:
        async with session.post(pusher.site.ingest, data=b"[]", headers=JSON) as warm_up:
            await warm_up.read()
        began = steady()
        async with session.post(pusher.site.ingest, data=b"[]", headers=JSON) as answer:
            told = answer.status, await answer.json()
        took_s = steady() - began
        source.answer(reading.frames[-1].position, 1, [])

    assert (202, {"queued": True}) == told
    assert 0.08 <= took_s < 0.2  # 0.1 promised; two busy cores may add to it


@pytest.mark.parametrize(
    "kind",
    [
        "application/json; charset=utf-8",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/x-ndjson",
    ],
)
async def test_the_content_type_comes_with_the_frame(pusher, session, kind):
    """Without its parameters."""
    source = await meet(pusher)
    async with Reading(source) as reading:
        await (
            await session.post(pusher.site.ingest, data=b"1", headers=JSON | {"Content-Type": kind})
        ).read()

    assert [kind.partition(";")[0]] == [frame.topic for frame in reading.frames]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/octet-stream"},
        {**JSON, "Content-Encoding": "deflate"},
    ],
)
async def test_another_content_type_or_a_compressed_body_is_refused(pusher, session, headers):
    """A bomb is not even inflated by us."""
    source = await meet(pusher)
    async with Reading(source) as reading:
        body = zlib.compress(b"0" * 1_000_000)
        async with session.post(pusher.site.ingest, data=body, headers=headers) as answer:
            status = answer.status

    assert (415, [], 1) == (status, reading.data, source.health.refused)


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_that_is_too_large_is_refused(pusher, session, chunked):
    """Whether it says so beforehand or not; one of just the size is taken."""
    source = await meet(pusher)

    async def pieces(size):
        for at in range(0, size, 65_536):
            yield b" " * min(65_536, size - at)

    async with Reading(source) as reading:
        statuses = []
        for size in (262_144, 262_145, 3):
            body = pieces(size) if chunked else b" " * size
            async with session.post(pusher.site.ingest, data=body, headers=JSON) as answer:
                statuses.append(answer.status)

    assert [202, 413, 202] == statuses
    assert [262_144, 262_145, 3] == [len(data) for data in reading.data]


async def test_a_full_queue_says_try_again(pusher, session):
    """Nothing that was answered with 202 is lost."""
    source = await meet(pusher, max_frames=1)
    statuses = []
    async with Reading(source) as reading:
        reading.hold()
        for number in range(4):
            async with session.post(
                pusher.site.ingest, data=b"%d" % number, headers=JSON
            ) as answer:
                statuses.append((answer.status, answer.headers.get("Retry-After")))
        reading.read_on.set()
        await until(lambda: len(reading.frames) == 2)

    assert [(202, None), (202, None), (503, "1"), (503, "1")] == statuses
    assert ([b"0", b"1"], 2) == (reading.data, source.health.refused)


async def test_a_body_that_does_not_come_is_given_up(pusher):
    """A slow loris holds a connection no longer than said."""
    source = await meet(pusher, body_timeout_s=0.1)
    async with Reading(source):
        reader, writer = await asyncio.open_connection("127.0.0.1", pusher.site.port)
        writer.write(
            b"POST /ingest HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        async with asyncio.timeout(2):
            line = await reader.readline()
        writer.close()

    assert b"HTTP/1.1 408 Request Timeout\r\n" == line


async def test_before_and_after_its_frames_are_read_it_says_try_again(pusher, session):
    """A daemon that starts or stops takes nothing it would lose."""
    source = await meet(pusher)

    async def post():
        async with session.post(pusher.site.ingest, data=b"1", headers=JSON) as answer:
            return answer.status

    statuses = []
    for _ in range(2):
        statuses.append(await post())
        async with Reading(source):
            statuses.append(await post())

    assert [503, 202, 503, 202] == statuses
