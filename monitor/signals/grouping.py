"""Facts of a kind side by side, as columns: what readers count.

    batch ─ gather ─ for each kind: its facts, and of each its room's row, its instant, who
                     did it (a hash), how many, and what else is so (flags)

What arrives together is one group (gathering.py makes it); few facts wait in `Held` to be
counted together, as a call of numpy costs the same for one as for hundreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from monitor.events import Event, Fact
from monitor.scanned import Scanned, texts_of
from monitor.signals.hashes import hashes
from monitor.signals.windows import Ints
from monitor.speedups.loaded import compiled

Floats = NDArray[np.float64]
Flags = NDArray[np.uint8]

TOTAL = np.uint8(1)  # a count since the start, and no delta
STAFF = np.uint8(2)  # the host or a moderator
UNTIMED = np.uint8(4)  # without a time of its own
NAMED = np.uint8(8)  # says of which session it is
LOOSE = np.uint8(16)  # at least so many
CAPPED = np.uint8(32)  # at the platform's cap

_NUMBERS: dict[str, tuple[str | None, str]] = {
    "Comment": (None, "fan_level"),
    "Viewers": ("total", "online"),
    "Gift": ("value", "amount_minor"),
}
_ORDERS = ("quantity", "amount_minor")


def _fields(kind: type[Fact]) -> tuple[str | None, str | None, str | None]:
    """The fields of a kind that hold who did it, how many, and a second number."""
    names = kind.__struct_fields__
    value, second = _NUMBERS.get(kind.__name__) or (None, None)
    if "order" in names:
        value, second = _ORDERS
    elif value is None and "lower_bound" in names:  # a counted fact
        value = "value"
    return ("user" if "user" in names else None), value, second


FIELDS = {kind: _fields(kind) for kind in get_args(Event)}
LAYOUTS = compiled and compiled.layouts([(kind, *names) for kind, names in FIELDS.items()])


COLUMNS = {
    name: index for index, name in enumerate(("row", "slots", "person", "value", "second", "order"))
}  # of a block


def some(events: Sequence[Any], indexes: Ints) -> Sequence[Any]:
    """Some facts, by their places."""
    if isinstance(events, Scanned):
        return events.take(indexes)
    return [events[index] for index in indexes.tolist()]


class Group:
    """Facts of one kind, all of one length. Numbers that nobody told are -1.

    The whole numbers stand in one block, so that groups are joined by joining two arrays.
    """

    __slots__ = (
        "at", "block", "events", "flags", "now", "order", "person", "row", "second", "slots",
        "value",
    )  # fmt: skip

    row: Ints  # of the room
    slots: Ints  # the second it counts in, or NO_SLOT
    person: Ints  # the key of who did it, 0 where nobody says
    value: Ints  # how many; of viewers the total
    second: Ints  # amount of orders and gifts; how many are online; the level of a fan
    order: Ints  # the key of the order, 0 where it is none

    def __init__(
        self, events: Sequence[Any], block: Ints, at: Floats, flags: Flags, now: float
    ) -> None:
        """`block` is (6, facts): the columns above, in that order."""
        self.events, self.block, self.at, self.flags, self.now = events, block, at, flags, now

    def __getattr__(self, name: str) -> Ints:
        """A column of the block, taken out when it is first asked for: many groups only wait."""
        if name not in COLUMNS:
            raise AttributeError(name)
        column: Ints = self.block[COLUMNS[name]]
        setattr(self, name, column)
        return column

    @property
    def rows(self) -> list[int]:
        return self.row.tolist()

    def where(self, which: NDArray[np.bool_]) -> Group:
        """The part for which `which` holds."""
        return self if which.all() else self.take(np.flatnonzero(which))

    def take(self, indexes: Ints) -> Group:
        """Some of the facts, by their places."""
        return Group(
            some(self.events, indexes),
            self.block.take(indexes, axis=1),
            self.at.take(indexes),
            self.flags.take(indexes),
            self.now,
        )

    def since(self, place: int) -> Group:
        """The facts from a place on; the columns are views of these."""
        events, block = self.events[place:], self.block[:, place:]
        return Group(events, block, self.at[place:], self.flags[place:], self.now)

    def texts(self, name: str) -> list[Any]:
        """A field of each fact, of those that `Scanned.texts` knows."""
        return texts_of(self.events, name)

    def keys(self, name: str) -> Ints:
        """The key of such a field of each fact (hashes.py)."""
        events = self.events
        return events.keys(name) if isinstance(events, Scanned) else hashes(self.texts(name))

    def in_slots(self, slots: Ints) -> Group:
        """The same facts, counted in other seconds."""
        return self._with(1, slots)

    def in_rows(self, row: Ints) -> Group:
        """The same facts, counted in other rooms."""
        return self._with(0, row)

    def _with(self, index: int, column: Ints) -> Group:
        block = self.block.copy()
        block[index] = column
        return Group(self.events, block, self.at, self.flags, self.now)

    def has(self, flag: np.uint8) -> NDArray[np.bool_]:
        """Which facts carry a flag."""
        marked: NDArray[np.bool_] = (self.flags & flag) != 0
        return marked


class Held:
    """Groups of facts of one kind that wait to be counted together."""

    def __init__(self) -> None:
        self._groups: list[Group] = []
        self.count = 0

    def add(self, group: Group) -> None:
        self._groups.append(group)
        self.count += len(group.events)

    def group(self) -> Group:
        """All of them together, as of when the last came."""
        if len(self._groups) == 1:
            return self._groups[0]
        groups = self._groups
        scanned = [group.events for group in groups if isinstance(group.events, Scanned)]
        return Group(
            Scanned.joined(scanned)
            if len(scanned) == len(groups)
            else [event for group in groups for event in group.events],
            np.concatenate([group.block for group in groups], axis=1),
            np.concatenate([group.at for group in groups]),
            np.concatenate([group.flags for group in groups]),
            groups[-1].now,
        )
