"""Facts of a kind side by side, as columns."""

from __future__ import annotations

import numpy as np

from monitor.events import Viewers
from monitor.signals.gathering import gather
from monitor.signals.grouping import Group, Held
from monitor.signals.hashes import hashes
from tests.stage import START, fact

NOW = START + 1000.0


def since(instants) -> list[float]:
    """Seconds since START."""
    return (instants - START).tolist()


def group_of(*facts, rooms: dict[str, int] | None = None, now: float = NOW) -> Group:
    """The one group of facts of one kind."""
    ((_, group),) = gather(list(facts), {"room": 3} if rooms is None else rooms, now).kinds
    return group


def test_what_waits_becomes_one_group():
    held = Held()
    held.add(group_of(fact("like", 10, id="3"), fact("like", 11, id="1")))
    held.add(group_of(fact("like", 12, id="2"), now=NOW + 0.25))
    group = held.group()

    assert 3 == held.count
    assert ["3", "1", "2"] == [event.id for event in group.events]
    assert [10, 11, 12] == since(group.slots) == since(group.at)
    assert NOW + 0.25 == group.now


def test_a_part_of_a_group_is_a_part_of_all_its_columns():
    group = group_of(*(fact("viewers", at, id=str(at), online=at) for at in (5, 6, 7)))
    part = group.where(np.array([True, False, True]))

    assert ["5", "7"] == [event.id for event in part.events]
    assert [5, 7] == since(part.slots) == part.second.tolist() == since(part.at)
    assert group is group.where(np.array([True, True, True]))
    assert Viewers is type(part.events[0])


def test_facts_may_be_counted_in_other_seconds_and_rooms():
    group = group_of(fact("like", 5), fact("like", 6))
    moved = group.in_slots(np.array([1, 2])).in_rows(np.array([7, 8]))

    assert ([5, 6], [3, 3]) == (since(group.slots), group.rows)
    assert ([1, 2], [7, 8]) == (moved.slots.tolist(), moved.rows)
    assert group.events is moved.events


def test_names_have_the_keys_of_their_texts():
    group = group_of(*[fact("product_clicked", 1, sku=sku) for sku in ("a", "链", "a")])

    assert hashes(["a", "链", "a"]).tolist() == group.keys("sku").tolist()


def test_the_facts_from_a_place_on_are_a_group():
    group = group_of(*[fact("like", at, value=at) for at in (1, 2, 3)])
    last = group.since(1)

    assert ([2, 3], [2.0, 3.0]) == (last.value.tolist(), since(last.at))
    assert group.events[1:] == last.events
