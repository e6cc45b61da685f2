"""What viewers do: comment, like, share, follow, join, give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from monitor.signals import mood_counts
from monitor.signals.grouping import ODD, STAFF, Group
from monitor.signals.tables import Tables
from monitor.signals.windows import Ints


def comments(tables: Tables, group: Group) -> None:
    """Comments of viewers; what the host and moderators write is not engagement."""
    tables.freshness.heard("comments", group.row, group.now)
    staff = group.has(STAFF)
    if staff.any():
        theirs = group.where(staff)
        tables.tail.note(theirs.events, theirs.rows, None)
        mood_counts.replied(tables, theirs)
        slots = theirs.slots.tolist()
        for row, event, slot in zip(theirs.rows, theirs.events, slots, strict=True):
            mood_counts.worded(tables, row, event, slot)
        group = group.where(~staff)
    tables.windows.add("comments", group.row, group.slots)
    did(tables, group, "commenters", "interactors")
    reading = None
    if tables.mood is not None and group.events:
        reading = mood_counts.read(tables, tables.mood, group)
    tables.tail.note(group.events, group.row, reading)


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
        people = tables.people.numbers(group.row, group.person)
        tables.people.saw(kinds, group.row, people, group.slots)


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
    if not group.has(ODD).any():
        return Rises(slice(None), group.row, group.slots, group.value)
    found: list[tuple[int, int, int]] = []
    members = zip(group.events, group.rows, group.slots.tolist(), strict=True)
    for index, (event, row, slot) in enumerate(members):
        if event.capped:
            tables.capped.add((row, counter))
        if event.kind == "delta":
            found.append((index, slot, event.value))
            continue
        reading = (event.at, event.value, slot)
        if products is None:
            told = tables.totals.told(counter, row, reading)
        elif product := int(products[index]):
            told = tables.product_totals.told(counter, product, reading)
        else:
            continue
        found += [(index, when, grew) for when, grew in told]
    which, slots, values = np.array(found, np.int64).reshape(-1, 3).T
    return Rises(which, group.row[which], slots, values)
