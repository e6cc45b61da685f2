"""The embedded engine: what it promises, on a real store and a clock that is moved."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.engines import driving
from monitor.engines.footing import Footing
from monitor.rules.compile import load
from tests.daemon.ground import BUSY
from tests.engines.acted import ActedSource, engine
from tests.services import until


async def test_nothing_is_acknowledged_or_told_before_it_is_committed(tmp_path: Path) -> None:
    """The disk is slow: people and peers wait for it, in that order."""
    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        bench.store.gate.clear()
        source.give(*[bench.comment(number) for number in range(3)])
        await bench.took(3)
        bench.clock.advance(0.25)
        bench.engine.wake()
        bench.store.log.clear()
        await until(lambda: bench.store.log)
        early = (list(bench.store.log), list(bench.told), list(source.safe))
        bench.store.gate.set()
        await until(lambda: source.safe)
        log = bench.store.log[:3]

    assert (["commit begins"], [], []) == early
    assert ["commit begins", "committed", "told"] == log
    assert [1] == source.safe[:1]
    assert ["busy|r"] == [change.key for change in bench.told]


async def test_what_comes_during_a_commit_is_not_acknowledged_with_it(tmp_path: Path) -> None:
    """The tick had not seen it."""
    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        source.give(bench.comment(1))
        await bench.took(1)
        bench.store.gate.clear()
        bench.store.log.clear()
        bench.clock.advance(0.25)
        bench.engine.wake()
        await until(lambda: bench.store.log)
        source.give(bench.comment(2))
        await until(lambda: bench.engine.intakes[0].waiting[0])
        bench.store.gate.set()
        await until(lambda: source.safe)
        first = list(source.safe)
        await bench.took(2)
        await bench.tick()
        await until(lambda: source.safe == [1, 2])

    assert [1] == first


async def test_a_frozen_peer_does_not_stop_the_ticks(tmp_path: Path) -> None:
    """Nor does its window make the engine run in circles."""
    source = ActedSource(window=2)
    source.thawed.clear()
    async with engine(tmp_path, source) as bench:
        source.give(bench.comment(1))
        await bench.took(1)
        ticks = bench.engine.ticks
        for _ in range(4):
            await bench.tick()
        circles = bench.engine.ticks - ticks
        source.thawed.set()
        await until(lambda: source.safe)

    assert 4 <= circles <= 6


async def test_half_a_window_is_acknowledged_at_once(tmp_path: Path) -> None:
    """Time stands still: no tick is due."""
    source = ActedSource(window=4)
    async with engine(tmp_path, source) as bench:
        source.give(bench.comment(1))
        await bench.took(1)
        await asyncio.sleep(0)
        before = list(source.safe)
        source.give(bench.comment(2))
        await until(lambda: source.safe == [2])

    assert [] == before


async def test_a_batch_that_breaks_the_core_is_counted_and_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is acknowledged like others: it would break the next process, too."""
    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        whole = bench.shard.receive

        def fragile(items, now):
            if any(event.room == "bad" for batch in items for event in batch.events):
                raise ZeroDivisionError
            return whole(items, now)

        monkeypatch.setattr(bench.shard, "receive", fragile)
        with capture_logs() as logged:
            source.give(bench.comment(1, "bad"))
            await until(lambda: bench.engine.figures()["faults"])
            source.give(*[bench.comment(number) for number in range(2, 5)])
            await bench.took(3)
            await bench.tick()
            await until(lambda: source.safe)

    assert 1 == bench.engine.figures()["faults"]
    assert ["a batch broke the core"] == [line["event"] for line in logged]
    assert ["busy|r"] == [change.key for change in bench.told]


