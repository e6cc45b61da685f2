"""Facts on their way to workers: those of a batch for each of them, packed.

scanned     as columns with the bytes they were found in, which nobody reads again
Structs     as JSON
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from monitor.engines.belt import Belt, Place
from monitor.engines.owners import Owners
from monitor.events import Event
from monitor.formats.parcels import Parcels
from monitor.scanned import Facts, Room, Scanned


class Load(Struct, array_like=True):
    """What one worker gets of a batch."""

    parcels: list[bytes | Place] = []  # of what was scanned; or where they lie (belt.py)
    json: bytes = b""


class Shared(Struct):
    """A batch, shared out."""

    loads: list[Load | None]  # by worker; None: nothing of it is of its rooms
    of_nobody: Facts  # of shops and anchors
    too_many: int  # facts of rooms that there is no place for


class Freight:
    """Packs on one side, unpacks on the other."""

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(list[Event]).decode
        self._parcels = Parcels()

    def share(self, facts: Facts, owners: Owners, room: Room) -> Shared:
        """Each fact to the owner of its room; what was scanned lies where there is `room`."""
        if isinstance(facts, Scanned):
            return self._of_scanned(facts, owners, room)
        shares: list[list[Event]] = [[] for _ in range(owners.ways)]
        for fact in facts:
            shares[owners[fact.room]].append(fact)
        *own, of_nobody, too_many = shares
        loads = [Load(json=self._encode(each)) if each else None for each in own]
        return Shared(loads, of_nobody, len(too_many))

    def unpack(self, load: Load, belt: Belt | None) -> Facts:
        """The facts as they were."""
        if load.json:
            return self._decode(load.json)
        open_parcels = self._parcels.open
        parts = []
        for parcel in load.parcels:
            if isinstance(parcel, bytes):
                parts.append(open_parcels([parcel]))
                continue
            assert belt is not None, "what lies on a belt was put there"
            with belt.look(parcel) as lying:
                parts.append(open_parcels([lying]))
            belt.took(parcel)
        first, *others = parts
        for part in others:
            first.extend(part)
        return first

    def _of_scanned(self, facts: Scanned, owners: Owners, room: Room) -> Shared:
        *own, of_nobody, too_many = facts.split(owners, owners.ways, room)
        loads = [Load(parcels=each) if each else None for each in own]
        return Shared(loads, self._open(of_nobody), len(self._open(too_many)))

    def _open(self, parcels: Sequence[bytes]) -> Facts:
        return self._parcels.open(parcels) if parcels else []
