"""The figures of shards that health and metrics show, and those of several added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from monitor.shard import Shard


def counts(shard: Shard, now: float) -> dict[str, Any]:
    """Those of one shard."""
    tables = shard.figures.tables
    return {
        "events": shard.figures.received,
        "rooms": tables.rooms.known,
        "products": tables.products.known,
        "rooms_turned_away": tables.rooms.turned_away,
        "facts_unseen": tables.happened.lost,  # by rules that ask for them one by one
        "rejected": dict(tables.rejected),
        "unattributed": dict(tables.attribution.unattributed),
        "unattributed_minor": dict(tables.attribution.unattributed_minor),
        "unattributed_10m": tables.attribution.lately(now),
        "orders_waiting": tables.attribution.waiting,
    }


def broken(shard: Shard) -> dict[str, str]:
    """Rules that were switched off because they threw, and where."""
    return {rule.id: rule.faults.trouble for rule in shard.rules.rules if rule.faults.off}


def added(several: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Those of several shards together."""
    found: dict[str, Any] = {}
    for one in several:
        for name, value in one.items():
            if isinstance(value, dict):
                sums = Counter(found.get(name, {}))
                sums.update(value)
                found[name] = dict(sums)
            else:
                found[name] = found.get(name, 0) + value
    return found
