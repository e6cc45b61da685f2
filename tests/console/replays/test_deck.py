"""Replays are opened, shared and ended; their workers are real processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.console.access import Access
from monitor.console.replays.deck import LEFT_S, MOST, Deck
from tests.console.acted import PEOPLE
from tests.console.replays.made import evening, kitchen, write
from tests.console.replays.theatre import opened, playing, screen


async def test_who_opens_the_same_shares_it_and_there_is_a_limit(tmp_path: Path):
    """
    The limit names those who have them open; one that is closed makes room.
    """
    names = [f"{number}.jsonl" for number in range(MOST + 1)]
    async with playing(tmp_path, *names) as it:
        first = await opened(it, names[0])
        for name in names[1:MOST]:
            await opened(it, name)

        assert first is await it.deck.open(names[0], "王涛")
        assert f"{MOST} replays are open already (by 李敏): close one" == await it.deck.open(
            names[MOST], "王涛"
        )
        assert "no such recording" == await it.deck.open("../rules/loud.yaml", "王涛")
        assert await it.deck.close(first.id)
        assert not await it.deck.close(first.id)
        await opened(it, names[MOST])
        assert MOST == len(it.deck.open_ones())


async def test_one_that_nobody_looks_at_is_ended_with_its_process(tmp_path: Path):
    """
    After two minutes without a screen; with one it stays.
    """
    async with playing(tmp_path) as it:
        replay = await opened(it)
        process = replay._process
        assert process is not None
        assert isinstance(it.clock, ManualClock)
        async with screen(it, replay.id) as wall:
            await wall(lambda frame: frame["type"] == "snap")
            it.clock.advance(LEFT_S + 1)
            await it.deck._sweep()
            assert 1 == len(it.deck.open_ones())
        it.clock.advance(LEFT_S + 1)
        await it.deck._sweep()

        assert [] == it.deck.open_ones()
        assert process.returncode is not None


async def test_the_deck_sweeps_by_itself(tmp_path: Path):
    """
    Again and again, until it is cancelled.
    """
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 2:
            raise asyncio.CancelledError

    deck = Deck(
        kitchen(tmp_path), Access(PEOPLE), ManualClock(), asset_version="v", timezone="UTC",
        wait=wait,
    )  # fmt: skip
    with pytest.raises(asyncio.CancelledError):
        await deck.run()

    assert [LEFT_S / 10] * 3 == waits


async def test_where_no_process_can_be_started_it_is_said(tmp_path: Path):
    """
    And nothing is open.
    """
    write(tmp_path / "recordings", "a.jsonl", evening(minutes=1))
    deck = Deck(
        kitchen(tmp_path), Access(PEOPLE), ManualClock(), asset_version="v", timezone="UTC",
        command=("/nowhere/python",),
    )  # fmt: skip

    assert "no process can be started: No such file or directory" == await deck.open("a.jsonl", "x")
    assert [] == deck.open_ones()
