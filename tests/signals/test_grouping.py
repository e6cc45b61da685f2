"""Facts of a kind side by side, as columns."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.events import Comment, Like, Viewers
from monitor.signals.grouping import (
    CAPPED,
    LOOSE,
    NAMED,
    STAFF,
    TOTAL,
    UNTIMED,
    Group,
    Held,
    all_in,
    by_kind,
    gather,
    shelved,
)
from tests.stage import START, fact

NOW = START + 1000.0


def since(instants) -> list[float]:
    """Seconds since START."""
    return (instants - START).tolist()


def group_of(*facts, rooms: dict[str, int] | None = None, now: float = NOW) -> Group:
    """The one group of facts of one kind."""
    ((_, group),) = gather(list(facts), {"room": 3} if rooms is None else rooms, now).kinds
    return group


def test_each_kind_keeps_the_order_of_its_facts():
    events = [fact("like", 1), fact("comment", 2), fact("like", 0)]

    assert {Like: [events[0], events[2]], Comment: [events[1]]} == by_kind(events)


def test_kinds_come_in_the_order_of_their_first_facts():
    """A session that starts comes before what was done in it, if it was told before it."""
    events = [fact("like", 1), fact("comment", 2), fact("like", 0)]
    gathered = gather(events, {"room": 0}, NOW)

    assert [Like, Comment] == [kind for kind, _ in gathered.kinds]
    assert [1.0, 0.0, 2.0] == since(gathered.at)


def test_of_each_fact_its_room_instant_person_and_numbers_are_known():
    group = group_of(
        fact("gift", 997.5, user="u1", gift="rose", value=3, amount_minor=300),
        fact("gift", 1000.75, user="u2", gift="rose"),
        fact("gift", 998.0, user="u1", gift="rose"),
    )

    assert [3, 3, 3] == group.rows
    assert [997.5, 1000.75, 998.0] == since(group.at)
    assert [997, 1000, 998] == since(group.slots), "a clock ahead counts now"
    assert [3, 1, 1] == group.value.tolist()
    assert [300, 0, 0] == group.second.tolist()
    assert group.person[0] == group.person[2] != group.person[1]


def test_numbers_that_nobody_told_are_minus_one_and_nobody_is_zero():
    viewers = group_of(fact("viewers", 1, online=7), fact("viewers", 2, total=9))
    likes = group_of(fact("like", 1, user=None), fact("like", 2, user="u"))

    assert ([-1, 9], [7, -1]) == (viewers.value.tolist(), viewers.second.tolist())
    assert [True, False] == (likes.person == 0).tolist()


@pytest.mark.parametrize(
    ("flag", "marked", "plain"),
    [
        (TOTAL, fact("like", 1, kind="total"), fact("like", 1)),
        (CAPPED, fact("like", 1, capped=True), fact("like", 1)),
        (LOOSE, fact("viewers", 1, lower_bound=True), fact("viewers", 1)),
        (STAFF, fact("comment", 1, is_moderator=True), fact("comment", 1)),
        (UNTIMED, fact("comment", 1, at_from="received"), fact("comment", 1, at_from="recovered")),
        (NAMED, fact("comment", 1, session="s"), fact("comment", 1)),
    ],
)
def test_what_else_is_so_is_a_flag(flag, marked, plain):
    assert [False, True] == group_of(plain, marked).has(flag).tolist()


def test_an_unknown_room_is_admitted_by_whoever_knows_the_rows():
    class Rows(dict[str, int]):
        def __missing__(self, room: str) -> int:
            self[room] = len(self)
            return self[room]

    rows = Rows()

    assert [0, 1, 0] == group_of(*(fact("like", 1, room=room) for room in "aba"), rooms=rows).rows
    assert {"a": 0, "b": 1} == rows


def test_a_row_that_can_not_be_known_is_an_error():
    with pytest.raises(KeyError):
        group_of(fact("like", 1), rooms={})


def test_ids_are_known_by_their_keys():
    facts = [fact("like", 1, id="a"), fact("comment", 1, id=None), fact("like", 2, id="a")]
    first, second, none = gather(facts, {"room": 0}, NOW).keys.tolist()

    assert first == second != 0
    assert 0 == none


def test_a_part_of_what_was_gathered_is_a_part_of_each_kind():
    """A kind of which nothing is left is gone."""
    facts = [fact("like", 1, id="a"), fact("comment", 2), fact("like", 3, id="b")]
    part = gather(facts, {"room": 0}, NOW).where(np.array([False, True, False]))

    assert [(Like, ["b"])] == [(k, [one.id for one in group.events]) for k, group in part.kinds]
    assert [3.0] == since(part.at)
    assert 1 == len(part.row) == len(part.flags) == len(part.keys)


def test_whether_all_rooms_are_known():
    facts = [fact("like", 1, room="a"), fact("comment", 1, room="b")]

    assert all_in(facts, {"a", "b", "c"})
    assert not all_in(facts, {"a"})
    assert all_in([], set())


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


def test_products_are_known_by_the_shelf_of_their_room():
    """Which admits one that it does not know."""

    class Shelf(dict[str, int]):
        def __missing__(self, sku: str) -> int:
            self[sku] = 9
            return 9

    clicks = [fact("product_clicked", 1, sku=sku) for sku in ("a", "b", "c")]
    group = group_of(*clicks).in_rows(np.array([0, 1, 0]))

    assert [4, 7, 9] == shelved(group, [Shelf(a=4), Shelf(b=7)]).tolist()
