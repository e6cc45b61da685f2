"""Who is there: online now, people since the start, arrivals and departures."""

from __future__ import annotations

import numpy as np

from monitor.signals.engagement import counted, did
from monitor.signals.grouping import LOOSE, Group
from monitor.signals.rooms import Floats
from monitor.signals.tables import Tables
from monitor.signals.totals import Readings
from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

NO_PEAK = np.zeros(0)


def viewers(tables: Tables, group: Group) -> None:
    """The newest reading of a room counts; a peak is the greatest of the session."""
    tables.freshness.heard("viewers", group.row, group.now)
    newer = _newest(tables, "online", group, group.second, tables.gauges["online_peak"])
    _bounded(tables, "online", group, newer)
    if (group.value >= 0).any():
        _arrivals(tables, group.where(group.value >= 0))


def _newest(tables: Tables, name: str, group: Group, values: Ints, peak: Floats) -> Ints:
    """Write values where they are not older than what is known. Of one instant the greatest
    is right; below 0 there is none. Gives which were written, in order of time. `peak`, where
    it has rows, becomes the greatest of all.
    """
    at, known_at, known = group.at, tables.gauges[f"{name}_at"], tables.gauges[name]
    if compiled is not None:
        written = np.empty(len(at), np.int64)
        count = compiled.newest(group.row, at, values, known_at, known, peak, written)
        return written[:count]
    order = np.lexsort((values, at))
    order = order[values[order] >= 0]
    rows = group.row[order]
    if len(peak):
        np.fmax.at(peak, rows, values[order])
    before = known_at[rows]
    newer = ~(at[order] < before) & ~((at[order] == before) & (values[order] < known[rows]))
    order, rows = order[newer], rows[newer]
    known[rows], known_at[rows] = values[order], at[order]
    return order


def _bounded(tables: Tables, gauge: str, group: Group, newer: Ints) -> None:
    """Readings that are in force now may be lower bounds."""
    loose = group.has(LOOSE)
    if tables.bounds.read_before(gauge) or loose.any():
        tables.bounds.read(gauge, group.row[newer], loose[newer])


def _arrivals(tables: Tables, group: Group) -> None:
    """What the count of people since the start rose by are arrivals."""
    readings = Readings(group.row, group.at, group.value, group.slots)
    risen = tables.totals.told("arrivals", readings, resets=False)
    tables.windows.add("arrivals", group.row[risen.which], risen.slot, risen.value)
    newer = _newest(tables, "total", group, group.value, NO_PEAK)
    loose = group.has(LOOSE)
    if loose.any():
        tables.bounds.note("arrivals", group.row[loose], group.slots[loose])
    _bounded(tables, "viewers_total", group, newer)


def enters(tables: Tables, group: Group) -> None:
    tables.freshness.heard("enters", group.row, group.now)
    counted(tables, group, "enters")
    did(tables, group, "entered")
    via = group.texts("via")
    if via.count(None) < len(via):
        tables.arrivals.came(group.rows, via, group.now)


def leaves(tables: Tables, group: Group) -> None:
    counted(tables, group, "leaves")


def impressions(tables: Tables, group: Group) -> None:
    counted(tables, group, "impressions")


def watch(tables: Tables, elapsed_s: float) -> None:
    """Time went by: people watched for it, in rooms that are on air and heard. Once a tick."""
    rooms, gauges = len(tables.rooms), tables.gauges
    live, stalled = tables.rooms.columns["live"], tables.freshness.stalled[0]
    if compiled is not None:
        compiled.watched(
            gauges["online"], live, stalled, gauges["online_s"], gauges["watched_s"], rooms,
            elapsed_s,
        )  # fmt: skip
        return
    online = gauges["online"][:rooms]
    known = ~np.isnan(online) & (live[:rooms] != 0.0) & ~stalled[:rooms]
    for name, grew in (("online_s", online * elapsed_s), ("watched_s", elapsed_s)):
        column = gauges[name][:rooms]
        np.copyto(column, np.fmax(column, 0.0) + grew, where=known)
