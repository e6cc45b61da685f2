"""`roomwatch run`: the daemon in this process, and the signals that end or reload it."""

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
from monitor.daemon.figures import publish_logs
from monitor.logs import Logs

log = structlog.get_logger()

LAST_LINES_S = 0.5  # for the log, when we leave at once


def run(arguments: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT; SIGHUP reloads. A second signal leaves at once."""

    def load() -> Config:
        return config.load(arguments.config)

    loaded = load()
    written = logs.start(level=loaded.main.logging.level, form=loaded.main.logging.form)
    try:
        return asyncio.run(_run(loaded, load, written))
    finally:
        written.close()


async def _run(loaded: Config, load: Callable[[], Config], written: Logs) -> int:
    daemon = Daemon(loaded, SystemClock())
    publish_logs(daemon.health.metrics, written)
    reloads: set[asyncio.Task[bool]] = set()
    started = asyncio.Event()

    async def reload() -> bool:
        await started.wait()  # a daemon that starts has read its files a moment ago
        return await daemon.reload(load)

    def hang_up() -> None:
        task = asyncio.ensure_future(reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hang_up)
    end_on_signals(daemon, written)
    await daemon.start()
    started.set()
    await daemon.ended()
    return 0 if await daemon.stop() else 1


def end_on_signals(daemon: Daemon, written: Logs) -> None:
    """SIGTERM and SIGINT end the daemon; while it ends, another one leaves at once."""

    def leave(number: int) -> None:
        if daemon.ending:
            log.critical("left at once", signal=signal.Signals(number).name)
            written.close(LAST_LINES_S)
            os._exit(128 + number)
        daemon.end()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave, number)
