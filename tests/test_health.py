"""How the daemon is."""

from __future__ import annotations

import asyncio
import os
import pathlib
import socket
from collections.abc import Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from monitor.clock import ManualClock, steady
from monitor.health import Health, Metrics, Notifier, Progress, Watchdog, watchdog_s


class Systemd:
    """The other end of the notify socket."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.socket.setblocking(False)

    def told(self) -> list[str]:
        heard = []
        while True:
            try:
                heard.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return heard


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Systemd]:
    here = f"@roomwatch-{os.getpid()}" if request.param == "abstract" else f"{tmp_path}/notify"
    heard = Systemd(here)
    yield heard
    heard.socket.close()


def test_systemd_hears_of_every_state(systemd: Systemd) -> None:
    """Over a socket with a path and over an abstract one; a status is one line."""
    notifier = Notifier(systemd.address)
    before = int(steady() * 1e6)
    assert notifier.reloading()
    notifier.ready("watching 3 rooms\nREADY=0")
    notifier.status("degraded: mqtt")
    notifier.stopping()
    reloading, *others = systemd.told()
    first, moment = reloading.split("\n")

    assert "RELOADING=1" == first
    assert before <= int(moment.removeprefix("MONOTONIC_USEC=")) <= int(steady() * 1e6)
    assert [
        "READY=1\nSTATUS=watching 3 rooms READY=0",
        "STATUS=degraded: mqtt",
        "STOPPING=1\nSTATUS=stopping",
    ] == others


def test_without_systemd_nothing_is_told(tmp_path: pathlib.Path) -> None:
    """Started by hand, or the socket is gone: no error either way."""

    assert not Notifier("").ready("x")
    assert not Notifier(f"{tmp_path}/gone").ready("x")


def test_the_address_is_systemds(monkeypatch: pytest.MonkeyPatch, systemd: Systemd) -> None:
    """$NOTIFY_SOCKET, as it stands when the notifier is made."""
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.address)
    Notifier().status("here")

    assert ["STATUS=here"] == systemd.told()


def test_the_watchdog_pings_only_when_every_part_moved(systemd: Systemd) -> None:
    """
    loop   x   x   x   .   x
    tick   x   x   .   .   x
    store  x   .   x   x   .
    ping   yes no  no  no  yes   a part that moved since the last ping need not move again
    """
    progress = Progress(0.0)
    watchdog = Watchdog(Notifier(systemd.address), progress)
    pinged, still = [], []
    for moved in ("loop tick store", "loop tick", "loop", "", "loop tick store"):
        for part in moved.split():
            progress.move(part, 1.0)
        still.append(watchdog.ping())
        pinged.append(len(systemd.told()))

    assert [1, 0, 0, 0, 1] == pinged
    assert [[], ["store"], ["store"], ["store"], []] == still


async def test_the_watchdog_runs_by_systemds_patience(systemd: Systemd) -> None:
    """Three times within it; and returns at once where systemd has none."""
    progress = Progress(0.0, ("loop",))
    watchdog = Watchdog(Notifier(systemd.address), progress)
    await asyncio.wait_for(watchdog.run(), 5)
    progress.move("loop", 1.0)
    running = asyncio.create_task(watchdog.run(0.03))
    heard: list[str] = []
    async with asyncio.timeout(10):
        while not heard:
            await asyncio.sleep(0)
            heard = systemd.told()
    running.cancel()

    assert ["WATCHDOG=1"] == heard


@pytest.mark.parametrize(
    ("environment", "patience_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "20000000"}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "7"}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_systemds_patience_is_in_the_environment(
    environment: dict[str, str], patience_s: float | None
) -> None:
    """It may be meant for another process than ours."""

    assert patience_s == watchdog_s(environment, 7)


def test_what_stands_still_is_stuck() -> None:
    """Ten seconds after its last move."""
    progress = Progress(100.0)
    progress.move("tick", 105.0)
    progress.move("store", 109.0)

    assert [] == progress.stuck(110.0)
    assert ["loop has not moved for 11 s"] == progress.stuck(111.0)
    with pytest.raises(KeyError):
        progress.move("lop", 1.0)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def test_the_pages_tell_life_and_readiness(clock: ManualClock) -> None:
    """A degraded source is named and is no reason to be called unready."""
    health = Health(clock)
    app = web.Application()
    app.add_routes(health.routes())
    async with TestClient(TestServer(app)) as client:

        async def ask(page: str) -> tuple[int, dict[str, object]]:
            async with client.get(page) as answer:
                return answer.status, await answer.json()

        assert (200, {"alive": True, "stuck": []}) == await ask("/healthz")
        assert (
            503,
            {
                "ready": False,
                "waiting_for": ["built", "sources started", "store open"],
                "degraded": [],
            },
        ) == await ask("/readyz")

        for step in ("built", "sources started", "store open"):
            health.reached(step)
        health.degraded = lambda: ["mqtt: refused"]
        for part in ("loop", "store"):
            health.progress.move(part, clock.now() + 12)
        clock.advance(12)

        assert (
            200,
            {"ready": True, "waiting_for": [], "degraded": ["mqtt: refused"]},
        ) == await ask("/readyz")
        assert (503, {"alive": False, "stuck": ["tick has not moved for 12 s"]}) == await ask(
            "/healthz"
        )


async def test_the_figures_are_read_when_somebody_asks(clock: ManualClock) -> None:
    """By Prometheus' own parser: counters get `_total`, labels are escaped."""
    health = Health(clock)
    frames = {("live", 'a"b\n'): 3.0}
    health.metrics.counter("roomwatch_frames", "frames", lambda: frames, ("kind", "source"))
    health.metrics.gauge("roomwatch_rooms", "rooms watched", lambda: 3.0)
    frames["live", 'a"b\n'] = 5.0
    health.reloaded(False)
    samples = await shown(health)

    assert samples["roomwatch_frames_total", "live", 'a"b\n'] == 5.0
    assert samples["roomwatch_rooms",] == 3.0


async def shown(health: Health) -> dict[tuple[str, ...], float]:
    """What /metrics says: (name, label values …) → value."""
    app = web.Application()
    app.add_routes(health.routes())
    async with TestClient(TestServer(app)) as client, client.get("/metrics") as answer:
        assert answer.content_type == "text/plain"
        text = await answer.text()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_whether_the_last_reload_was_taken_is_a_figure(clock: ManualClock) -> None:
    """With its time; the start counts as a reload that was taken."""
    health = Health(clock)
    names = ("roomwatch_config_last_reload_ok", "roomwatch_config_last_reload_timestamp_seconds")
    told = [await shown(health)]
    for ok in (False, True):
        clock.advance(60)
        health.reloaded(ok)
        told.append(await shown(health))

    start = ManualClock().now()
    assert [(1.0, start), (0.0, start + 60), (1.0, start + 120)] == [
        tuple(samples[name,] for name in names) for samples in told
    ]


def test_a_metric_is_ours_and_shown_once() -> None:
    """A slip of the programmer, not of the user."""
    metrics = Metrics()
    metrics.gauge("roomwatch_x", "x", lambda: 1.0)

    with pytest.raises(AssertionError):
        metrics.gauge("roomwatch_x", "x", lambda: 1.0)
    with pytest.raises(AssertionError):
        metrics.gauge("rooms", "x", lambda: 1.0)
