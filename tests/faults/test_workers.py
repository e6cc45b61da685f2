"""A daemon whose rooms are with two workers, as people start it: used, reloaded, killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from monitor.clock import SystemClock
from monitor.engines.owners import owner
from tests.daemon.ground import BUSY, Ground
from tests.faults.process import Process, comments, process
from tests.services import until

pytestmark = pytest.mark.faults

ROOMS = ("r1", "r4")
WIDE = "  - {id: wide, kind: composite, scope: all, when: firing(busy) >= 2}\n"


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    made = Ground(tmp_path)
    made.write(rules=BUSY + WIDE, more="workers = 2\n")
    return made


def workers(daemon: Process) -> list[int]:
    """Their processes."""
    pids: list[int] = daemon.logged("workers started")[0]["processes"]
    return pids


def ended(pid: int) -> bool:
    """Nobody is there any more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def open_alerts(daemon: Process, session: aiohttp.ClientSession) -> dict[str, Any]:
    alerts = (await daemon.get("/api/alerts", session))["alerts"]
    return {alert["key"]: alert for alert in alerts}


async def fire(daemon: Process, session: aiohttp.ClientSession) -> dict[str, Any]:
    """Three comments in a room of each worker; the alerts that follow."""
    now = SystemClock().now()
    facts = [fact for room in ROOMS for fact in comments(room, 3, now)]
    async with session.post(f"{daemon.url}/ingest", json=facts):
        pass
    while len(found := await open_alerts(daemon, session)) < 3:
        pass
    return found


async def test_a_wall_shows_the_rooms_of_all_workers_and_people_do_what_they_do(
    ground: Ground,
) -> None:
    """Acknowledge, cue, explain, look at a page, reload; and the end is a good one."""
    async with process(ground) as daemon, aiohttp.ClientSession() as session:
        fired = await fire(daemon, session)
        seen: set[str] = set()
        async with session.ws_connect(f"{daemon.url}/ws", origin=daemon.url) as screen:
            await screen.send_json({"type": "sub", "view": "wall"})
            while not seen >= set(ROOMS):
                frame = await screen.receive_json(timeout=10)
                rooms = frame.get("rooms", ())  # all of them, or what of each is not as it was
                seen |= (
                    rooms.keys() if isinstance(rooms, dict) else {each["room"] for each in rooms}
                )
        headers = {"Origin": daemon.url}
        body = {"key": "busy|r4", "episode": 1}
        async with session.post(
            f"{daemon.url}/api/alerts/ack", json=body, headers=headers
        ) as answer:
            acked = answer.status
        detail = (await daemon.get("/api/rooms/r4", session))["detail"]
        query = "/api/explain?rule=busy&room=r1"
        explained = (await daemon.get(query, session))["found"]
        ground.write(rules=BUSY.replace(">= 3", ">= 9"), more="workers = 2\n")
        daemon.signal(signal.SIGHUP)
        await until(lambda: daemon.logged("reloaded"))
        while set(after := await open_alerts(daemon, session)) & {"wide||", "busy|r1"}:
            pass
        pids = workers(daemon)
        daemon.signal(signal.SIGTERM)
        status = await daemon.ended(10)

    assert 2 == len({owner(room, 2) for room in ROOMS})
    assert {"busy|r1", "busy|r4", "wide||"} == set(fired)
    assert set(ROOMS) == seen
    assert 200 == acked
    assert "r4" == detail["room"]
    assert "firing" == explained["state"]
    assert {} == after
    assert (0, [True]) == (status, [line["drained"] for line in daemon.logged("stopped")])
    assert all(map(ended, pids))


async def test_a_worker_that_is_killed_ends_the_daemon_and_what_was_open_stays_open(
    ground: Ground,
) -> None:
    """The daemon says so and ends badly, so that systemd starts it anew."""
    async with process(ground) as daemon, aiohttp.ClientSession() as session:
        before = await fire(daemon, session)
        while await daemon.metric("roomwatch_store_waiting", session):
            pass
        first, second = workers(daemon)
        os.kill(second, signal.SIGKILL)
        status = await daemon.ended(20)
        log = daemon.log.read_text("utf-8")
    async with process(ground) as daemon, aiohttp.ClientSession() as session:
        after = await open_alerts(daemon, session)

    assert 0 != status
    assert f"worker 1 (process {second}) has ended" in log
    assert ended(first)
    for key in ("busy|r1", "busy|r4"):
        assert before[key]["fired_at"] == after[key]["fired_at"]


async def test_a_worker_that_hangs_stops_the_ticks_and_holds_no_end_up(ground: Ground) -> None:
    """So that the watchdog bites; whoever ends the daemon has it ended in time."""
    ground.write(more="workers = 2\n", daemon="stop_within_s = 2.0")
    async with process(ground) as daemon, aiohttp.ClientSession() as session:
        first, second = workers(daemon)
        os.kill(first, signal.SIGSTOP)
        before = await daemon.metric("roomwatch_ticks_total", session)
        at = SystemClock().now()
        while SystemClock().now() < at + 1.0:
            after = await daemon.metric("roomwatch_ticks_total", session)
        daemon.signal(signal.SIGTERM)
        status = await daemon.ended(8)
        await until(lambda: ended(first) and ended(second))

    assert before is not None
    assert after is not None
    assert after <= before + 1  # one may have been under way
    assert 0 != status


async def test_workers_end_with_the_daemon_however_it_ends(ground: Ground) -> None:
    """Killed, it can tell them nothing."""
    async with process(ground) as daemon:
        pids = workers(daemon)
        daemon.signal(signal.SIGKILL)
        status = await daemon.ended(5)
        await until(lambda: all(map(ended, pids)))

    assert -signal.SIGKILL == status
