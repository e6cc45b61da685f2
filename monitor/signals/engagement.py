"""What viewers do: comment, like, share, follow, join, give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from monitor.signals import mood_counts
from monitor.signals.grouping import LOOSE, STAFF, TOTAL, Group
from monitor.signals.tables import Tables
from monitor.signals.totals import Readings
from monitor.signals.windows import Ints


def comments(tables: Tables, group: Group) -> None:
    """Comments of viewers; neither staff nor entries of a lucky bag are engagement."""
    tables.freshness.heard("comments", group.row, group.now)
    staff = group.has(STAFF)
    if staff.any():
        theirs = group.where(staff)
        tables.tail.note(theirs, None)
        mood_counts.replied(tables, theirs)
        slots = theirs.slots.tolist()
        for row, event, slot in zip(theirs.rows, theirs.events, slots, strict=True):
            mood_counts.worded(tables, row, event, slot)
        group = group.where(~staff)
    entries = tables.bags.entries(group)
    if entries is not None:
        theirs = group.where(entries)
        tables.rare.add("bag_entries", theirs.row, theirs.slots)
        group = group.where(~entries)
    tables.windows.add("comments", group.row, group.slots)
    did(tables, group, "commenters", "interactors")
    told = group.second >= 0  # the level of a fan
    if told.any():
        tables.windows.add("levelled", group.row[told], group.slots[told])
        did(tables, group.where(group.second > 0), "fans")
    reading = None
    if tables.mood is not None and group.events:
        reading = mood_counts.read(tables, tables.mood, group)
    tables.tail.note(group, reading)


def likes(tables: Tables, group: Group) -> None:
    """Likes given."""
    tables.freshness.heard("likes", group.row, group.now)
    counted(tables, group, "likes")
    interacted(tables, group)


def shares(tables: Tables, group: Group) -> None:
    """Times the room was shared."""
    counted(tables, group, "shares")
    interacted(tables, group)


def follows(tables: Tables, group: Group) -> None:
    """New followers."""
    counted(tables, group, "follows")
    interacted(tables, group)


def fan_joins(tables: Tables, group: Group) -> None:
    """Joins of the fan club."""
    counted(tables, group, "fan_joins")
    interacted(tables, group)


def gifts(tables: Tables, group: Group) -> None:
    """Gifts and what they are worth; virtual ones are never GMV, so none of them is."""
    counted(tables, group, "gifts")
    tables.windows.add("gift_value", group.row, group.slots, group.second)
    interacted(tables, group)


def interacted(tables: Tables, group: Group) -> None:
    """The people behind a group, where they are named, are interacting people."""
    did(tables, group, "interactors")


def did(tables: Tables, group: Group, *kinds: str) -> None:
    """Count the people behind a group, where they are named, as people who did `kinds`."""
    if group.person.any():
        tables.people.did(kinds, group.row, group.person, group.slots)


def counted(tables: Tables, group: Group, counter: str) -> None:
    """Add a counted fact."""
    rises = rises_of(tables, group, counter)
    tables.windows.add(counter, rises.row, rises.slots, rises.values)


class Rises(NamedTuple):
    """What counters rose by, `which` of the group they are of; all of one length."""

    which: Ints | slice
    row: Ints
    slots: Ints
    values: Ints


def rises_of(tables: Tables, group: Group, counter: str, products: Ints | None = None) -> Rises:
    """What each fact of a group adds; totals become what they rose by (totals.py).

    With `products`, their rows, a total is that of the product; one for which there is no
    room any more has no line either, so lines are as bounded as rows.
    """
    loose = group.has(LOOSE)
    if loose.any():
        tables.bounds.note(counter, group.row[loose], group.slots[loose])
    total = group.has(TOTAL)
    if not total.any():
        return Rises(slice(None), group.row, group.slots, group.value)
    row, totals = group.row, tables.totals
    if products is not None:
        row, totals = products, tables.product_totals
        total &= products > 0
    told = np.flatnonzero(total)
    readings = Readings(row[told], group.at[told], group.value[told], group.slots[told])
    risen = totals.told(counter, readings)
    plain = np.flatnonzero(~group.has(TOTAL))
    which = np.concatenate([plain, told[risen.which]])
    slots = np.concatenate([group.slots[plain], risen.slot])
    values = np.concatenate([group.value[plain], risen.value])
    return Rises(which, group.row[which], slots, values)
