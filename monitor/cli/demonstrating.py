"""`roomwatch demo`: the daemon with three acted rooms, on this machine and for nobody else.

Everything is as in a real one (doors, rules, store, pages) but the config: an open door on
loopback, a state folder that is thrown away, and no channel, so that nobody is told of
what actors do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import pathlib
import tempfile
import threading
import webbrowser
from collections.abc import Sequence

import monitor
from monitor import demo, logs
from monitor.alerts.alert import Change
from monitor.cli.acting import end_on_signals
from monitor.clock import Clock, FastClock, SystemClock
from monitor.config import Config
from monitor.config.channels import ChannelsFile
from monitor.config.files import EngineSettings, MainFile
from monitor.config.http import HttpSettings
from monitor.config.rooms import RoomSettings
from monitor.daemon import Daemon
from monitor.errors import ConfigError, MonitorError
from monitor.logs import Logs
from monitor.sources.websocket_server import WebsocketServerSettings

ROOMS = (
    RoomSettings(room="dy-8801", name="羊毛衫工厂店", platform="douyin"),
    RoomSettings(room="tb-2203", name="杯子旗舰店", platform="taobao"),
    RoomSettings(room="ks-5507", name="数码老店", platform="kuaishou"),
)
SIGNS = {"fired": "▲", "acked": "●", "resolved": "▽"}


def demonstrate(arguments: argparse.Namespace) -> int:
    """Until `--for` is over, or Ctrl-C."""
    rules = shipped_rules()
    with tempfile.TemporaryDirectory(prefix="roomwatch-demo-") as state:
        written = logs.start(level="warning")
        try:
            return asyncio.run(_play(arguments, _config(rules, state, arguments.port), written))
        finally:
            written.close()


def shipped_rules() -> pathlib.Path:
    """The rules of the checkout that this package is in, else of the one we stand in."""
    for place in (pathlib.Path(monitor.__file__).parents[1], pathlib.Path.cwd()):
        if (place / "rules" / "hook.yaml").is_file():
            return place / "rules"
    raise MonitorError(
        "no shipped rules here: the demo plays to those of a checkout"
        " — run it in a clone of roomwatch, or as `make demo`"
    )


def _config(rules: pathlib.Path, state: str, port: int) -> Config:
    sessions = pathlib.Path(state) / "sessions"  # to be played again at /replay
    return Config(
        folder=pathlib.Path(state),
        main=MainFile(
            http=HttpSettings(listen=f"127.0.0.1:{port}", open=True),
            engine=EngineSettings(),
            sources=(WebsocketServerSettings(name="actors", format="native"),),
            rooms=ROOMS,
        ),
        channels=ChannelsFile(),
        people=(),
        state=pathlib.Path(state),
        rules=rules,
        record=sessions,
        recordings=(sessions,),
    )


async def _play(arguments: argparse.Namespace, config: Config, written: Logs) -> int:
    speed: float = arguments.speed
    clock: Clock = SystemClock() if speed == 1.0 else FastClock(speed)
    began = clock.now()

    def tell(changes: Sequence[Change]) -> None:
        for change in changes:
            if change.change in SIGNS:
                print(line(change, change.at - began), flush=True)

    daemon = Daemon(config, clock, told=tell)
    try:
        await daemon.start()
    except ConfigError as error:
        if "can not listen" not in str(error):
            raise
        raise MonitorError(
            f"port {arguments.port} is taken — write another one after --port, or 0 for any"
        ) from None
    end_on_signals(daemon, written)
    print(f"control room: {daemon.url}   (Ctrl-C ends it)", flush=True)
    if not arguments.no_browser:
        show(daemon.url)
    door = f"{daemon.url.replace('http', 'ws', 1)}/ingest"
    actors = asyncio.create_task(demo.act(door, clock, speed), name="actors")
    actors.add_done_callback(lambda _: daemon.end())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(arguments.for_s):
            await daemon.ended()
    actors.cancel()
    await asyncio.wait({actors})
    well = await daemon.stop()
    if not actors.cancelled():
        actors.result()  # they play until they are cancelled: what ended them is a mistake
    return 0 if well else 1


def line(change: Change, after_s: float) -> str:
    """A change as one line for people."""
    minutes, seconds = divmod(int(after_s), 60)
    return (
        f"{minutes:02}:{seconds:02} {SIGNS[change.change]} {change.change:8}"
        f" {change.severity:8} {change.rule:24} {change.summary}"
    )


def show(url: str) -> bool:
    """Open the page where there is a screen to open it on; whether there is."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    # a browser may take its time, or never return: the demo does not wait for it
    threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
    return True