async def test_a_turn_that_is_over_goes_on_with_the_next_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that has more and more does not keep the others waiting."""
    monkeypatch.setattr(driving, "TURN_S", 0.0)
    monkeypatch.setattr(driving, "TURN_BYTES", 1)
    sources = [ActedSource(name) for name in ("a", "b", "c")]
    async with engine(tmp_path, *sources) as bench:
        whole, served = bench.shard.receive, []

        def heard(items, now):
            served.extend(batch.source for batch in items)
            return whole(items, now)

        monkeypatch.setattr(bench.shard, "receive", heard)
        for number in range(4):
            for source in sources:
                source.give(bench.comment(number, source.name))
        await bench.took(12)

    assert sorted("abc" * 4) == sorted(served)
    assert {"a", "b", "c"} == set(served[:6])


async def test_what_waits_at_the_end_is_applied_and_told(tmp_path: Path) -> None:
    """Also what has not reached the inbox yet."""
    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        for number in range(3):
            source.give(bench.comment(number))
        bench.engine.stop()

    assert ["busy|r fired"] == [f"{change.key} {change.change}" for change in bench.told]
    assert [3] == source.safe[-1:]


async def test_an_acknowledgement_is_committed_and_told_once(tmp_path: Path) -> None:
    """Two at the same moment: the first has it, and the second hears who."""
    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        source.give(*[bench.comment(number) for number in range(3)])
        await bench.took(3)
        await bench.tick()
        both = await asyncio.gather(
            bench.engine.acknowledge("busy|r", 1, "李敏"),
            bench.engine.acknowledge("busy|r", 1, "王强"),
        )
        history = [change.change for change in await bench.store.history(10)]

    assert ["李敏", "李敏"] == [change.by for change in both if change]
    assert ["fired", "acked"] == [change.change for change in bench.told]
    assert 1 == history.count("acked")


async def test_ticks_that_were_missed_are_left_out(tmp_path: Path) -> None:
    """Ten seconds of standstill are one tick, which was late."""
    async with engine(tmp_path, ActedSource()) as bench:
        before = bench.engine.ticks
        bench.clock.advance(10)
        bench.engine.wake()
        await until(lambda: bench.engine.ticks > before)
        await asyncio.sleep(0)
        bench.engine.wake()
        await asyncio.sleep(0)
        figures = bench.engine.figures()

    assert before + 1 == figures["ticks"]
    assert 9.5 < figures["tick_late_worst_s"] <= 10


async def test_new_rules_ask_the_windows_as_they_are(tmp_path: Path) -> None:
    """Two comments are enough for them."""
    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        source.give(*[bench.comment(number) for number in range(2)])
        await bench.took(2)
        await bench.tick()
        quiet = list(bench.told)
        (tmp_path / "busy.yaml").write_text(BUSY.replace(">= 3", ">= 2"), encoding="utf-8")
        await bench.engine.reload(Footing(rules=load(tmp_path)))
        await bench.tick()

    assert [] == quiet
    assert ["busy|r"] == [change.key for change in bench.told]


async def test_every_part_is_seen_to_move(tmp_path: Path) -> None:
    """The loop, the ticks and the store: the watchdog asks for all of them."""
    async with engine(tmp_path, ActedSource()) as bench:
        before = dict(bench.progress.moves)
        await bench.tick()

    assert all(moves > before[part] for part, moves in bench.progress.moves.items())


async def test_while_an_alert_waits_it_is_written_down_that_we_are_here(tmp_path: Path) -> None:
    """Once a second, and not where nothing waits."""
    source = ActedSource()
    async with engine(tmp_path, source) as bench:
        (tmp_path / "busy.yaml").write_text(BUSY + "    for: 30s\n", encoding="utf-8")
        await bench.engine.reload(Footing(rules=load(tmp_path)))
        await bench.tick()
        quiet = await bench.store.kept("asked_at")
        source.give(*[bench.comment(number) for number in range(3)])
        await bench.took(3)
        for _ in range(9):
            await bench.tick()
        written = await bench.store.kept("asked_at")

    assert quiet is None
    assert 0.0 <= bench.clock.now() - float(written or 0) < 1.0
