"""What the pages ask of the daemon (console/desk.py), answered from memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from monitor.alerts.alert import WORST_FIRST, Alert, Change, Notice
from monitor.alerts.escalation import Escalation
from monitor.alerts.mutes import Mute
from monitor.alerts.oncall import Duty
from monitor.alerts.policies import Standing
from monitor.clock import Clock
from monitor.console.desk import SegmentName
from monitor.daemon.quiet import Quiet
from monitor.daemon.rulebook import Rulebook
from monitor.delivery.outbox import Delivery
from monitor.engines.engine import Engine
from monitor.events import Mark, Segment
from monitor.intake import Intake
from monitor.shard.explaining import Explanation
from monitor.signals.detail import RoomDetail
from monitor.signals.views import RoomView
from monitor.storage.audit import Deed
from monitor.storage.recorder import Recorder
from monitor.storage.store import Store


class DaemonDesk:
    """Desk, over the parts of a running daemon."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        delivery: Delivery,
        quiet: Quiet,
        clock: Clock,
        timezone: str,
        escalation: Escalation,
        rulebook: Rulebook,
        recorder: Recorder | None = None,
        next_start: Callable[[str, float], float | None] = lambda _room, _now: None,
    ) -> None:
        self.timezone = timezone
        self._recorder = recorder
        self._next_start = next_start
        self._escalation = escalation
        self._rulebook = rulebook
        self._engine = engine
        self._store = store
        self._delivery = delivery
        self._quiet = quiet
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def rooms(self) -> Sequence[RoomView]:
        now = self.now()
        views = self._engine.rooms()
        for view in views:
            if view.live is False:
                view.next_at = self._next_start(view.room, now)
        return views

    def alerts(self) -> Sequence[Alert]:
        """Open alerts but pending ones, worst first, with the reason where nobody is told."""
        return sorted(
            (self._hushed(alert) for alert in self._engine.alerts() if alert.state != "pending"),
            key=lambda alert: (WORST_FIRST.index(alert.severity), alert.fired_at or 0.0),
        )

    def _hushed(self, alert: Alert) -> Alert:
        """An alert that fired aloud and was muted since is quiet from now on."""
        why = "" if alert.quiet else self._quiet.why(alert)
        return replace(alert, quiet=why) if why else alert

    def degraded(self) -> list[str]:
        """What is not as it should be, in words; empty when all is well."""
        found = [
            f"source {each.name}: {each.source.health.state} {each.source.health.detail}".strip()
            for each in self._engine.intakes
            if each.source.health.state in ("degraded", "refused")
        ]
        found += [
            f"channel {name}: {stats.last_error or 'not reached'}"
            for name, stats in self._delivery.stats().items()
            if stats.breaker != "closed"
        ]
        found += self._rulebook.worries()
        if lost := self._engine.figures().get("unattributed_10m"):
            found.append(
                f"orders: {lost} of shops found no room in ten minutes"
                " — name their shop in [[rooms]], or their room in the feed"
            )
        if self._store.trouble:
            found.append(f"store: {self._store.trouble}")
        if self._recorder is not None and self._recorder.trouble:
            found.append(f"recorder: {self._recorder.trouble}")
        return found

    def health(self) -> dict[str, Any]:
        return {
            "degraded": self.degraded(),
            "engine": self._engine.figures(),
            "sources": {each.name: source_figures(each) for each in self._engine.intakes},
            "channels": {
                name: msgspec.to_builtins(stats) for name, stats in self._delivery.stats().items()
            },
            "rules": self._rulebook.figures(self._engine.alerts()),
            "store": {**self._store.counts(), "trouble": self._store.trouble},
            **({"recorder": self._recorder.figures()} if self._recorder else {}),
        }

    async def explain(self, rule: str, room: str, sku: str | None) -> Explanation | str:
        return await self._engine.explain(rule, room, sku)

    async def look(self, room: str) -> RoomDetail | None:
        return await self._engine.look(room)

    def detail(self, room: str) -> RoomDetail | None:
        return self._engine.detail(room)

    def on_call(self) -> tuple[Sequence[Duty], Sequence[Standing]]:
        now = self._clock.now()
        return self._escalation.oncall.duties(now), self._escalation.standing(now)

    def mutes(self) -> Sequence[Mute]:
        return self._quiet.standing()

    async def history(self, limit: int, text: str = "") -> list[Change]:
        return await self._store.history(limit, text)

    async def deeds(self, limit: int) -> list[Deed]:
        return await self._store.deeds(limit)

    async def dead(self, limit: int) -> list[tuple[Notice, str]]:
        return await self._store.dead(limit)

    # ── what people do, each on record ────────────────────────────────────────

    async def acknowledge(self, key: str, episode: int, by: str) -> Change | None:
        change = await self._engine.acknowledge(key, episode, by)
        if change is not None and change.by == by:
            self._note(by, "acked", change.room, key)
        return change

    def cue(self, room: str, segment: SegmentName, by: str) -> None:
        now = self._clock.now()
        self._engine.say([Segment(room=room, at=now, segment=segment)])
        self._note(by, "cued", room, segment)

    def mark(self, room: str, text: str, by: str) -> None:
        now = self._clock.now()
        self._engine.say([Mark(room=room, at=now, text=text, by=by)])
        self._note(by, "marked", room, text)

    def mute(self, wanted: Mute, seconds: float) -> Mute:
        mute = self._quiet.add(wanted, seconds)
        about = mute.name.partition(" in ")[0] if len(mute.rooms) == 1 else mute.name
        self._note(mute.by, "muted", ", ".join(mute.rooms), f"{about}: {mute.reason}")
        return mute

    def unmute(self, name: str, by: str) -> bool:
        mute = self._quiet.remove(name, by)
        if mute is not None:
            self._note(by, "unmuted", ", ".join(mute.rooms), name)
        return mute is not None

    def note(self, by: str, did: str, about: str) -> None:
        self._note(by, did, "", about)

    def _note(self, by: str, did: str, room: str, about: str) -> None:
        self._store.note(Deed(at=self._clock.now(), by=by, did=did, room=room, about=about))


def source_figures(intake: Intake) -> dict[str, Any]:
    """How one source is, ready for JSON."""
    frames, size = intake.waiting
    decoder = intake.decoder
    return {
        **msgspec.to_builtins(intake.source.health),
        "waiting_frames": frames,
        "waiting_bytes": size,
        "crashes": intake.crashes,
        "rejected": dict(decoder.rejected),
        "unknown": dict(decoder.unknown),
    }
