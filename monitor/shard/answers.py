"""What rules of platforms and of all rooms say, told to shards that do not ask them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from monitor.rules.together import TOGETHER
from monitor.shard.shard import Shard


class Answer(Struct, array_like=True, frozen=True):
    """A rule's alert of a platform, or (platform "") of all rooms: its state (lifecycle.py)."""

    rule: str
    platform: str
    state: int
    acked: bool
    fired: float


def answers(shard: Shard) -> list[Answer]:
    """Every alert of its platforms and of all rooms that is not quiet."""
    found = []
    platforms = shard.platforms.names
    for watched in shard.watched:
        if watched.scope not in TOGETHER:
            continue
        lifecycle = watched.lifecycle
        for rule, index in watched.index.items():
            for row in lifecycle.state[index].nonzero()[0].tolist():
                cell = (index, row)
                name = platforms[row] if watched.scope == "platform" else ""
                state, acked = int(lifecycle.state[cell]), bool(lifecycle.acked[cell])
                found.append(Answer(rule, name, state, acked, float(lifecycle.fired[cell])))
    return found


def hear(shard: Shard, told: Sequence[Answer]) -> None:
    """From now on this is what they say; of a platform it has no rooms of, it need not know."""
    rows = shard.platforms.row_of
    of_rule = {rule: each for each in shard.watched for rule in each.index}
    for watched in shard.watched:
        if watched.scope in TOGETHER:
            watched.lifecycle.grow(len(rows))
            watched.lifecycle.state[:] = 0
            watched.lifecycle.acked[:] = False
    for answer in told:
        row = rows.get(answer.platform) if answer.platform else 0
        if row is None:
            continue
        watched = of_rule[answer.rule]
        cell = (watched.index[answer.rule], row)
        watched.lifecycle.state[cell] = answer.state
        watched.lifecycle.acked[cell] = answer.acked
        watched.lifecycle.fired[cell] = answer.fired
