"""Memory that the daemon shares with one worker."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.engines.belt import Belt, Place, a_file

SIZE = 100


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


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=60), st.none()), max_size=40))
def test_what_is_put_is_taken_in_its_order_as_it_was(steps: list[bytes | None]) -> None:
    """None: one is taken. What has no room is not put, and what lies there stays as it was."""
    for daemon, worker in made():
        lying: deque[tuple[Place, bytes]] = deque()
        for step in steps:
            if step is None and lying:
                place, parcel = lying.popleft()
                assert parcel == worker.take(place)
            elif step is not None:
                place = daemon.put(step)
                if place is None:
                    assert lying
                else:
                    lying.append((place, step))
        while lying:
            place, parcel = lying.popleft()
            assert parcel == worker.take(place)
        assert not daemon.full


def test_it_is_full_until_something_is_taken(ends: tuple[Belt, Belt]) -> None:
    """
    100 bytes: 40 and 40 lie there ── 40 more have no room ── 40 taken ── they lie in front
    """
    daemon, worker = ends
    empty = daemon.full
    first, second = daemon.put(b"a" * 40), daemon.put(b"b" * 40)
    assert first is not None
    assert second is not None
    full, refused = daemon.full, daemon.put(b"c" * 40)
    worker.take(first)
    third = daemon.put(b"c" * 40)

    assert (False, True, None) == (empty, full, refused)
    assert third is not None
    assert first.at == third.at
    assert [b"b" * 40, b"c" * 40] == [worker.take(second), worker.take(third)]


def test_what_is_larger_than_the_belt_never_has_room(ends: tuple[Belt, Belt]) -> None:
    daemon, _ = ends

    assert daemon.put(bytes(SIZE + 1)) is None
    assert daemon.put(bytes(SIZE)) is not None


def test_a_file_in_memory_is_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has none it is one without a name."""
    files = [a_file()]
    monkeypatch.delattr(os, "memfd_create")
    files.append(a_file())
    links = [os.fstat(file).st_nlink for file in files]
    for file in files:
        os.close(file)

    assert [0, 0] == links
