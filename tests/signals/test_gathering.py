"""Facts of a batch into columns."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.events import Comment, Enter, Like, Share
from monitor.signals import gathering as module
from monitor.signals.gathering import all_in, by_kind, gather
from monitor.signals.grouping import CAPPED, LOOSE, NAMED, STAFF, TOTAL, UNTIMED
from tests.signals.test_grouping import NOW, group_of, since
from tests.stage import fact


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


def test_facts_that_were_met_before_are_left_out():
    """A kind of which nothing is left is gone; the rooms of the others are told."""
    facts = [fact("like", 1, id="a"), fact("comment", 2), fact("like", 3, id="b")]
    gathered = gather(facts, {"room": 7}, NOW, lambda keys: np.array([False, True, False]))

    assert [(Like, ["b"])] == [
        (kind, [one.id for one in group.events]) for kind, group in gathered.kinds
    ]
    assert [3.0] == since(gathered.at)
    assert 1 == len(gathered.row) == len(gathered.flags) == len(gathered.keys)
    assert [7, 7] == gathered.again.tolist()


def test_kinds_that_stand_side_by_side_are_one_part():
    told = ("like", "like", "enter", "comment", "share", "like")
    gathered = gather([fact(kind, 1) for kind in told], {"room": 0}, NOW)

    assert [slice(0, 4), slice(5, 6)] == gathered.parts({Like, Enter, Share})
    assert [slice(4, 5)] == gathered.parts({Comment})
    assert [] == gathered.parts(())


def test_columns_are_parted_alike_compiled_or_not(monkeypatch):
    dice = np.random.default_rng(5)
    facts = [fact("like", at, id=str(at), user="u", value=at) for at in range(40)]
    for share in (0.0, 0.5, 0.97, 1.0):
        which = dice.random(40) < share
        fast = gather(facts, {"room": 0}, NOW, lambda keys, fresh=which: fresh)
        monkeypatch.setattr(module, "compiled", None)
        plain = gather(facts, {"room": 0}, NOW, lambda keys, fresh=which: fresh)
        monkeypatch.undo()

        for one, other in zip(fast[1:], plain[1:], strict=True):
            np.testing.assert_array_equal(one, other)
        assert np.flatnonzero(which).tolist() == [
            int(one.id) for _, group in fast.kinds for one in group.events
        ]


def test_whether_all_rooms_are_known():
    facts = [fact("like", 1, room="a"), fact("comment", 1, room="b")]

    assert all_in(facts, {"a", "b", "c"})
    assert not all_in(facts, {"a"})
    assert all_in([], set())
