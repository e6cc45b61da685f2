"""Verbs that run the daemon in this process: run, demo."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Callable

import structlog

from monitor import config, logs
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.daemon import Daemon

log = structlog.get_logger()


def run(arguments: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT; SIGHUP reloads. A second signal leaves at once."""

    def load() -> Config:
        return config.load(arguments.config)

    loaded = load()
    writer = logs.start(level=loaded.main.logging.level, form=loaded.main.logging.form)
    try:
        return asyncio.run(_run(loaded, load))
    finally:
        writer.close()


async def _run(loaded: Config, load: Callable[[], Config]) -> int:
    daemon = Daemon(loaded, SystemClock())
    await daemon.start()
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[bool]] = set()

    def leave(number: int) -> None:
        if daemon.ending:
            log.critical("left at once", signal=signal.Signals(number).name)
            os._exit(128 + number)
        daemon.end()

    def hang_up() -> None:
        task = asyncio.ensure_future(daemon.reload(load))
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave, number)
    loop.add_signal_handler(signal.SIGHUP, hang_up)
    await daemon.ended()
    return 0 if await daemon.stop() else 1
