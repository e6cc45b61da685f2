"""Memory that the daemon shares with one worker: parcels lie there until it has taken them.

    0      8 bytes: how far the worker has come, counted without end
    HEAD   parcels, one behind the other; where one does not fit before the end, the rest of
           the belt is left empty and it lies at the beginning

    ░░░░░████████████░░░░░        taken ≤ put ≤ taken + size
         ↑ taken     ↑ put

A socket copies what goes through it again and again. Where a parcel lies is told through it
all the same, so that everything is in order, and nothing is read before it was written.
"""

from __future__ import annotations

import mmap
import os
import tempfile

from msgspec import Struct

HEAD = EVEN = 64  # a parcel begins at a multiple of it
BELT_BYTES = 8 * 1024 * 1024  # of parcels; a worker counts them in some twenty milliseconds
LEAST_BYTES = 1024 * 1024  # with less room than that it is full


class Place(Struct, array_like=True, frozen=True):
    """Where a parcel lies. `end` is how far whoever takes it has come."""

    at: int
    size: int
    end: int


def a_file() -> int:
    """A file that is nowhere but in memory, where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("roomwatch", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Belt:
    """One end of it. The daemon puts, the worker takes."""

    def __init__(self, file: int, size: int = BELT_BYTES) -> None:
        if os.fstat(file).st_size < HEAD + size:
            os.ftruncate(file, HEAD + size)
        self._memory = mmap.mmap(file, HEAD + size)
        self._view = memoryview(self._memory)
        self._taken = self._view[:8].cast("Q")
        self._put = 0
        self._size = size

    @property
    def full(self) -> bool:
        return self._size - (self._put - self._taken[0]) < min(LEAST_BYTES, self._size // 2)

    def room(self, size: int) -> tuple[Place, memoryview] | None:
        """A place for a parcel that is put there now; None where there is none."""
        whole = -(-size // EVEN) * EVEN
        at = self._put % self._size
        begin = self._put if at + whole <= self._size else self._put + self._size - at
        if begin + whole - self._taken[0] > self._size:
            return None
        at = HEAD + begin % self._size
        self._put = begin + whole
        return Place(at, size, self._put), self._view[at : at + size]

    def look(self, place: Place) -> memoryview:
        """The parcel that lies there, until it is taken."""
        return self._view[place.at : place.at + place.size]

    def took(self, place: Place) -> None:
        """A parcel is taken, and so are those before it: their places are free."""
        self._taken[0] = place.end

    def close(self) -> None:
        self._taken.release()
        self._view.release()
        self._memory.close()
