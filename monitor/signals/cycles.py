"""The cycles a room went in, part by part: how long, what was wrong, what each brought.

An order belongs to the part in whose seconds it was first heard of as made, and so does
all that becomes of it: what is paid for it, that it is cancelled or paid back, however
much later. Sums are kept by the second, so that a cue that comes late parts them rightly;
seconds of more than `SETTLED_S` ago are summed up into the part they are in.
"""

from __future__ import annotations

from bisect import bisect_right
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
NOTES = 4096  # orders that wait to be sorted into their rooms
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

    What comes in is noted, and sorted into its rooms when there is much of it or it is read.
    """

    def __init__(self, rows: int = 16) -> None:
        self.wanted = np.zeros(rows, bool)
        self.full: set[int] = set()  # rooms with seconds to be summed up
        self._noted: list[tuple[Ints, Ints, Ints]] = []  # rows, seconds, values
        self._notes = 0
        self._seconds: dict[int, dict[int, list[int]]] = {}

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        more = rows - len(self.wanted)
        if more > 0:
            self.wanted = np.pad(self.wanted, (0, more))

    def add(self, rows: Ints, at: Floats, values: Ints) -> None:
        """Orders of `at` brought `values`, shaped (orders, COLUMNS)."""
        wanted = self.wanted[rows]
        if wanted.any():
            self._noted.append((rows[wanted], at[wanted].astype(np.int64), values[wanted]))
            self._notes += int(wanted.sum())
            if self._notes >= NOTES:
                self._sort()

    def _sort(self) -> None:
        """Put what was noted into its rooms."""
        noted, self._noted, self._notes = self._noted, [], 0
        if not noted:
            return
        rows, seconds, values = (np.concatenate(column) for column in zip(*noted, strict=True))
        cells, which = np.unique(np.stack([rows, seconds]), axis=1, return_inverse=True)
        sums = np.zeros((cells.shape[1], len(COLUMNS)), np.int64)
        np.add.at(sums, which.reshape(-1), values)
        for row, second, brought in zip(*cells.tolist(), sums.tolist(), strict=True):
            known = self._seconds.setdefault(row, {})
            so_far = known.get(second, [0] * len(COLUMNS))
            known[second] = [a + b for a, b in zip(so_far, brought, strict=True)]
            if len(known) > FULL:
                self.full.add(row)

    def settle(self, row: int, stretches: Sequence[Stretch], now: float) -> None:
        """Sum up what is old; what is older than all stretches is forgotten."""
        self._sort()
        self.full.discard(row)
        starts = [int(one.at) for one in stretches]
        kept: dict[int, list[int]] = {}
        for second, values in self._seconds.get(row, {}).items():
            if second < now - SETTLED_S:
                index = bisect_right(starts, second) - 1
                if index < 0:
                    continue
                second = starts[index]  # noqa: PLW2901  the part stands for it from now on
            known = kept.get(second)
            kept[second] = (
                values if known is None else [a + b for a, b in zip(known, values, strict=True)]
            )
        self._seconds[row] = kept

    def of(self, row: int, stretches: Sequence[Stretch]) -> list[list[int]]:
        """What each stretch brought."""
        self._sort()
        starts = [int(one.at) for one in stretches]
        sums = [[0] * len(COLUMNS) for _ in stretches]
        for second, values in self._seconds.get(row, {}).items():
            index = bisect_right(starts, second) - 1
            if index >= 0:
                sums[index] = [a + b for a, b in zip(sums[index], values, strict=True)]
        return sums

    def forget(self, row: int) -> None:
        """A new session: what came before is told no more."""
        self._sort()
        self.wanted[row] = False
        self.full.discard(row)
        self._seconds.pop(row, None)


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
