"""The same id of the same source twice is the same fact.

Ids are kept in two generations of at most `size` each: when the young one is full it
becomes the old one. So at least the last `size` ids of a source are remembered, in
bounded memory, whatever arrives.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.events import Event


class Identity:
    """The ids of one source that were seen."""

    def __init__(self, size: int = 1 << 17) -> None:
        self._size = size
        self._young: set[str | None] = set()
        self._old: set[str | None] = set()

    def unseen(self, events: Sequence[Event]) -> Sequence[Event]:
        """The events that are new, in their order; `events` itself if all of them are."""
        ids = {event.id for event in events}
        if (
            len(ids) == len(events)
            and None not in ids
            and self._young.isdisjoint(ids)
            and (not self._old or self._old.isdisjoint(ids))
        ):
            self._remember(ids)
            return events
        fresh = []
        for event in events:
            name = event.id
            if name is None:
                fresh.append(event)
            elif name not in self._young and name not in self._old:
                fresh.append(event)
                self._remember({name})
        return fresh

    def _remember(self, ids: set[str | None]) -> None:
        self._young |= ids
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()
