"""The tasks that the daemon is made of."""

from __future__ import annotations

import asyncio

from monitor.daemon.parts import Parts


async def test_a_part_that_dies_ends_the_daemon():
    """
    One that comes to its end by itself does not.
    """
    parts = Parts()

    async def well() -> None:
        return None

    async def badly() -> None:
        raise RuntimeError("a bug")

    parts.run(well(), "well")
    await parts.finished("well")
    assert (False, False) == (parts.failed, parts.ended.is_set())

    parts.run(badly(), "badly")
    await parts.finished("badly")

    assert (True, True) == (parts.failed, parts.ended.is_set())


async def test_cancelling_ends_what_would_go_on_for_ever():
    """
    And is no failure.
    """
    parts = Parts()
    parts.run(asyncio.Event().wait(), "waits")  # type: ignore[arg-type]

    await asyncio.sleep(0)
    await parts.cancel()

    assert not parts.failed
