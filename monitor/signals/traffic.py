"""Who is there: online now, people since the start, arrivals and departures."""

from __future__ import annotations

import numpy as np

from monitor.signals.engagement import counted, saw
from monitor.signals.tables import Group, Tables
from monitor.signals.windows import NO_SLOT


def viewers(tables: Tables, group: Group) -> None:
    """The newest reading of a room counts; a peak is the greatest of the session."""
    tables.freshness.heard("viewers", group.row, group.now)
    gauges = tables.gauges
    online, online_at, peak = gauges["online"], gauges["online_at"], gauges["online_peak"]
    for event, row in zip(group.events, group.rows, strict=True):
        if event.online is not None and not event.at < online_at[row]:
            online[row] = event.online
            online_at[row] = event.at
            if not event.online <= peak[row]:
                peak[row] = event.online
            if event.lower_bound or event.capped:
                tables.lower_bound.add(row)
            else:
                tables.lower_bound.discard(row)
        if event.total is not None and not event.at < gauges["total_at"][row]:
            _arrived(tables, row, event.total, event.at)


def _arrived(tables: Tables, row: int, total: int, at: float) -> None:
    """What the count of people since the start rose by are arrivals."""
    known = tables.gauges["total"]
    before = known[row]
    known[row] = total
    tables.gauges["total_at"][row] = at
    rows = np.array([row], np.int64)
    if np.isnan(before):
        tables.windows.add("arrivals", rows, NO_SLOT, total)
    elif total > before:
        slot = min(int(at), tables.windows.now_slot)
        tables.windows.add("arrivals", rows, slot, int(total - before))


def enters(tables: Tables, group: Group) -> None:
    tables.freshness.heard("enters", group.row, group.now)
    counted(tables, group, "enters")
    saw(tables, group, "entered")


def leaves(tables: Tables, group: Group) -> None:
    counted(tables, group, "leaves")


def impressions(tables: Tables, group: Group) -> None:
    counted(tables, group, "impressions")


def watch(tables: Tables, elapsed_s: float) -> None:
    """Time went by: people watched for it. Once a tick, over all rooms."""
    gauges = tables.gauges
    online = gauges["online"]
    known = ~np.isnan(online)
    gauges["online_s"][:] = np.where(
        known, np.nan_to_num(gauges["online_s"]) + online * elapsed_s, gauges["online_s"]
    )
    gauges["watched_s"][:] = np.where(
        known, np.nan_to_num(gauges["watched_s"]) + elapsed_s, gauges["watched_s"]
    )
