"""Which worker holds a room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.engines.owners import Owners, owner


@given(st.lists(st.text(min_size=1), unique=True), st.integers(2, 8))
def test_a_room_has_one_worker_and_always_the_same(rooms: list[str], workers: int) -> None:
    """Whatever came before it, in whatever order, and after it was given up."""
    one, other = Owners(workers, 1000), Owners(workers, 1000)
    first = [one[room] for room in rooms]
    again = [other[room] for room in reversed(rooms)]
    one.forget(rooms[::2])

    assert first == again[::-1] == [one[room] for room in rooms]
    for room, number in zip(rooms, first, strict=True):
        elsewhere = room.startswith(("shop:", "anchor:"))
        assert number == (workers if elsewhere else owner(room, workers))


def test_workers_hold_about_the_same_number_of_rooms():
    owners = Owners(2, 10_000)
    ones = sum(owners[f"dy-{number}"] for number in range(1000))

    assert 450 < ones < 550


def test_what_is_no_room_and_what_is_one_too_many_is_not_kept():
    """A room that is given up makes way for another."""
    owners = Owners(3, 2)
    numbers = [owners[room] for room in ("a", "shop:x", "anchor:y", "b", "c")]
    owners.forget(["a", "never heard of"])

    assert [owners.nobody, owners.nobody] == numbers[1:3]
    assert owners.one_too_many == numbers[4]
    assert {"b"} == set(owners)
    assert owners["c"] < 3
