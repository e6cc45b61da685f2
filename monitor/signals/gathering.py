"""Facts of a batch into columns, once: what is read again and again are arrays.

scanned     the numbers were found while the bytes were read (scanned.py)
Structs     fields are taken out of them while they are in the processor's cache
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from itertools import accumulate
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
NONE = np.zeros(0, np.int64)
Columns = tuple[Ints, Floats, Flags, Ints]  # as in Gathered


class Gathered(NamedTuple):
    """The facts of a batch: each kind's, and the columns of all of them together."""

    kinds: list[tuple[type[Fact], Group]]
    block: Ints  # as that of a group
    at: Floats
    flags: Flags
    keys: Ints  # of their ids, 0 where they have none
    again: Ints  # the rows of facts that were met before, and are not among these

    @property
    def row(self) -> Ints:
        row: Ints = self.block[0]
        return row

    def parts(self, wanted: Container[type[Fact]]) -> list[slice]:
        """Where in the columns facts of such kinds stand: as few parts as there can be."""
        parts: list[slice] = []
        first = 0
        for kind, group in self.kinds:
            end = first + len(group.events)
            if kind in wanted:
                beside = parts and parts[-1].stop == first
                parts.append(slice(parts.pop().start if beside else first, end))
            first = end
        return parts


def gather(
    events: Facts,
    row_of: dict[str, int],
    now: float,
    fresh: Callable[[Ints], NDArray[np.bool_]] | None = None,
) -> Gathered:
    """The columns of facts. `row_of` knows the row of a room, or admits it.

    `fresh` tells by the keys of ids which facts are new; the others are left out.
    """
    length = len(events)
    columns = (np.empty((6, length), np.int64), np.empty(length), np.empty(length, np.uint8),
               np.empty(length, np.int64))  # fmt: skip
    alike: Sequence[Any]
    if isinstance(events, Scanned):
        assert compiled is not None
        handles = np.empty(length, np.int64)
        version = getattr(row_of, "version", 0)
        found = compiled.collect(events.scans, row_of, version, now, *columns, handles)
        alike = Scanned(events.scans, handles)
    elif compiled is not None:
        lists = compiled.gather(LAYOUTS, events, row_of, now, *columns)
        found = [(kind, len(facts)) for kind, facts in lists]
        alike = [fact for _, facts in lists for fact in facts]
    else:
        found, alike = _take(events, row_of, now, columns)
    ends = ints([*accumulate(many for _, many in found)])
    again = NONE
    if fresh is not None and length and not (which := fresh(columns[3])).all():
        indexes = np.flatnonzero(which)
        again = columns[0][0][~which]
        columns, ends = _part(columns, which, indexes, ends)
        alike = some(alike, indexes)
    block, at, flags, keys = columns
    kinds = []
    first = 0
    for (kind, _), end in zip(found, ends.tolist(), strict=True):
        if end > first:
            part = slice(first, end)
            kinds.append(
                (_KINDS[kind], Group(alike[part], block[:, part], at[part], flags[part], now))
            )
        first = end
    return Gathered(kinds, block, at, flags, keys, again)


def _take(
    events: list[Event], row_of: dict[str, int], now: float, columns: Columns
) -> tuple[list[tuple[int, int]], list[Event]]:
    """How many facts of which kind there are, and they in that order; their columns written."""
    block, at, flags, keys = columns
    found, ordered = [], []
    first = 0
    for kind, alike in by_kind(events).items():
        part = slice(first, first := first + len(alike))
        at[part] = [event.at for event in alike]
        keys[part] = _keys([event.id for event in alike])
        block[[0, 2, 3, 4, 5], part], flags[part] = _columns(kind, alike, row_of)
        found.append((_KINDS.index(kind), len(alike)))
        ordered += alike
    block[1] = np.minimum(at, now)
    return found, ordered


def _part(
    columns: Columns, which: NDArray[np.bool_], indexes: Ints, ends: Ints
) -> tuple[Columns, Ints]:
    """The columns of those facts for which `which` holds, and where kinds end in them."""
    block, at, flags, keys = columns
    many = len(indexes)
    if compiled is None:
        part = block.take(indexes, axis=1), at.take(indexes), flags.take(indexes), keys[which]
        return part, np.searchsorted(indexes, ends)
    part = (np.empty((len(block), many), np.int64), np.empty(many), np.empty(many, np.uint8),
            np.empty(many, np.int64))  # fmt: skip
    ends = ends.copy()
    compiled.parted(which, ends, *columns, *part)
    return part, ends


def all_in(events: list[Event], rooms: set[str]) -> bool:
    """Whether the rooms of all facts are among `rooms`."""
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
