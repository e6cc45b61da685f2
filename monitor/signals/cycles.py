"""The cycles a room went in, part by part: how long, what was wrong, what each brought.

An order belongs to the part in whose seconds it was first heard of as made, and so does
all that becomes of it: what is paid for it, that it is cancelled or paid back, however
much later. Sums are kept by the second, so that a cue that comes late parts them rightly;
seconds of more than `SETTLED_S` ago are summed up into the part they are in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from monitor.signals.place import ORDER, Stretch
from monitor.signals.rooms import Floats
from monitor.signals.windows import Ints

TOLD = 8  # cycles
SURE = 0.8  # from here on an inferred part counts in judging the order of parts
SETTLED_S = 90
NOTES = 16_384  # orders that wait to be sorted into their rooms
SECONDS = 1 << 34  # a cell is a room's row times this, and the second
FULL = 128  # seconds of a room kept apart before old ones are summed up
COLUMNS = ("paid", "gmv", "cancelled", "refunds", "refunded")


class Part(Struct, frozen=True, kw_only=True):
    """One part of a cycle; `length_s` is None while it lasts, what it brought where unknown."""

    segment: str
    at: float
    length_s: float | None = None
    limit_s: float | None = None
    breach: str = ""  # overrun, skipped, out of order
    confidence: float = 1.0
    price_fell: bool = False
    paid: int | None = None
    gmv_minor: int | None = None
    cancelled: int | None = None
    refunds: int | None = None
    refunded_minor: int | None = None

    def brought(self, values: Sequence[int]) -> Part:
        """The part after it brought more, in the order of `COLUMNS`."""
        known = (self.paid, self.gmv_minor, self.cancelled, self.refunds, self.refunded_minor)
        paid, gmv, cancelled, refunds, refunded = (
            (before or 0) + more for before, more in zip(known, values, strict=True)
        )
        return replace(
            self, paid=paid, gmv_minor=gmv, cancelled=cancelled, refunds=refunds,
            refunded_minor=refunded,
        )  # fmt: skip


class Cycle(Struct, frozen=True, kw_only=True):
    """From a hook up to the next one. `number` counts them in the session; 0: before the first."""

    number: int
    parts: list[Part]
    module: str = ""


class Brought:
    """What orders brought, by room and second, in rooms where the host is known to be somewhere.

    What comes in is noted, and sorted into cells of a room and a second when there is much.
    """

    def __init__(self, rows: int = 16) -> None:
        self.wanted = np.zeros(rows, bool)
        self.full: set[int] = set()  # rooms with seconds to be summed up
        self._noted: list[tuple[Ints, Ints]] = []  # cells, and values of each
        self._notes = 0
        self._cells = np.zeros(0, np.int64)  # in the order of rooms
        self._sums = np.zeros((0, len(COLUMNS)), np.int64)

    def __len__(self) -> int:
        """Cells that are kept, notes apart."""
        return len(self._cells)

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = rows - len(self.wanted)
        if more > 0:
            self.wanted = np.pad(self.wanted, (0, more))

    def add(self, rows: Ints, at: Floats, values: Ints) -> None:
        """Orders of `at` brought `values`, shaped (orders, COLUMNS)."""
        wanted = self.wanted[rows]
        if wanted.any():
            self._noted.append(
                (rows[wanted] * SECONDS + at[wanted].astype(np.int64), values[wanted])
            )
            self._notes += int(wanted.sum())
            if self._notes >= NOTES:
                self._sort()

    def _sort(self) -> None:
        """Put what was noted into its cells, and drop those that hold nothing."""
        cells = np.concatenate([self._cells, *(cells for cells, _ in self._noted)])
        values = np.concatenate([self._sums, *(values for _, values in self._noted)])
        self._noted, self._notes = [], 0
        cells, which = np.unique(cells, return_inverse=True)
        sums = np.zeros((len(cells), len(COLUMNS)), np.int64)
        np.add.at(sums, which, values)
        some = sums.any(axis=1)
        self._cells, self._sums = cells[some], sums[some]
        of_room = np.bincount(self._cells // SECONDS)
        self.full.update(np.flatnonzero(of_room > FULL).tolist())

    def _part(self, row: int) -> slice:
        """The cells of a room."""
        bounds = (row * SECONDS, (row + 1) * SECONDS)
        return slice(*np.searchsorted(self._cells, bounds).tolist())

    def settle(self, row: int, stretches: Sequence[Stretch], now: float) -> None:
        """Sum up what is old; what is older than all stretches is forgotten."""
        self.full.discard(row)
        part = self._part(row)
        cells = self._cells[part] - row * SECONDS
        starts = np.array([int(one.at) for one in stretches], np.int64)
        index = np.searchsorted(starts, cells, side="right") - 1
        old = cells < now - SETTLED_S
        self._sums[part][old & (index < 0)] = 0
        moved = old & (index >= 0)  # the part stands for them from now on
        cells[moved] = starts[index[moved]]
        self._cells[part] = cells + row * SECONDS  # those of one cell are joined by the next sort

    def of(self, row: int, stretches: Sequence[Stretch]) -> list[list[int]]:
        """What each stretch brought."""
        part = self._part(row)
        found = [(self._cells[part], self._sums[part])]
        for cells, values in self._noted:
            here = cells // SECONDS == row
            found.append((cells[here], values[here]))
        cells, values = (np.concatenate(column) for column in zip(*found, strict=True))
        starts = np.array([int(one.at) for one in stretches], np.int64)
        index = np.searchsorted(starts, cells - row * SECONDS, side="right") - 1
        sums = np.zeros((len(stretches), len(COLUMNS)), np.int64)
        np.add.at(sums, index[index >= 0], values[index >= 0])
        return sums.tolist()

    def forget(self, *rows: int) -> None:
        """New sessions: what came before is told no more. Of many rows it costs as of one."""
        gone = [row for row in rows if self.wanted[row]]
        if not gone:
            return
        self.wanted[gone] = False
        self.full.difference_update(gone)
        for row in gone:
            self._sums[self._part(row)] = 0
        if self._noted:
            cells, values = (np.concatenate(column) for column in zip(*self._noted, strict=True))
            values[np.isin(cells // SECONDS, gone)] = 0
            self._noted = [(cells, values)]


def cycles(
    stretches: Sequence[Stretch],
    brought: Sequence[Sequence[int]] | None,
    limit_of: Callable[[str, str], float | None],
    now: float,
) -> list[Cycle]:
    """The last cycles, the present one too, oldest first.

    `brought` is None where no orders are heard; `limit_of` takes (module, segment).
    """
    found: list[Cycle] = []
    for index, one in enumerate(stretches):
        if not one.segment:
            continue
        after = stretches[index + 1] if index + 1 < len(stretches) else None
        length = None if after is None else after.at - one.at
        limit = limit_of(one.module, one.segment)
        lasted = now - one.at if length is None else length
        over = limit is not None and lasted > limit and one.confidence >= SURE
        sums: Sequence[int | None] = [None] * len(COLUMNS) if brought is None else brought[index]
        paid, gmv, cancelled, refunds, refunded = sums
        part = Part(
            segment=one.segment, at=one.at, length_s=length, limit_s=limit,
            breach="overrun" if over else _turn(stretches[index - 1] if index else None, one),
            confidence=one.confidence, price_fell=one.price_fell,
            paid=paid, gmv_minor=gmv, cancelled=cancelled, refunds=refunds,
            refunded_minor=refunded,
        )  # fmt: skip
        if one.segment == "hook" or not found or found[-1].number != one.cycle:
            found.append(Cycle(number=one.cycle, parts=[part], module=one.module))
        else:
            found[-1].parts.append(part)
    return found[-TOLD:]


def _turn(before: Stretch | None, one: Stretch) -> str:
    """What is wrong with the way from one part to the next, if we are sure of both."""
    if before is None or before.segment not in ORDER or one.segment not in ORDER:
        return ""
    if min(before.confidence, one.confidence) < SURE:
        return ""
    here, there = ORDER.index(one.segment), ORDER.index(before.segment)
    if here == (there + 1) % len(ORDER) or here == there == 0:
        return ""
    return "skipped" if there == len(ORDER) - 1 or here > there else "out of order"
