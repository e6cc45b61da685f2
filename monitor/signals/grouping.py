"""Facts of a kind side by side, as columns: what readers count.

    batch ─ gather ─ for each kind: its facts, and of each its room's row, its instant, who
                     did it (a hash), how many, and what else is so (flags)

Fields are taken from facts once, while they are in the processor's cache; what is read
again and again are arrays. What arrives together is one group; few facts wait in `Held`
to be counted together, as a call of numpy costs the same for one as for hundreds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from monitor.events import Event, Fact
from monitor.signals.hashes import hashes
from monitor.signals.windows import Ints, ints
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
_KINDS = tuple(FIELDS)
_LAYOUTS = compiled and compiled.layouts([(kind, *names) for kind, names in FIELDS.items()])


COLUMNS = {
    name: index for index, name in enumerate(("row", "slots", "person", "value", "second", "order"))
}  # of a block


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
        self, events: list[Any], block: Ints, at: Floats, flags: Flags, now: float
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
        if which.all():
            return self
        indexes = np.flatnonzero(which)
        if len(indexes) * 8 > len(which) * 7:  # nearly all of them
            events = list(self.events)
            for index in np.flatnonzero(~which)[::-1].tolist():
                del events[index]
        else:
            events = [self.events[index] for index in indexes.tolist()]
        return Group(
            events,
            self.block.take(indexes, axis=1),
            self.at.take(indexes),
            self.flags.take(indexes),
            self.now,
        )

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


class Gathered(NamedTuple):
    """The facts of a batch: each kind's, and the columns of all of them together."""

    kinds: list[tuple[type[Fact], Group]]
    row: Ints
    at: Floats
    flags: Flags
    keys: Ints  # of their ids, 0 where they have none

    def where(self, which: NDArray[np.bool_]) -> Gathered:
        """The part for which `which` holds."""
        kinds = []
        first = 0
        for kind, group in self.kinds:
            part = group.where(which[first : (first := first + len(group.events))])
            if part.events:
                kinds.append((kind, part))
        return Gathered(kinds, self.row[which], self.at[which], self.flags[which], self.keys[which])


def gather(events: list[Event], row_of: dict[str, int], now: float) -> Gathered:
    """The columns of facts. `row_of` knows the row of a room, or admits it."""
    block = np.empty((6, len(events)), np.int64)
    at = np.empty(len(events))
    flags = np.empty(len(events), np.uint8)
    keys = np.empty(len(events), np.int64)
    if compiled is not None:
        found = compiled.gather(_LAYOUTS, events, row_of, now, block, at, flags, keys)
        groups = [(_KINDS[kind], alike) for kind, alike in found]
    else:
        groups = list(by_kind(events).items())
        first = 0
        for kind, alike in groups:
            part = slice(first, first := first + len(alike))
            at[part] = [event.at for event in alike]
            keys[part] = _keys([event.id for event in alike])
            block[[0, 2, 3, 4, 5], part], flags[part] = _columns(kind, alike, row_of)
        block[1] = np.minimum(at, now)
    kinds = []
    first = 0
    for kind, alike in groups:
        part = slice(first, first := first + len(alike))
        kinds.append((kind, Group(alike, block[:, part], at[part], flags[part], now)))
    return Gathered(kinds, block[0], at, flags, keys)


def all_in(events: list[Event], rooms: set[str]) -> bool:
    """Whether the rooms of all facts are among `rooms`."""
    if compiled is not None:
        known: bool = compiled.known(_LAYOUTS, events, rooms)
        return known
    return {event.room for event in events} <= rooms


def shelved(group: Group, shelves: list[Any]) -> Ints:
    """The row of the product of each fact. A shelf, one for each room's row, knows it by the
    SKU, or admits it.
    """
    if compiled is not None:
        rows = np.empty(len(group.events), np.int64)
        compiled.shelved(_LAYOUTS, group.events, shelves, group.row, rows)
        return rows
    pairs = zip(group.rows, group.events, strict=True)
    return ints([shelves[row][event.sku] for row, event in pairs])


def _columns(
    kind: type[Fact], alike: Sequence[Any], row_of: dict[str, int]
) -> tuple[tuple[Ints, ...], Flags]:
    """Row, person, value, second number and order of facts of a kind, and their flags."""
    person, value, second = FIELDS[kind]
    rows = ints([row_of[event.room] for event in alike])
    people = np.zeros(len(alike), np.int64)
    if person is not None:
        people = _keys([event.user for event in alike])
    orders = np.zeros(len(alike), np.int64)
    if "order" in kind.__struct_fields__:
        orders = _keys([event.order for event in alike])
    return (rows, people, _numbers(alike, value, 1), _numbers(alike, second, 0), orders), _flags(
        kind, alike
    )


def _numbers(alike: Sequence[Any], field: str | None, missing: int) -> Ints:
    if field is None:
        return np.full(len(alike), missing)
    told = [getattr(event, field) for event in alike]
    return ints([-1 if number is None else number for number in told] if None in told else told)


def _keys(names: list[str | None]) -> Ints:
    keys = hashes(names)
    if None in names:
        keys[[name is None for name in names]] = 0
    return keys


def _flags(kind: type[Fact], alike: Sequence[Any]) -> Flags:
    flags = np.array(
        [
            (event.at_from == "received") * 4 + (event.session is not None) * 8  # UNTIMED, NAMED
            for event in alike
        ],
        np.uint8,
    )
    names = kind.__struct_fields__
    if "kind" in names:
        flags[[event.kind != "delta" for event in alike]] |= TOTAL
    if "capped" in names:
        flags[[event.capped for event in alike]] |= CAPPED | LOOSE
        flags[[event.lower_bound for event in alike]] |= LOOSE
    if "is_host" in names:
        flags[[event.is_host or event.is_moderator for event in alike]] |= STAFF
    return flags


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
        return Group(
            [event for group in groups for event in group.events],
            np.concatenate([group.block for group in groups], axis=1),
            np.concatenate([group.at for group in groups]),
            np.concatenate([group.flags for group in groups]),
            groups[-1].now,
        )


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
