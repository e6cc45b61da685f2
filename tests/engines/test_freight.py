"""Facts on their way to workers."""

from __future__ import annotations

import os

import msgspec
import pytest

from monitor.engines.belt import Belt, Place, a_file
from monitor.engines.freight import Freight
from monitor.engines.owners import Owners, owner
from monitor.events import Event
from monitor.formats.decoder import Decoder
from monitor.frames import Frame
from monitor.scanned import Facts
from tests.engines.evening import SHOPS, evening

ROOMS = 9  # of eleven there is a place for


def nowhere(_owner: int, _size: int) -> None:
    """There is room in messages alone."""


def made(form: str) -> Facts:
    """An evening's facts, as Structs or as what was scanned."""
    facts = [fact for _, batches, _ in evening(3, 8) for batch in batches for fact in batch.events]
    if form == "Structs":
        return facts
    data = msgspec.json.encode(facts)
    frame = Frame(data=data, received_at=0.0)
    (batch,) = Decoder(source="s", format="native").receive([frame], 0.0)
    return batch.events


@pytest.mark.parametrize("form", ["Structs", "scanned"])
def test_each_fact_arrives_at_the_owner_of_its_room_as_it_was(form: str) -> None:
    """In its order; those of shops are nobody's, and those of a room too many are counted."""
    facts = made(form)
    expected: dict[int | str, list[Event]] = {0: [], 1: [], "nobody": [], "too many": []}
    known: set[str] = set()
    for fact in facts:
        if fact.room in SHOPS:
            expected["nobody"].append(fact)
        elif fact.room in known or len(known) < ROOMS:
            known.add(fact.room)
            expected[owner(fact.room, 2)].append(fact)
        else:
            expected["too many"].append(fact)
    shared = Freight().share(facts, Owners(2, ROOMS), nowhere)
    arrived = [list(Freight().unpack(load, None)) for load in shared.loads if load is not None]

    assert [expected[0], expected[1]] == arrived
    assert expected["nobody"] == list(shared.of_nobody)
    assert 0 < len(expected["too many"]) == shared.too_many


def test_what_was_scanned_arrives_by_the_belt() -> None:
    """What there is no room for comes with the order."""
    facts, owners = made("scanned"), Owners(1, ROOMS)
    (plain,) = Freight().share(facts, owners, nowhere).loads
    assert plain is not None
    (parcel,) = plain.parcels
    assert isinstance(parcel, bytes)
    file = a_file()
    ours, theirs = (
        Belt(file, 64 * (len(parcel) // 64 + 2)),
        Belt(file, 64 * (len(parcel) // 64 + 2)),
    )
    os.close(file)

    def room(_owner: int, size: int) -> tuple[Place, memoryview] | None:
        return ours.room(size) if _owner == 0 else None

    (lying,), (refused,) = (Freight().share(facts, owners, room).loads for _ in range(2))
    assert lying is not None
    arrived = list(Freight().unpack(lying, theirs))
    again = ours.room(len(parcel))
    if again is not None:
        again[1].release()
    for end in (ours, theirs):
        end.close()

    assert list(Freight().unpack(plain, None)) == arrived
    assert isinstance(lying.parcels[0], Place)
    assert plain == refused
    assert again is not None


def test_a_worker_that_has_nothing_to_hear_hears_nothing() -> None:
    """A batch of no facts is none for anybody."""
    shared = Freight().share([], Owners(2, ROOMS), nowhere)

    assert ([None, None], [], 0) == (shared.loads, shared.of_nobody, shared.too_many)
