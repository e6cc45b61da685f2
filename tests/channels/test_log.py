"""The log as a channel."""

from __future__ import annotations

import structlog

from monitor.channels.log import LogChannel, LogSettings, line, make
from monitor.channels.render import Style
from monitor.clock import ManualClock
from tests.storage.notices import fired, notice

CHANGE = fired(severity="critical", summary="评论变差", role="场控", action="回应投诉")


async def test_a_notice_is_one_event_with_its_fields():
    """The event is a constant phrase; values are fields."""
    log = make(LogSettings(), ManualClock())

    with structlog.testing.capture_logs() as logs:
        await log.send(notice(CHANGE))
    await log.aclose()

    [entry] = logs
    assert ("notice", "info", "fired", "angry", "r1") == (
        entry["event"],
        entry["log_level"],
        entry["change"],
        entry["rule"],
        entry["room"],
    )


async def test_a_demo_prints_it_as_a_line():
    """To whatever it is given."""
    lines: list[str] = []

    await LogChannel(LogSettings(), lines.append).send(notice(CHANGE, room_name="旗舰店"))

    assert ["🛑 P1 · 旗舰店 (r1) · 触发: 评论变差 — 场控: 回应投诉"] == lines


def test_a_line_is_one_line():
    """Whatever the texts are."""

    assert "\n" not in line(notice(fired(summary="a\nb\r\nc")), Style())
