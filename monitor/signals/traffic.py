"""Who is there: online now, people since the start, arrivals and departures."""

from __future__ import annotations

import numpy as np

from monitor.events import Viewers
from monitor.signals.engagement import counted, saw
from monitor.signals.tables import Group, Tables
from monitor.signals.totals import Told


def viewers(tables: Tables, group: Group) -> None:
    """The newest reading of a room counts; a peak is the greatest of the session."""
    tables.freshness.heard("viewers", group.row, group.now)
    gauges = tables.gauges
    online, online_at, peak = gauges["online"], gauges["online_at"], gauges["online_peak"]
    for event, row, slot in zip(group.events, group.rows, group.slots.tolist(), strict=True):
        if event.online is not None:
            peak[row] = np.fmax(peak[row], event.online)
            if not event.at < online_at[row]:
                online[row] = event.online
                online_at[row] = event.at
                if event.lower_bound or event.capped:
                    tables.lower_bound.add(row)
                else:
                    tables.lower_bound.discard(row)
        if event.total is not None:
            _arrived(tables, row, slot, event)


def _changed(tables: Tables, row: int, event: Viewers) -> None:
    """Readings come often, and where they name another session that one has begun."""
    rooms = tables.rooms
    if event.at < rooms.columns["session_at"][row]:
        return
    if rooms.sessions[row] is None:
        rooms.sessions[row] = event.session
    else:
        tables.forget_session(row)
        rooms.begin(row, event.session, event.at)


def _arrived(tables: Tables, row: int, slot: int, event: Viewers) -> None:
    """What the count of people since the start rose by are arrivals."""
    assert event.total is not None, "asked by the caller"
    gauges = tables.gauges
    if not event.at < gauges["total_at"][row]:
        gauges["total"][row] = event.total
        gauges["total_at"][row] = event.at
    told = Told(event.at, event.total, slot)
    rows = np.array([row], np.int64)
    for rise in tables.totals.told((row, "arrivals"), told, resets=False):
        tables.windows.add("arrivals", rows, rise.slot, rise.value)


def enters(tables: Tables, group: Group) -> None:
    tables.freshness.heard("enters", group.row, group.now)
    counted(tables, group, "enters")
    saw(tables, group, "entered")
    via = [event.via for event in group.events]
    if via.count(None) < len(via):
        tables.arrivals.came(group.rows, via, group.now)


def leaves(tables: Tables, group: Group) -> None:
    counted(tables, group, "leaves")


def impressions(tables: Tables, group: Group) -> None:
    counted(tables, group, "impressions")


def watch(tables: Tables, elapsed_s: float) -> None:
    """Time went by: people watched for it. Once a tick, over all rooms."""
    online = tables.gauges["online"]
    known = ~np.isnan(online)
    for name, grew in (("online_s", online * elapsed_s), ("watched_s", elapsed_s)):
        column = tables.gauges[name]
        np.copyto(column, np.fmax(column, 0.0) + grew, where=known)
