"""`roomwatch explain`: an explanation in words, and one of a recording."""

from __future__ import annotations

import argparse
from datetime import datetime

from monitor.cli.replaying import opened
from monitor.durations import parse
from monitor.errors import MonitorError
from monitor.formats.decoder import Decoder
from monitor.mood.mood import Mood
from monitor.replay import Replay, frames
from monitor.rules.compile import load
from monitor.rules.kinds.kind import Value
from monitor.shard import Shard
from monitor.shard.explaining import Explanation


def recorded(arguments: argparse.Namespace) -> Explanation | str:
    """What a rule says of a recording at an instant, or at its end. Raises MonitorError.

    The instant is a span from the beginning (`12m`), or a time (`2026-11-22T20:05:00+08:00`).
    """
    shard = Shard(load(arguments.rules), mood=Mood())
    player = Replay(shard, Decoder(source="replay", format=arguments.format))
    with opened(arguments.recording) as file:
        for tick, _ in player.steps(frames(file)):
            begins = player.tally.first_at or tick
            if arguments.at is not None and tick >= instant(arguments.at, begins):
                break
    return shard.explain(arguments.rule, arguments.room, arguments.sku)


def instant(at: str, begins: float) -> float:
    """Epoch seconds of a time, or of a span from the beginning. Raises MonitorError."""
    try:
        return begins + parse(at)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(at).astimezone().timestamp()
    except ValueError:
        raise MonitorError(
            f"`{at}` is no instant — write `12m` from the beginning, or 2026-11-22T20:05:00+08:00"
        ) from None


def words(told: Explanation) -> str:
    """In lines, terms first, then what is missing."""
    state = f"{told.state}, {told.answer}" + (", unknown for now" if told.unknown else "")
    lines = [f"{told.rule} ({told.kind}) {told.where}: {state}"]
    for term in told.terms:
        figures = ", ".join(f"{name} {_shown(value)}" for name, value in term.values.items())
        lines.append(f"  {term.answer:8} {term.field:9} {term.text:40}  {figures}".rstrip())
    others = {
        name: value
        for name, value in told.values.items()
        if not any(name in term.values for term in told.terms)
    }
    if others:
        figures = ", ".join(f"{name} {_shown(value)}" for name, value in others.items())
        lines.append(f"  figures: {figures}")
    lines += [f"  missing: {each}" for each in told.missing]
    return "\n".join(lines)


def _shown(value: Value) -> str:
    if value is None:
        return "?"
    return f"{value:g}" if isinstance(value, float) else value
