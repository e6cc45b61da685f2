"""Facts of a batch into columns, once: what is read again and again are arrays.

scanned     the numbers were found while the bytes were read (scanned.py)
Structs     fields are taken out of them while they are in the processor's cache
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.events import Event, Fact
from monitor.scanned import Facts, Scanned
from monitor.signals.grouping import (
    CAPPED,
    FIELDS,
    LAYOUTS,
    LOOSE,
    STAFF,
    TOTAL,
    Flags,
    Floats,
    Group,
    some,
)
from monitor.signals.hashes import hashes
from monitor.signals.windows import Ints, ints
from monitor.speedups.loaded import compiled

_KINDS = tuple(FIELDS)


class Gathered(NamedTuple):
    """The facts of a batch: each kind's, and the columns of all of them together."""

    kinds: list[tuple[type[Fact], Group]]
    block: Ints  # as that of a group
    at: Floats
    flags: Flags
    keys: Ints  # of their ids, 0 where they have none

    @property
    def row(self) -> Ints:
        row: Ints = self.block[0]
        return row

    def where(self, which: NDArray[np.bool_]) -> Gathered:
        """The part for which `which` holds: columns are parted once, and not for each kind."""
        indexes = np.flatnonzero(which)
        block, at = self.block.take(indexes, axis=1), self.at.take(indexes)
        flags = self.flags.take(indexes)
        ends = np.cumsum([len(group.events) for _, group in self.kinds])
        kinds, first, begin = [], 0, 0
        for (kind, group), end, upto in zip(
            self.kinds, ends.tolist(), np.searchsorted(indexes, ends).tolist(), strict=True
        ):
            if upto > begin:
                part, events = slice(begin, upto), group.events
                if upto - begin < end - first:
                    events = some(events, indexes[part] - first)
                kinds.append(
                    (kind, Group(events, block[:, part], at[part], flags[part], group.now))
                )
            first, begin = end, upto
        return Gathered(kinds, block, at, flags, self.keys.take(indexes))


def gather(events: Facts, row_of: dict[str, int], now: float) -> Gathered:
    """The columns of facts. `row_of` knows the row of a room, or admits it."""
    block = np.empty((6, len(events)), np.int64)
    at = np.empty(len(events))
    flags = np.empty(len(events), np.uint8)
    keys = np.empty(len(events), np.int64)
    groups: list[tuple[type[Fact], Sequence[Any]]]
    if isinstance(events, Scanned):
        groups = _collect(events, row_of, now, (block, at, flags, keys))
    elif compiled is not None:
        found = compiled.gather(LAYOUTS, events, row_of, now, block, at, flags, keys)
        groups = [(_KINDS[kind], alike) for kind, alike in found]
    else:
        groups = [*by_kind(events).items()]
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
    return Gathered(kinds, block, at, flags, keys)


def _collect(
    events: Scanned, row_of: dict[str, int], now: float, columns: tuple[Ints, Floats, Flags, Ints]
) -> list[tuple[type[Fact], Sequence[Any]]]:
    """The facts of each kind, their columns written."""
    assert compiled is not None
    handles = np.empty(len(events), np.int64)
    found = compiled.collect(events.scans, row_of, now, *columns, handles)
    groups: list[tuple[type[Fact], Sequence[Any]]] = []
    first = 0
    for kind, count in found:
        part = handles[first : (first := first + count)]
        groups.append((_KINDS[kind], Scanned(events.scans, part)))
    return groups


def all_in(events: Facts, rooms: set[str]) -> bool:
    """Whether the rooms of all facts are among `rooms`."""
    if isinstance(events, Scanned):
        return all(rooms.issuperset(scan.rooms) for scan in events.scans)
    if compiled is not None:
        known: bool = compiled.known(LAYOUTS, events, rooms)
        return known
    return {event.room for event in events} <= rooms


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
