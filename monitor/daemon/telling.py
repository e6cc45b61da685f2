"""What the daemon logs of what its parts have to tell: one constant phrase each."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from monitor.alerts.alert import Change
from monitor.alerts.record import OwnAlert
from monitor.config import Config
from monitor.daemon import plan
from monitor.daemon.plan import Plan
from monitor.delivery.stats import Missed
from monitor.errors import MonitorError, RuleError
from monitor.storage.database import Trouble
from monitor.timetable import Expected, Phase

log = structlog.get_logger()


def changes(found: Sequence[Change]) -> None:
    """Every change of an alert, once it is committed."""
    for change in found:
        log.info(
            f"alert {change.change}",
            rule=change.rule,
            room=change.room,
            sku=change.sku,
            summary=change.summary,
            reason=change.reason,
        )


def trouble(found: Trouble) -> None:
    """The disk is sick, or well again."""
    tell = log.info if found.what == "recovered" else log.error
    tell("store", what=found.what, detail=found.detail)


def missed(found: Missed) -> None:
    """Somebody was not told."""
    log.warning(
        "not told",
        channel=found.channel,
        what=found.what,
        detail=found.detail,
        notice=found.notice,
    )


async def expected(session: Expected, phase: Phase) -> None:
    """A session should start or end now: whether it does is for the rules to tell."""
    log.info("session expected", room=session.room, phase=phase)


def refused(error: MonitorError) -> None:
    """A reload that was not taken: a line for each mistake, with its file and line."""
    for line in str(error).splitlines():
        log.error("reload refused", mistake=line)


def whose(error: MonitorError) -> OwnAlert:
    """The alert of a reload that was not taken."""
    return "rules_invalid" if isinstance(error, RuleError) else "config_invalid"


def doubts(ready: Plan, before: Config | None = None) -> None:
    """What is in force, and not quite what somebody meant."""
    for asked in ready.unknown_channels():
        log.warning("a rule asks for an unknown channel; routes tell instead", rule=asked)
    for asked in ready.unknown_actions():
        log.warning("a rule would act in a way that nobody has configured", rule=asked)
    for section in plan.needs_restart(before, ready.config) if before is not None else ():
        log.warning("restart to apply", section=section)
