"""Memory that the daemon shares with one worker."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.engines.belt import Belt, Place, a_file

SIZE = 640


def put(daemon: Belt, parcel: bytes) -> Place | None:
    found = daemon.room(len(parcel))
    if found is None:
        return None
    place, room = found
    with room:
        room[:] = parcel
    return place


def take(worker: Belt, place: Place) -> bytes:
    with worker.look(place) as lying:
        parcel = bytes(lying)
    worker.took(place)
    return parcel


@pytest.fixture
def ends() -> Iterator[tuple[Belt, Belt]]:
    """That of the daemon, and that of the worker."""
    yield from made()


def made() -> Iterator[tuple[Belt, Belt]]:
    file = a_file()
    both = Belt(file, SIZE), Belt(file, SIZE)
    os.close(file)
    yield both
    for end in both:
        end.close()


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=300), st.none()), max_size=40))
def test_what_is_put_is_taken_in_its_order_as_it_was(steps: list[bytes | None]) -> None:
    """None: one is taken. What has no room is not put, and what lies there stays as it was."""
    for daemon, worker in made():
        lying: deque[tuple[Place, bytes]] = deque()
        for step in steps:
            if step is None and lying:
                place, parcel = lying.popleft()
                assert parcel == take(worker, place)
            elif step is not None:
                place = put(daemon, step)
                if place is None:
                    assert lying
                else:
                    lying.append((place, step))
        while lying:
            place, parcel = lying.popleft()
            assert parcel == take(worker, place)
        assert not daemon.full


def test_it_is_full_until_something_is_taken(ends: tuple[Belt, Belt]) -> None:
    """
    640 bytes: 250 and 250 lie there ── 250 more have no room ── 250 taken ── they lie in front
    """
    daemon, worker = ends
    empty = daemon.full
    first, second = put(daemon, b"a" * 250), put(daemon, b"b" * 250)
    assert first is not None
    assert second is not None
    full, refused = daemon.full, put(daemon, b"c" * 250)
    take(worker, first)
    third = put(daemon, b"c" * 250)

    assert (False, True, None) == (empty, full, refused)
    assert third is not None
    assert first.at == third.at
    assert [b"b" * 250, b"c" * 250] == [take(worker, second), take(worker, third)]


def test_what_is_larger_than_the_belt_never_has_room(ends: tuple[Belt, Belt]) -> None:
    daemon, _ = ends

    assert put(daemon, bytes(SIZE + 1)) is None
    assert put(daemon, bytes(SIZE)) is not None


def test_a_file_in_memory_is_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has none it is one without a name."""
    files = [a_file()]
    monkeypatch.delattr(os, "memfd_create")
    files.append(a_file())
    links = [os.fstat(file).st_nlink for file in files]
    for file in files:
        os.close(file)

    assert [0, 0] == links
