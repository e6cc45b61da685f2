"""Acknowledging what is committed, without waiting."""

from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from monitor.clock import ManualClock
from monitor.engines.settling import Settling
from monitor.formats.decoder import Decoder
from monitor.intake import InboxLimits, Intake, Mark
from tests.engines.acted import ActedSource
from tests.services import until


def intake(source: ActedSource) -> Intake:
    return Intake(
        source,
        Decoder(source=source.name, format="native"),
        limits=InboxLimits(),
        clock=ManualClock(),
        wake=lambda: None,
    )


async def test_a_frozen_peer_is_told_the_newest_only() -> None:
    """1 is under way; 2 is overtaken by 3 while it waits."""
    source, settling = ActedSource(), Settling()
    one = intake(source)
    source.thawed.clear()
    settling.put(one, Mark(1, 1))
    await asyncio.sleep(0)
    settling.put(one, Mark(2, 2))
    settling.put(one, Mark(3, 3))
    settling.put(one, None)

    assert settling.busy(one)
    source.thawed.set()
    await until(lambda: not settling.busy(one))
    assert [1, 3] == source.safe


async def test_one_that_is_frozen_holds_no_other_up() -> None:
    """Each has a task of its own."""
    frozen, well, settling = ActedSource("frozen"), ActedSource("well"), Settling()
    frozen.thawed.clear()
    first, second = intake(frozen), intake(well)
    settling.put(first, Mark(1, 1))
    settling.put(second, Mark(1, 1))
    await until(lambda: well.safe)

    assert [] == frozen.safe
    assert not await settling.finish(0.01)
    assert not settling.busy(first)


async def test_one_that_breaks_is_counted_and_asked_again() -> None:
    """The next mark is as good as any."""
    source, settling = ActedSource(), Settling()
    one = intake(source)
    source.broken = ValueError("ours")
    with capture_logs() as logged:
        settling.put(one, Mark(1, 1))
        await until(lambda: not settling.busy(one))
    source.broken = None
    settling.put(one, Mark(2, 2))

    assert await settling.finish(5)
    assert [2] == source.safe
    assert (1, ["acknowledgement broke"]) == (settling.failed, [line["event"] for line in logged])
