"""The log as a channel: one line for each notice, for the journal and for `roomwatch demo`."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from msgspec import Struct

from monitor.alerts.alert import Notice
from monitor.channels.channel import Limits
from monitor.channels.render import Language, Style, render
from monitor.clock import Clock


class LogSettings(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="log"
):
    """Needs nothing but a name."""

    name: str = "log"
    language: Language = "zh"
    utc_offset_h: float = 8.0
    fallback: str = ""


def make(settings: LogSettings, clock: Clock) -> LogChannel:
    return LogChannel(settings)


class LogChannel:
    """Writes notices to the log, or line by line to whatever `write` is."""

    def __init__(self, settings: LogSettings, write: Callable[[str], None] | None = None) -> None:
        self.name = settings.name
        self.limits = Limits(per_minute=60_000, burst=1000, reserve=10)
        self._style = Style(settings.language, settings.utc_offset_h)
        self._write = write
        self._log = structlog.get_logger("notices")

    async def send(self, notice: Notice) -> str | None:
        if self._write is not None:
            self._write(line(notice, self._style))
            return None
        change = notice.change
        self._log.info(
            "notice",
            change=change.change,
            severity=change.severity,
            rule=change.rule,
            room=change.room or f"{len(notice.rooms)} rooms",
            episode=change.episode,
            text=line(notice, self._style),
            reason=notice.reason,
            repeated=notice.repeated,
        )
        return None

    async def aclose(self) -> None:
        """Nothing to close."""

    def __repr__(self) -> str:
        return f"LogChannel({self.name!r})"


def line(notice: Notice, style: Style) -> str:
    """A notice in one line: what, where, and what to do."""
    message = render(notice, style)
    told = [text for label, text in message.lines[1:3]]
    return " — ".join([f"{message.title}: {message.summary}", *told])
