"""Ground for a daemon to stand on: config, rules and state of its own, and a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from monitor import config
from monitor.alerts.alert import Change
from monitor.clock import Clock, ManualClock
from monitor.config import Config
from monitor.daemon import Daemon
from tests.services import until

BUSY = """\
rules:
  - id: busy
    kind: threshold
    when: comments_10s >= 3
    severity: critical
    summary: "{{ room_name }} is busy"
"""
DOORS = """\
[[sources]]
kind = "websocket_server"
name = "tools"
format = "native"

[[sources]]
kind = "webhook"
name = "push"
format = "native"
"""


class Ground:
    """A config folder, a folder of rules and one for the state."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("config", "rules"):
            (folder / name).mkdir(exist_ok=True)
        self.write()

    def write(
        self,
        *,
        rules: str = BUSY,
        channels: str = "",
        sources: str = DOORS,
        more: str = "",
        listen: str = "127.0.0.1:0",
        daemon: str = "",
        open_pages: bool = True,
    ) -> None:
        """Write every file anew; what is not given is as it was in the beginning."""
        (self.folder / "rules" / "busy.yaml").write_text(rules, encoding="utf-8")
        (self.folder / "config" / "channels.toml").write_text(channels, encoding="utf-8")
        (self.folder / "config" / "roomwatch.toml").write_text(
            f'[daemon]\n{daemon}\n[http]\nopen = {str(open_pages).lower()}\nlisten = "{listen}"\n'
            f"[engine]\nmood = false\n{more}\n{sources}",
            encoding="utf-8",
        )

    def load(self) -> Config:
        return config.load(self.folder / "config")


class Running:
    """A daemon that runs, somebody who sends to it, and what it told."""

    def __init__(self, daemon: Daemon, clock: Clock, session: aiohttp.ClientSession) -> None:
        self.daemon = daemon
        self.clock = clock
        self.session = session
        self.told: list[Change] = []
        self.sent = 0

    @property
    def changes(self) -> list[str]:
        """What was told, pending alerts left out."""
        return [
            f"{change.key} {change.change}" for change in self.told if change.change != "pending"
        ]

    def comment(self, room: str = "r", text: str = "好", **given: Any) -> dict[str, Any]:
        """A comment of somebody new, just now."""
        self.sent += 1
        return {
            "type": "comment",
            "room": room,
            "id": f"c{self.sent}",
            "at": self.clock.now(),
            "user": f"u{self.sent}",
            "text": text,
            **given,
        }

    async def post(self, *facts: dict[str, Any]) -> dict[str, Any]:
        """POST them to /ingest; the answer."""
        async with self.session.post(f"{self.daemon.url}/ingest", json=facts) as answer:
            return {"status": answer.status, **await answer.json()}

    async def get(self, path: str) -> Any:
        """The JSON that a page answers."""
        async with self.session.get(self.daemon.url + path) as answer:
            return msgspec.json.decode(await answer.read())

    async def metrics(self) -> dict[str, float]:
        """What /metrics says: `name{labels}` → value."""
        async with self.session.get(self.daemon.url + "/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return {
            name: float(value)
            for name, _, value in (
                line.rpartition(" ") for line in lines if not line.startswith("#")
            )
        }

    async def move(self, seconds: float) -> None:
        """Let time pass, a tick at a time."""
        assert isinstance(self.clock, ManualClock), "only a manual clock is moved"
        engine = self.daemon.engine
        while seconds > 1e-9:
            step = min(seconds, 0.25)
            seconds -= step
            seen = engine.ticks
            self.clock.advance(step)
            engine.wake()
            self.daemon.delivery.wake()
            if step == 0.25:
                await until(lambda seen=seen: engine.ticks > seen)


@asynccontextmanager
async def running(ground: Ground, clock: Clock | None = None) -> AsyncIterator[Running]:
    """A daemon on this ground, until the block ends."""
    clock = clock or ManualClock()
    told: list[Change] = []

    def hear(changes: Sequence[Change]) -> None:
        told.extend(changes)

    daemon = Daemon(ground.load(), clock, told=hear)
    await daemon.start()
    try:
        async with aiohttp.ClientSession() as session:
            stage = Running(daemon, clock, session)
            stage.told = told
            await until(lambda: daemon.engine.ticks > 0)
            yield stage
    finally:
        await daemon.stop()
