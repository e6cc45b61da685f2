"""What people are told of a mute itself: that it began, and what still fires when it ends.

Quiet that nobody knows of is worse than noise: who relies on alerts must know which do
not come, and what they did not hear of meanwhile.
"""

from __future__ import annotations

from monitor.alerts.alert import Change, ChangeKind
from monitor.alerts.mutes import Ended, Mute
from monitor.patterns import ANY, exact

FRESH_S = 60.0  # of what is older nobody is told any more: it was before a restart
NAMED = 5  # alerts that are named one by one


def began(mute: Mute, now: float) -> Change | None:
    """A mute that has just begun; None for one that has stood for a while, or always."""
    if mute.start is None or not 0 <= now - mute.start.timestamp() < FRESH_S:
        return None
    until = ""
    if mute.session:
        until = " → session"
    elif mute.until is not None:
        until = f" → {mute.until:%m-%d %H:%M %Z}"
    begun = round(mute.start.timestamp())  # told once, whatever is restarted meanwhile
    return _change(mute, "muted", now, spell(mute) + until, mute.reason, begun)


def over(ended: Ended, now: float) -> Change | None:
    """A mute that ended while something it was meant for fires; None where nothing does."""
    mute, firing = ended.mute, ended.firing
    late = mute.until is not None and now - mute.until.timestamp() >= FRESH_S
    if late or not firing:
        return None
    named = ", ".join(change.key for change in firing[:NAMED])
    more = f" + {len(firing) - NAMED}" if len(firing) > NAMED else ""
    summary = f"{spell(mute)}: {named}{more}"
    # a message of its own, not an edit of an older one
    change = _change(mute, "unmuted", now, summary, ended.why, round(now))
    change.values["still_firing"] = float(len(firing))
    return change


def spell(mute: Mute) -> str:
    """What a mute is for, in short: what it names, and `*` where it names nothing."""
    parts = [
        ", ".join(patterns)
        for patterns in (mute.rules, mute.rooms, mute.products, mute.platforms, mute.tiers)
        if patterns != ANY
    ]
    return " · ".join([*parts, *([", ".join(mute.severities)] if mute.severities else [])]) or "*"


def _change(
    mute: Mute, kind: ChangeKind, now: float, summary: str, reason: str, episode: int
) -> Change:
    alone = len(mute.rooms) == 1 and exact(mute.rooms)
    return Change(
        at=now,
        key=f"mute|{mute.name}",
        rule="mute",
        room=mute.rooms[0] if alone else "",
        change=kind,
        episode=episode,
        severity="notice",
        summary=summary,
        reason=reason,
        by=mute.by,
    )
