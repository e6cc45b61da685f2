"""What viewers do: comment, like, share, follow, join, give."""

from __future__ import annotations

import numpy as np

from monitor.signals.tables import Group, Tables
from monitor.signals.windows import NO_SLOT, Ints


def comments(tables: Tables, group: Group) -> None:
    """Comments of viewers; what the host and moderators write is not engagement."""
    staff = [event.is_host or event.is_moderator for event in group.events]
    tables.freshness.heard("comments", group.row, group.now)
    if True in staff:
        group = keep(group, [not one for one in staff])
    people = tables.people.numbers(group.rows, [event.user for event in group.events])
    tables.windows.add("comments", group.row, group.slots)
    tables.people.saw("commenters", group.row, people, group.slots)
    tables.people.saw("interactors", group.row, people, group.slots)
    if tables.mood is not None and group.events:
        reading = tables.mood.read([event.text for event in group.events])
        for name, flags in (
            ("negative", reading.negative),
            ("questions", reading.question),
            ("confusion", reading.confusion),
        ):
            if flags.any():
                tables.windows.add(name, group.row[flags], group.slots[flags])


def likes(tables: Tables, group: Group) -> None:
    tables.freshness.heard("likes", group.row, group.now)
    counted(tables, group, "likes")
    interacted(tables, group)


def shares(tables: Tables, group: Group) -> None:
    counted(tables, group, "shares")
    interacted(tables, group)


def follows(tables: Tables, group: Group) -> None:
    counted(tables, group, "follows")
    interacted(tables, group)


def fan_joins(tables: Tables, group: Group) -> None:
    counted(tables, group, "fan_joins")
    interacted(tables, group)


def gifts(tables: Tables, group: Group) -> None:
    """Gifts and what they are worth; virtual ones are never GMV, so none of them is."""
    counted(tables, group, "gifts")
    worth = np.array([event.amount_minor for event in group.events], np.int64)
    tables.windows.add("gift_value", group.row, group.slots, worth)
    interacted(tables, group)


def interacted(tables: Tables, group: Group) -> None:
    """The people behind a group, where they are named, are interacting people."""
    saw(tables, group, "interactors")


def saw(tables: Tables, group: Group, kind: str) -> None:
    """Count the people behind a group as people who did `kind`."""
    users = [event.user for event in group.events]
    if None in users:
        named = [user is not None for user in users]
        group = keep(group, named)
        users = [user for user in users if user is not None]
    if users:
        people = tables.people.numbers(group.rows, users)
        tables.people.saw(kind, group.row, people, group.slots)


def keep(group: Group, which: list[bool]) -> Group:
    """The part of a group for which `which` holds."""
    mask = np.array(which, bool)
    return Group(
        [event for event, kept in zip(group.events, which, strict=True) if kept],
        [row for row, kept in zip(group.rows, which, strict=True) if kept],
        group.row[mask],
        group.slots[mask],
        group.now,
    )


def counted(tables: Tables, group: Group, counter: str) -> None:
    """Add a counted fact, turning totals into what they rose by.

    A total that falls was reset (a reconnect, a new session) and counts from 0. The
    first total of a room may have been reached long ago: it counts in the session alone.
    """
    values = [event.value for event in group.events]
    slots = group.slots
    for event in group.events:
        if event.kind != "delta" or event.capped:
            values, slots = _rises(tables, group, counter)
            break
    tables.windows.add(counter, group.row, slots, np.array(values, np.int64))


def _rises(tables: Tables, group: Group, counter: str) -> tuple[list[int], Ints]:
    values = []
    slots = group.slots.copy()
    for index, (event, row) in enumerate(zip(group.events, group.rows, strict=True)):
        if event.capped:
            tables.capped.add((row, counter))
        if event.kind == "delta":
            values.append(event.value)
            continue
        before = tables.totals.get((row, counter))
        tables.totals[row, counter] = event.value
        if before is None:
            slots[index] = NO_SLOT
            values.append(event.value)
        else:
            values.append(event.value - before if event.value >= before else event.value)
    return values, slots
