"""Facts that were read as columns: what counts them never needs a Struct.

A scan (speedups/scan.c) knows of each fact of a blob where it stands and its numbers. Here
such facts are a sequence like any other: whoever looks at one gets its Struct, made then.

    handle     its scan's place in `scans` << 32 | its own place there
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from monitor.events import Event
from monitor.speedups.loaded import compiled

Ints = NDArray[np.int64]

_WORDS = {"user": 0, "text": 1, "sku": 1, "via": 1, "currency": 2}  # as in speedups/scan.h
_MISSING = {"currency": "CNY"}
_PLACE = 0xFFFF_FFFF


Room = Callable[[int, int], tuple[Any, memoryview] | None]  # of an owner, for so many bytes


class Scan(Protocol):
    """A blob of facts, compiled."""

    rooms: list[str]  # each once or more
    source: str | None
    data: bytes
    good: bool  # all rooms were approved before

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Event: ...


class Scanned(Sequence[Event]):
    """Some facts of scans: those of `handles`, or all of them."""

    __slots__ = ("_handles", "scans")

    def __init__(self, scans: list[Scan], handles: Ints | None = None) -> None:
        self.scans = scans
        self._handles = handles

    def __len__(self) -> int:
        if self._handles is None:
            return sum(map(len, self.scans))
        return len(self._handles)

    @property
    def handles(self) -> Ints:
        if self._handles is None:
            parts = [np.arange(len(scan)) + (at << 32) for at, scan in enumerate(self.scans)]
            self._handles = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return self._handles

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> Scanned: ...

    def __getitem__(self, index: int | slice) -> Event | Scanned:
        if isinstance(index, slice):
            return Scanned(self.scans, self.handles[index])
        handle = int(self.handles[index])
        return self.scans[handle >> 32][handle & _PLACE]

    def __iter__(self) -> Iterator[Event]:
        scans = self.scans
        for handle in self.handles.tolist():
            yield scans[handle >> 32][handle & _PLACE]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def take(self, indexes: Ints) -> Scanned:
        """Some of them."""
        return Scanned(self.scans, self.handles.take(indexes))

    def rooms(self) -> set[str]:
        """The rooms of all facts of the scans."""
        return {room for scan in self.scans for room in scan.rooms}

    @property
    def good(self) -> bool:
        """Whether all rooms were approved."""
        return all(scan.good for scan in self.scans)

    def approve(self) -> None:
        """Facts may be told of these rooms by the source that told these."""
        assert compiled is not None
        for scan in self.scans:
            compiled.approve(scan)

    def extend(self, more: Scanned) -> None:
        """Take up the facts of other scans as well; both are all facts of theirs."""
        self.scans += more.scans
        self._handles = None

    @staticmethod
    def joined(parts: Sequence[Scanned]) -> Scanned:
        """The facts of some parts, one after the other."""
        scans: list[Scan] = []
        handles = []
        for part in parts:
            handles.append(part.handles + (len(scans) << 32))
            scans += part.scans
        return Scanned(scans, np.concatenate(handles))

    def split(
        self, owner_of: dict[str, int], owners: int, room: Room | None = None
    ) -> list[list[Any]]:
        """The facts of each owner of their rooms, packed for another process (parcels.py).

        `owner_of` knows the number of a room's owner, or admits the room.
        `room` may tell where what an owner gets is to be written, and what stands for it
        then; what it has no room for is bytes.
        """
        assert compiled is not None
        shares: list[list[Any]] = [[] for _ in range(owners)]
        for scan in self.scans:
            of_rooms = np.empty(len(scan.rooms), np.int64)
            compiled.numbers_of(owner_of, scan.rooms, of_rooms)
            packed = compiled.split(scan, of_rooms, owners, room)
            for share, message in zip(shares, packed, strict=True):
                if message is not None:
                    share.append(message)
        return shares

    def texts(self, name: str) -> list[Any]:
        """A field of each fact: `user`, `text`, `sku`, `via` or `currency`, if its kind has it."""
        assert compiled is not None
        found: list[Any] = compiled.texts(
            self.scans, self.handles, _WORDS[name], name, _MISSING.get(name)
        )
        return found

    def keys(self, name: str) -> Ints:
        """The key of such a field of each fact, 0 where it has none; no text is made."""
        assert compiled is not None
        found = np.empty(len(self), np.int64)
        compiled.text_keys(self.scans, self.handles, _WORDS[name], name, found)
        return found


Facts = list[Event] | Scanned


def texts_of(facts: Sequence[Any], name: str) -> list[Any]:
    """A field of each fact."""
    if isinstance(facts, Scanned):
        return facts.texts(name)
    return [getattr(fact, name) for fact in facts]
