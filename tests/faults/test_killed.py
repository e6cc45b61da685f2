"""kill -9: what was open is open, nobody is told twice, and what was not told is told."""

from __future__ import annotations

import signal
from pathlib import Path

import aiohttp
import pytest

from monitor.clock import SystemClock
from tests.daemon.ground import Ground
from tests.faults.process import comments, process
from tests.receiver import Reply, receiving
from tests.services import until

pytestmark = pytest.mark.faults

TWO = """\
default = ["good", "bad"]
[[channels]]
kind = "webhook"
name = "good"
url = "{url}/good"
allow_hosts = ["127.0.0.1"]
[[channels]]
kind = "webhook"
name = "bad"
url = "{url}/bad"
allow_hosts = ["127.0.0.1"]
"""


async def test_an_open_alert_and_an_unsent_notice_outlive_the_process(tmp_path: Path) -> None:
    """One channel was told before, the other only after: each once."""
    ground = Ground(tmp_path)
    async with receiving() as good, receiving() as bad, aiohttp.ClientSession() as session:
        bad.always = Reply(status=503)
        ground.write(channels=TWO.format(url=good.url).replace(f"{good.url}/bad", f"{bad.url}/bad"))
        async with process(ground) as daemon:
            facts = comments("r", 3, SystemClock().now())
            async with session.post(f"{daemon.url}/ingest", json=facts):
                await until(lambda: good.requests and bad.requests)
            (before,) = (await daemon.get("/api/alerts", session))["alerts"]
            # only what is marked as sent is known to be: that is on disk a moment later
            while await daemon.metric('roomwatch_notices_sent_total{channel="good"}', session) != 1:
                pass
            while await daemon.metric("roomwatch_store_waiting", session):
                pass
            daemon.signal(signal.SIGKILL)
            status = await daemon.ended(5)
        bad.always, tried = Reply(), len(bad.requests)
        async with process(ground) as daemon:
            await until(lambda: len(bad.requests) > tried)
            (after,) = (await daemon.get("/api/alerts", session))["alerts"]
            ticks = await daemon.metric("roomwatch_ticks_total", session)
            while await daemon.metric("roomwatch_ticks_total", session) < ticks + 4:
                pass
            daemon.signal(signal.SIGTERM)
            await daemon.ended(10)

    assert -signal.SIGKILL == status
    for field in ("key", "episode", "fired_at", "state", "summary"):
        assert before[field] == after[field]
    assert ["busy|r|1|fired|good"] == [request.json["id"] for request in good.requests]
    assert ["busy|r|1|fired|bad"] == [request.json["id"] for request in bad.requests[tried:]]


WAITS = """\
rules:
  - {id: busy, kind: threshold, when: comments_10s >= 3, for: 3s, severity: critical}
"""


async def test_time_away_does_not_count_for_an_alert_that_waits(tmp_path: Path) -> None:
    """
    pending ─ killed a moment later ─ away for three seconds ─ heard of: fires only later
    """
    ground = Ground(tmp_path)
    ground.write(rules=WAITS)
    clock = SystemClock()
    async with aiohttp.ClientSession() as session:
        async with process(ground) as daemon:
            async with session.post(f"{daemon.url}/ingest", json=comments("r", 3, clock.now())):
                await until(lambda: daemon.logged("alert pending"))
            while await daemon.metric("roomwatch_store_waiting", session):
                pass
            daemon.signal(signal.SIGKILL)
            killed_at = clock.now()
            await daemon.ended(5)
        async with process(ground) as daemon:
            while clock.now() < killed_at + 3.2:
                await daemon.get("/healthz", session)
            back_at = clock.now()
            facts = comments("r", 3, back_at, first=10)
            async with session.post(f"{daemon.url}/ingest", json=facts):
                await until(lambda: daemon.logged("alert fired"))
            (alert,) = (await daemon.get("/api/alerts", session))["alerts"]
            pending = daemon.logged("alert pending")

    assert [] == pending  # it is the one of before
    assert alert["fired_at"] - back_at > 0.5
    assert alert["fired_at"] - alert["since"] >= 3.0


async def test_a_daemon_that_was_killed_resolves_nothing_falsely(tmp_path: Path) -> None:
    """One comment is heard, of ten seconds that nobody has seen: it goes on."""
    ground = Ground(tmp_path)
    async with aiohttp.ClientSession() as session:
        async with process(ground) as daemon:
            now = SystemClock().now()
            async with session.post(f"{daemon.url}/ingest", json=comments("r", 3, now)):
                await until(lambda: daemon.logged("alert fired"))
            while await daemon.metric("roomwatch_store_waiting", session):
                pass
            daemon.signal(signal.SIGKILL)
            await daemon.ended(5)
        async with process(ground) as daemon:
            facts = comments("r", 1, SystemClock().now(), first=10)
            async with session.post(f"{daemon.url}/ingest", json=facts):
                pass
            ticks = await daemon.metric("roomwatch_ticks_total", session)
            while await daemon.metric("roomwatch_ticks_total", session) < ticks + 6:
                pass
            (alert,) = (await daemon.get("/api/alerts", session))["alerts"]
            changes = [line for line in daemon.lines if line["event"].startswith("alert ")]

    assert ("busy|r", 1, True) == (alert["key"], alert["episode"], alert["unknown"])
    assert [] == changes
