"""Which worker holds a room: a hash of its name, the same in every process and for ever."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from monitor.signals.rooms import ELSEWHERE


def owner(room: str, workers: int) -> int:
    """The number of its worker, from 0."""
    return crc32(room.encode("utf-8", "surrogatepass")) % workers


class Owners(dict[str, int]):
    """The rooms there are, each with its worker.

    What is no room but a shop or an anchor is of `nobody`; a room is `one_too_many` once
    there are `most` of them. Neither is kept.
    """

    def __init__(self, workers: int, most: int) -> None:
        super().__init__()
        self.nobody, self.one_too_many = workers, workers + 1
        self.ways = workers + 2  # that a fact may go
        self._workers = workers
        self._most = most

    def __missing__(self, room: str) -> int:
        if room.startswith(ELSEWHERE):
            return self.nobody
        if len(self) >= self._most:
            return self.one_too_many
        found = self[room] = owner(room, self._workers)
        return found

    def forget(self, rooms: Iterable[str]) -> None:
        """These were given up."""
        for room in rooms:
            self.pop(room, None)
