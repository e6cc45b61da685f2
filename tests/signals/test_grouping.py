"""Facts of a kind side by side."""

from __future__ import annotations

import numpy as np

from monitor.events import Comment, Like
from monitor.signals.grouping import Alike, Held, by_kind, kept
from monitor.signals.tables import Group
from tests.stage import fact


def alike(*rows: int) -> Alike:
    events = [fact("like", row, id=str(row)) for row in rows]
    return Alike(events, list(rows), np.array(rows), np.array(rows, float))


def test_each_kind_keeps_the_order_of_its_facts():
    events = [fact("like", 1), fact("comment", 2), fact("like", 0)]

    assert {Like: [events[0], events[2]], Comment: [events[1]]} == by_kind(events)


def test_what_waits_becomes_one_group():
    held = Held()
    held.add(alike(3, 1), np.array([10, 11]))
    held.add(alike(2), np.array([12]))
    group = held.group(12.25)

    assert ["3", "1", "2"] == [event.id for event in group.events]
    assert [3, 1, 2] == group.rows == group.row.tolist()
    assert [10, 11, 12] == group.slots.tolist()
    assert 12.25 == group.now


def test_a_part_of_a_group_is_a_part_of_all_its_columns():
    events, rows, row, _ = alike(5, 6, 7)
    part = kept(Group(events, rows, row, np.array([1, 2, 3]), 9.0), np.array([True, False, True]))

    assert ["5", "7"] == [event.id for event in part.events]
    assert [5, 7] == part.rows == part.row.tolist()
    assert [1, 3] == part.slots.tolist()
