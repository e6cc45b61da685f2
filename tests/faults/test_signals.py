"""SIGTERM drains, a second one leaves at once, SIGHUP takes all or nothing."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import aiohttp
import pytest

from monitor.clock import SystemClock, steady
from tests.daemon.ground import BUSY, DOORS, Ground
from tests.daemon.test_daemon import hook
from tests.faults.process import Process, comments, process
from tests.receiver import Reply, receiving
from tests.services import until

pytestmark = pytest.mark.faults


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def now() -> float:
    return SystemClock().now()


async def test_sigterm_drains_and_exits_well(ground: Ground) -> None:
    """Within ten seconds, with a tool connected and facts in flight; the last are told."""
    async with receiving() as receiver:
        ground.write(channels=hook(receiver.url))
        async with (
            process(ground) as daemon,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{daemon.url}/ingest") as tool,
        ):
            await tool.send_json(comments("r", 3, now()))
            began = steady()
            async with session.post(f"{daemon.url}/ingest", json=comments("late", 3, now())):
                daemon.signal(signal.SIGTERM)
            message = await tool.receive(timeout=10)
            status = await daemon.ended(10)
            took = steady() - began

    assert (0, aiohttp.WSMsgType.CLOSE, 1001) == (status, message.type, message.data)
    assert took < 10
    assert {"busy|late|1|fired|hook"} <= {request.json["id"] for request in receiver.requests}
    assert [True] == [line["drained"] for line in daemon.logged("stopped")]


async def test_a_second_signal_leaves_at_once(ground: Ground) -> None:
    """The first waits for a channel that hangs."""
    async with receiving() as receiver:
        receiver.always = Reply(hang=True)
        ground.write(channels=hook(receiver.url), daemon="stop_within_s = 60.0")
        async with process(ground) as daemon, aiohttp.ClientSession() as session:
            async with session.post(f"{daemon.url}/ingest", json=comments("r", 3, now())):
                await until(lambda: receiver.requests)
            daemon.signal(signal.SIGTERM)
            async with aiohttp.ClientSession() as other:

                async def refused() -> bool:
                    async with other.post(f"{daemon.url}/ingest", json=[]) as answer:
                        return answer.status == 503

                while not await refused():  # it has heard the first
                    pass
            began = steady()
            daemon.signal(signal.SIGTERM)
            status = await daemon.ended(5)
            took = steady() - began

    assert 128 + signal.SIGTERM == status
    assert took < 2
    assert daemon.logged("left at once")


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"rules": BUSY.replace("comments_10s", "comment_10s")}, "rules/busy.yaml:4:11: busy: "),
        ({"sources": DOORS.replace("format", "fromat")}, "config/roomwatch.toml:12: "),
    ],
    ids=["rules", "config"],
)
async def test_sighup_with_a_mistake_changes_nothing(
    ground: Ground, broken: dict[str, str], where: str
) -> None:
    """It is logged with file and line, and in /metrics; then a good file is taken."""
    async with process(ground) as daemon, aiohttp.ClientSession() as session:
        async with session.post(f"{daemon.url}/ingest", json=comments("r", 2, now())):
            pass

        async def seen() -> tuple[float | None, object]:
            rooms = (await daemon.get("/api/rooms", session))["rooms"]
            names = [room["room"] for room in rooms]
            return await daemon.metric("roomwatch_events_total", session), names

        before = (2.0, ["r"])
        while await seen() != before:  # what was accepted is counted a moment later
            pass
        ground.write(**broken)
        daemon.signal(signal.SIGHUP)
        await until(lambda: daemon.logged("reload refused"))
        refused = await daemon.metric("roomwatch_config_last_reload_ok", session)
        after = await seen()
        ground.write(rules=BUSY.replace("critical", "warning"))
        daemon.signal(signal.SIGHUP)
        await until(lambda: daemon.logged("reloaded"))
        taken = await daemon.metric("roomwatch_config_last_reload_ok", session)
        async with session.post(f"{daemon.url}/ingest", json=comments("r", 1, now(), first=2)):
            pass
        await until(
            lambda: any(line["rule"] == "busy" for line in daemon.logged("alert fired"))
        )  # the refused reload was an alert, too
        (alert,) = (await daemon.get("/api/alerts", session))["alerts"]

    assert before == after
    assert (0.0, 1.0) == (refused, taken)
    assert any(where in line["mistake"] for line in daemon.logged("reload refused"))
    assert ("busy|r", "warning") == (alert["key"], alert["severity"])  # the two of before counted


@pytest.mark.parametrize("why", ["taken", "open to strangers", "no config"])
async def test_what_people_wrote_wrong_ends_with_2_and_a_sentence(ground: Ground, why: str) -> None:
    """No traceback."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ground.write(listen=f"{'0.0.0.0' if why == 'open to strangers' else '127.0.0.1'}:{port}")
        if why == "no config":
            (ground.folder / "config" / "roomwatch.toml").unlink()
        daemon = Process(ground)
        status = await daemon.ended(20)
    said = daemon.log.read_text("utf-8")
    expected = {
        "taken": f"can not listen on 127.0.0.1:{port}: ",
        "open to strangers": "is reached by others and nobody needs a token — add [[tokens]]",
        "no config": "roomwatch.toml:1: can not be read: No such file or directory",
    }[why]

    assert 2 == status
    assert expected in said
    assert "Traceback" not in said
