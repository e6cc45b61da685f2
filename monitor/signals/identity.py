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
        names = [event.id for event in events]
        ids = set(names)
        repeated = _repeated(names) if len(ids) < len(names) else []
        ids.discard(None)
        known = self._young & ids
        if self._old:
            known |= self._old & ids
        if known:
            before = [index for index, name in enumerate(names) if name in known]
            repeated = sorted({*repeated, *before})
            ids -= known
        self._remember(ids)
        self.again = [events[index] for index in repeated]
        if not repeated:
            return events
        fresh = list(events)
        for index in reversed(repeated):
            del fresh[index]
        return fresh

    def _remember(self, ids: set[str | None]) -> None:
        self._young |= ids
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()


def _repeated(names: Sequence[str | None]) -> list[int]:
    """Where an id stands that stood before; without an id nothing is repeated."""
    here: set[str] = set()
    repeated = []
    for index, name in enumerate(names):
        if name in here:
            repeated.append(index)
        elif name is not None:
            here.add(name)
    return repeated
