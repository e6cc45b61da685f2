"""Facts of a kind side by side: what arrives together, and what waits to be counted together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.events import Event, Fact
from monitor.signals.rooms import Floats
from monitor.signals.tables import Group
from monitor.signals.windows import Ints


class Alike(NamedTuple):
    """Facts of one kind, with their room rows (as a list and an array) and instants."""

    events: list[Event]
    rows: list[int]
    row: Ints
    at: Floats


class Held:
    """Facts of one kind that wait to be counted with others."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.rows: list[int] = []
        self._row: list[Ints] = []
        self._slots: list[Ints] = []

    def add(self, alike: Alike, slots: Ints) -> None:
        self.events += alike.events
        self.rows += alike.rows
        self._row.append(alike.row)
        self._slots.append(slots)

    def group(self, now: float) -> Group:
        """All of them together."""
        row, slots = np.concatenate(self._row), np.concatenate(self._slots)
        return Group(self.events, self.rows, row, slots, now)


class _Appends(dict[type[Fact], Callable[[Event], None]]):
    """Kind → the `append` of its list in `groups`, made when it is first asked for."""

    def __init__(self, groups: dict[type[Fact], list[Event]]) -> None:
        super().__init__()
        self._groups = groups

    def __missing__(self, kind: type[Fact]) -> Callable[[Event], None]:
        alike = self._groups[kind] = []
        self[kind] = alike.append
        return alike.append


def by_kind(events: Sequence[Event]) -> dict[type[Fact], list[Event]]:
    """The facts of each kind, in their order."""
    groups: dict[type[Fact], list[Event]] = {}
    append = _Appends(groups)
    for event in events:
        append[event.__class__](event)
    return groups


def kept(group: Group, which: NDArray[np.bool_]) -> Group:
    """The part of a group for which `which` holds."""
    indexes = np.flatnonzero(which)
    row = group.row[indexes]
    events = [group.events[index] for index in indexes.tolist()]
    return Group(events, row.tolist(), row, group.slots[indexes], group.now)
