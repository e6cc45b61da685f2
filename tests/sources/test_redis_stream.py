"""What only Redis does: groups that vanish, others' entries, trimmed ones, passwords."""

from __future__ import annotations

import asyncio

import pytest

from monitor.clock import ManualClock
from monitor.errors import ConfigError
from tests.services import redis_server, until
from tests.sources.peers import CLOCK, Reading, Stream

pytestmark = pytest.mark.services


@pytest.fixture
async def stream(tmp_path):
    async with Stream.make(tmp_path) as made:
        await made.start()
        yield made


async def pending(stream):
    async with stream.client() as client:
        return (await client.xpending("rooms", "roomwatch"))["pending"]


async def test_what_was_added_before_the_first_start_is_read(stream):
    """A new group begins with the whole stream; the entry's id is the frame's key."""
    async with stream.client() as client:
        ids = [await client.xadd("rooms", {"data": b"%d" % number}) for number in range(3)]

    async with Reading(stream.settings().source(CLOCK)) as reading:
        await until(lambda: len(reading.frames) == 3)

    assert [entry.decode() for entry in ids] == [frame.key for frame in reading.frames]
    assert ["rooms"] * 3 == [frame.topic for frame in reading.frames]


async def test_acknowledged_entries_are_no_longer_pending(stream):
    """More than one XACK's worth."""
    async with Reading(stream.settings().source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
        async with stream.client() as client, client.pipeline(transaction=False) as pipeline:
            for number in range(2500):
                pipeline.xadd("rooms", {"data": b"%d" % number})
            await pipeline.execute()
        await until(lambda: len(reading.frames) == 2500)
        before = await pending(stream)
        await reading.source.acknowledge(reading.frames[2399].position)

        assert (2500, 100) == (before, await pending(stream))


async def test_acknowledgements_wait_for_a_redis_that_is_away(stream):
    """They are said at the next connect, without another call."""
    async with Reading(stream.settings().source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
        await stream.send([b"1", b"2"])
        await until(lambda: len(reading.frames) == 2)
        await stream.stop()
        await until(lambda: reading.source.health.state == "degraded")
        await reading.source.acknowledge(reading.frames[1].position)
        await stream.start()
        async with asyncio.timeout(5):
            while await pending(stream):  # noqa: ASYNC110  # Redis decides
                await asyncio.sleep(0.01)

    assert [b"1", b"2"] == reading.data


async def test_a_group_that_vanished_is_made_again(stream):
    """FLUSHALL, or a restart without persistence; what is added at once is not missed."""
    async with Reading(stream.settings(start="$").source(CLOCK)) as reading:
        await until(lambda: reading.source.health.state == "connected")
        await stream.send([b"1"])
        await until(lambda: len(reading.frames) == 1)
        async with stream.client() as client:
            await client.flushall()
            await client.xadd("rooms", {"data": b"2"})
        await until(lambda: len(reading.frames) == 2)

    assert [b"1", b"2"] == reading.data


async def test_entries_of_a_consumer_that_has_gone_are_taken_over(stream):
    """All of them: one call scans only so far, so the cursor is followed."""
    async with stream.client() as client:
        await client.xgroup_create("rooms", "roomwatch", mkstream=True)
        for number in range(30):
            await client.xadd("rooms", {"data": b"%d" % number})
        await client.xreadgroup("roomwatch", "gone", {"rooms": ">"}, count=30)

    settings = stream.settings(claim_idle_s=0.001, count=4)
    async with Reading(settings.source(CLOCK)) as reading:
        await until(lambda: len(reading.frames) == 30)

    assert [b"%d" % number for number in range(30)] == reading.data


async def test_others_entries_are_looked_for_every_minute(stream):
    """By the daemon's clock; not those of a consumer that is merely slow."""
    clock = ManualClock()
    settings = stream.settings(claim_idle_s=0.05, block_ms=10)
    async with Reading(settings.source(clock)) as reading:
        await until(lambda: reading.source.health.state == "connected")
        async with stream.client() as client:
            await client.xadd("rooms", {"data": b"ours"})
            await until(lambda: reading.frames)
            await reading.source.acknowledge(reading.frames[0].position)
            async with client.pipeline(transaction=True) as both:  # or our reader may take it
                both.xgroup_setid("rooms", "roomwatch", "0")
                both.xreadgroup("roomwatch", "gone", {"rooms": ">"}, count=1)
                _, taken = await both.execute()
            assert taken
            await asyncio.sleep(0.1)
            before = len(reading.frames)
            clock.advance(60)
            await until(lambda: len(reading.frames) == before + 1)

    assert 1 == before


async def test_entries_trimmed_unread_are_told_as_lost(stream):
    """A MAXLEN too small loses silently otherwise."""
    async with stream.client() as client:
        await client.xgroup_create("rooms", "roomwatch", mkstream=True)
        for number in range(30):
            await client.xadd("rooms", {"data": b"%d" % number})
        await client.xreadgroup("roomwatch", "gone", {"rooms": ">"}, count=20)
        await client.xreadgroup("roomwatch", "roomwatch", {"rooms": ">"}, count=10)
        await client.xtrim("rooms", maxlen=5, approximate=False)

    source = stream.settings(claim_idle_s=0.001).source(CLOCK)
    async with Reading(source) as reading:
        await until(lambda: len(reading.frames) == 5)
        await until(lambda: source.health.lost == 25)

        assert "25 entries were trimmed unread: the stream's MAXLEN is too small" == (
            source.health.detail
        )


async def test_an_entry_without_the_field_comes_empty(stream):
    """So the decoder counts it; nothing is dropped without a word."""
    async with stream.client() as client:
        await client.xadd("rooms", {"payload": b"1"})

    async with Reading(stream.settings().source(CLOCK)) as reading:
        await until(lambda: reading.frames)
    async with Reading(stream.settings(field="payload").source(CLOCK)) as again:
        await until(lambda: again.frames)

    assert ([b""], [b"1"]) == (reading.data, again.data)


async def test_it_reads_no_further_than_its_window(stream):
    """Until something is acknowledged."""
    await stream.send([b"%d" % number for number in range(50)])
    async with Reading(stream.settings(window=20, count=10).source(CLOCK)) as reading:
        await until(lambda: len(reading.frames) == 20)
        await asyncio.sleep(0.1)
        before = len(reading.frames)
        await reading.source.acknowledge(reading.frames[9].position)
        await until(lambda: len(reading.frames) == 30)

    assert 20 == before


async def test_a_wrong_password_is_refused_and_tried_slowly(tmp_path):
    """And never shown."""
    with redis_server(tmp_path, "--requirepass", "right-password") as service:
        await service.start()
        stream = Stream(service)
        wrong = stream.settings(password="wrong-password").source(CLOCK)
        right = stream.settings(password="right-password").source(CLOCK)

        async with Reading(wrong), Reading(right):
            await until(lambda: wrong.health.refused >= 2)
            await until(lambda: right.health.state == "connected")

            assert ("refused", "AuthenticationError") == (wrong.health.state, wrong.health.detail)


async def test_a_cancellation_that_meets_a_command_is_not_lost(stream):
    """redis-py's own timeouts swallow one on Python 3.11; thirty tries met it every time."""
    for number in range(30):
        reading = Reading(stream.settings().source(CLOCK))
        await stream.send([b"%d" % number * 30_000])
        await until(lambda reading=reading: reading.frames)
        async with asyncio.timeout(2):
            await reading.stop()

        assert reading.task.cancelled()


def test_a_password_in_the_address_is_a_mistake_in_the_config():
    """It would be printed with the address."""
    settings = Stream(type("Service", (), {"port": 1})).settings(url="redis://:secret@h/0")

    with pytest.raises(ConfigError, match=r"door\.url: a user or password in the address") as error:
        settings.source(CLOCK)

    assert "secret@" not in str(error.value)
