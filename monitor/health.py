"""How the daemon is: /healthz, /readyz, /metrics and what systemd is told.

    healthz   every part that must move has moved lately: the process is worth keeping
    readyz    everything is built and started; what is degraded is named, and is no reason
    watchdog  systemd is told to wait on only when every part moved since the last time

A part (`loop`, `tick`, `store`) calls `progress.move(name, now)` whenever it did a
piece of work. So a daemon whose loop turns but whose ticks or writer stand still is
restarted, which a bare timer would hide.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from aiohttp import web
from msgspec import Struct
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from monitor.clock import Clock, steady

PARTS = ("loop", "tick", "store")
STILL_S = 10.0  # a part that has not moved for so long is stuck

Figures = float | Mapping[tuple[str, ...], float]


class Progress:
    """Which parts of the daemon have moved, and when last. Times are the clock's `now`."""

    def __init__(self, now: float, parts: Iterable[str] = PARTS) -> None:
        self.moves = dict.fromkeys(parts, 0)
        self._moved_at = dict.fromkeys(self.moves, now)

    def move(self, part: str, now: float) -> None:
        """`part` did a piece of work. Raises KeyError for a part nobody watches."""
        self.moves[part] += 1
        self._moved_at[part] = now

    def stuck(self, now: float, still_s: float = STILL_S) -> list[str]:
        """Which parts have stood still for longer than `still_s`, in words."""
        return [
            f"{part} has not moved for {now - at:.0f} s"
            for part, at in self._moved_at.items()
            if now - at > still_s
        ]


class Notifier:
    """Tells systemd how the service is; does nothing where systemd did not ask."""

    def __init__(self, address: str | None = None) -> None:
        """`address` is that of $NOTIFY_SOCKET where it is None."""
        self._address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address

    def send(self, **fields: object) -> bool:
        """Send one datagram of `NAME=value` lines; whether it was taken."""
        if not self._address:
            return False
        abstract = self._address.startswith("@")
        address = f"\0{self._address[1:]}" if abstract else self._address
        text = "\n".join(f"{name}={value}" for name, value in fields.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
                out.connect(address)
                out.send(text.encode())
        except OSError:  # systemd is away for a moment; the next word reaches it
            return False
        return True

    def ready(self, status: str) -> bool:
        return self.send(READY=1, STATUS=_line(status))

    def reloading(self) -> bool:
        """Follow it with `ready` once the reload is over, taken or not."""
        # systemd wants CLOCK_MONOTONIC, which is what the steady clock reads on Linux
        return self.send(RELOADING=1, MONOTONIC_USEC=int(steady() * 1e6))

    def stopping(self, status: str = "stopping") -> bool:
        return self.send(STOPPING=1, STATUS=_line(status))

    def status(self, status: str) -> bool:
        return self.send(STATUS=_line(status))


def _line(text: str) -> str:
    return " ".join(text.split())


class Watchdog:
    """Keeps systemd's watchdog from biting, as long as everything moves."""

    def __init__(self, notifier: Notifier, progress: Progress) -> None:
        self._notifier = notifier
        self._progress = progress
        self._seen = dict(progress.moves)

    def ping(self) -> list[str]:
        """Tell systemd we are alive, or return the parts that did not move and tell nothing."""
        still = [part for part, moves in self._progress.moves.items() if moves == self._seen[part]]
        if not still:
            self._seen = dict(self._progress.moves)
            self._notifier.send(WATCHDOG=1)
        return still

    async def run(self, interval_s: float | None = None) -> None:
        """Ping for ever, three times within systemd's patience; return at once if it has none."""
        every_s = watchdog_s(os.environ, os.getpid()) if interval_s is None else interval_s
        while every_s is not None:
            await asyncio.sleep(every_s / 3)
            self.ping()


def watchdog_s(environment: Mapping[str, str], pid: int) -> float | None:
    """How long systemd waits for a ping, in seconds; None where it does not wait for ours."""
    span = environment.get("WATCHDOG_USEC", "")
    if not span.isdecimal() or environment.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    return int(span) / 1e6 or None


class _Row(Struct, frozen=True):
    """One metric: what it is called, and where its figures come from."""

    name: str
    kind: Literal["counter", "gauge"]
    about: str
    labels: tuple[str, ...]
    read: Callable[[], Figures]


class Metrics:
    """What /metrics shows: figures that live elsewhere, read when somebody asks.

    Nothing is counted twice: a row names the figure and the function that reads it.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self._rows: dict[str, _Row] = {}

    def counter(
        self, name: str, about: str, read: Callable[[], Figures], labels: tuple[str, ...] = ()
    ) -> None:
        """Show a figure that only grows; `read` gives it, or one for each tuple of label values."""
        self._add(_Row(name, "counter", about, labels, read))

    def gauge(
        self, name: str, about: str, read: Callable[[], Figures], labels: tuple[str, ...] = ()
    ) -> None:
        """Show a figure that rises and falls."""
        self._add(_Row(name, "gauge", about, labels, read))

    def _add(self, row: _Row) -> None:
        assert row.name.startswith("roomwatch_"), "our metrics are told apart by their first word"
        assert row.name not in self._rows, "a metric is shown once"
        self._rows[row.name] = row

    def collect(self) -> Iterator[Metric]:
        for row in self._rows.values():
            family = CounterMetricFamily if row.kind == "counter" else GaugeMetricFamily
            shown = family(row.name, row.about, labels=row.labels)
            figures = row.read()
            by_labels = figures if isinstance(figures, Mapping) else {(): figures}
            for labels, value in by_labels.items():
                assert len(labels) == len(row.labels), "a value for each label"
                shown.add_metric(labels, value)
            yield shown


class Health:
    """The three pages, and what they are told by the rest of the daemon."""

    def __init__(self, clock: Clock) -> None:
        self.progress = Progress(clock.now())
        self.metrics = Metrics()
        self.waiting_for = {"built", "sources started", "store open"}
        self.degraded: Callable[[], list[str]] = list
        self._clock = clock
        self._reload_ok = True
        self._reload_at = clock.now()
        self.metrics.gauge(
            "roomwatch_config_last_reload_ok",
            "whether the config and rules on disk are those in force",
            lambda: float(self._reload_ok),
        )
        self.metrics.gauge(
            "roomwatch_config_last_reload_timestamp_seconds",
            "when config and rules were last read, taken or not",
            lambda: self._reload_at,
        )

    def reached(self, step: str) -> None:
        """A step of starting is done. Raises KeyError for a step that is none."""
        self.waiting_for.remove(step)

    def reloaded(self, ok: bool) -> None:
        """Config and rules were read again, and taken or refused."""
        self._reload_ok = ok
        self._reload_at = self._clock.now()

    def routes(self) -> list[web.RouteDef]:
        """The pages, for the console's server. They need no token and tell no secret."""
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", make_aiohttp_handler(self.metrics.registry)),
        ]

    async def _healthz(self, _request: web.Request) -> web.Response:
        stuck = self.progress.stuck(self._clock.now())
        return _page({"alive": not stuck, "stuck": stuck}, good=not stuck)

    async def _readyz(self, _request: web.Request) -> web.Response:
        waiting = sorted(self.waiting_for)
        told = {"ready": not waiting, "waiting_for": waiting, "degraded": self.degraded()}
        return _page(told, good=not waiting)


def _page(told: Mapping[str, object], good: bool) -> web.Response:
    return web.json_response(
        told, status=200 if good else 503, headers={"Cache-Control": "no-store"}
    )
