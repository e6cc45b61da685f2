"""The same id of the same source twice is the same fact.

Ids are kept in two generations of at most `size` each: when the young one is full it
becomes the old one. So at least the last `size` ids of a source are remembered, in
bounded memory, whatever arrives.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.events import Event


class Identity:
    """The ids of one source that were seen; `again` holds what `unseen` last left out."""

    def __init__(self, size: int = 1 << 17) -> None:
        self._size = size
        self._young: set[str | None] = set()
        self._old: set[str | None] = set()
        self.again: list[Event] = []

    def unseen(self, events: Sequence[Event]) -> Sequence[Event]:
        """The events that are new, in their order; `events` itself if all of them are."""
        self.again = []
        names = [event.id for event in events]
        ids = set(names)
        if None in ids or len(ids) < len(events):
            return self._one_by_one(events)
        known = self._young & ids
        if self._old:
            known |= self._old & ids
        if known:
            ids -= known
            events, every = list(events), events
            places = [index for index, name in enumerate(names) if name in known]
            self.again = [every[index] for index in places]
            for index in reversed(places):
                del events[index]
        self._remember(ids)
        return events

    def _one_by_one(self, events: Sequence[Event]) -> Sequence[Event]:
        """Some have no id, or one id stands here twice: the first of them is the fact."""
        fresh: list[Event] = []
        for event in events:
            name = event.id
            if name is None:
                fresh.append(event)
            elif name not in self._young and name not in self._old:
                fresh.append(event)
                self._remember({name})
            else:
                self.again.append(event)
        return fresh if self.again else events

    def _remember(self, ids: set[str | None]) -> None:
        self._young |= ids
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()
