"""Who is there: online now, people since the start, arrivals and departures."""

from __future__ import annotations

import numpy as np

from monitor.signals.engagement import counted, did
from monitor.signals.freshness import Flags
from monitor.signals.grouping import LOOSE, Group
from monitor.signals.rooms import Floats
from monitor.signals.tables import Tables
from monitor.signals.totals import Readings
from monitor.signals.windows import Ints


def viewers(tables: Tables, group: Group) -> None:
    """The newest reading of a room counts; a peak is the greatest of the session."""
    tables.freshness.heard("viewers", group.row, group.now)
    at = group.at
    online = np.where(group.second < 0, np.nan, group.second)
    # In order of time the last one written is the newest one told.
    order = np.argsort(at, kind="stable")
    order = order[~np.isnan(online[order])]
    rows, at, online = group.row[order], at[order], online[order]
    newer = _newest(tables, "online", rows, online, at)
    np.fmax.at(tables.gauges["online_peak"], rows, online)
    tables.bounds.read("online", rows[newer], group.has(LOOSE)[order[newer]])
    told = group.value >= 0
    if told.any():
        _arrivals(tables, group.where(told))


def _newest(tables: Tables, name: str, rows: Ints, values: Floats, at: Floats) -> Flags:
    """Write values, in order of time, where they are not older than what is known; tell where."""
    known_at = tables.gauges[f"{name}_at"]
    newer = ~(at < known_at[rows])
    tables.gauges[name][rows[newer]] = values[newer]
    known_at[rows[newer]] = at[newer]
    return newer


def _arrivals(tables: Tables, group: Group) -> None:
    """What the count of people since the start rose by are arrivals."""
    readings = Readings(group.row, group.at, group.value, group.slots)
    risen = tables.totals.told("arrivals", readings, resets=False)
    tables.windows.add("arrivals", group.row[risen.which], risen.slot, risen.value)
    order = np.lexsort((group.value, group.at))
    values = group.value[order].astype(float)
    newer = _newest(tables, "total", group.row[order], values, group.at[order])
    loose = group.has(LOOSE)
    if loose.any():
        tables.bounds.note("arrivals", group.row[loose], group.slots[loose])
    tables.bounds.read("viewers_total", group.row[order][newer], loose[order[newer]])


def enters(tables: Tables, group: Group) -> None:
    tables.freshness.heard("enters", group.row, group.now)
    counted(tables, group, "enters")
    did(tables, group, "entered")
    via = [event.via for event in group.events]
    if via.count(None) < len(via):
        tables.arrivals.came(group.rows, via, group.now)


def leaves(tables: Tables, group: Group) -> None:
    counted(tables, group, "leaves")


def impressions(tables: Tables, group: Group) -> None:
    counted(tables, group, "impressions")


def watch(tables: Tables, elapsed_s: float) -> None:
    """Time went by: people watched for it, in rooms that are on air and heard. Once a tick."""
    rooms = len(tables.rooms)
    online = tables.gauges["online"][:rooms]
    on_air = tables.rooms.columns["live"][:rooms] != 0.0
    known = ~np.isnan(online) & on_air & ~tables.freshness.stalled[0, :rooms]
    for name, grew in (("online_s", online * elapsed_s), ("watched_s", elapsed_s)):
        column = tables.gauges[name][:rooms]
        np.copyto(column, np.fmax(column, 0.0) + grew, where=known)
