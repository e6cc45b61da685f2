"""Verbs that run the daemon in this process."""

from __future__ import annotations

import signal
from pathlib import Path

import aiohttp
import pytest

from tests.daemon.ground import Ground
from tests.faults.process import process
from tests.services import until


@pytest.mark.faults
async def test_run_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    """Ctrl-C is as good as SIGTERM; lines that were shed are a figure of its own."""
    async with process(Ground(tmp_path)) as daemon, aiohttp.ClientSession() as session:
        ready = await daemon.get("/readyz", session)
        shed = await daemon.metric("roomwatch_log_lines_dropped_total", session)
        daemon.signal(signal.SIGINT)
        status = await daemon.ended(10)

    assert ready["ready"]
    assert 0.0 == shed
    assert 0 == status


@pytest.mark.faults
async def test_a_hang_up_while_it_starts_does_not_end_it(tmp_path: Path) -> None:
    """It reads its files again once it runs."""
    ground = Ground(tmp_path)
    async with process(ground) as daemon:
        for _ in range(3):
            daemon.signal(signal.SIGHUP)
        await until(lambda: daemon.logged("reloaded"))
        daemon.signal(signal.SIGTERM)
        status = await daemon.ended(10)

    assert 0 == status
