"""Where the host is in the golden structure: hook, push, benefit, each with its limit.

    (nothing) ─ hook ≤ 15 s ─ push ≤ 180 s ─ benefit ≤ 300 s ─ hook …

A cue, or a sign of one where nobody cues (signs.py), says where the host is from its `at`
on. The newest ones are kept in the order in which they were so, and folded again when one
comes late, so the order of arrival does not matter. What came before the present segment
and when it began are kept, so the rules can tell an overrun by the time alone, with no
further event, and a skipped or misplaced step by the pair (before, now). A new cycle
begins with each hook. The end of a broadcast ends its last part.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable

import numpy as np

from monitor.signals import place as places
from monitor.signals.place import Place, Stretch
from monitor.signals.rooms import NAN, Floats
from monitor.signals.signs import Sign

COLUMNS = (*places.COLUMNS, "segment_limit_s")
REMEMBERED = 64  # signs that a late one may come before; older ones are as they are


class _Line:
    """The signs of one room: the remembered ones, and what they and those before fold into."""

    __slots__ = ("base", "last", "place", "signs")

    def __init__(self) -> None:
        self.base: Place | None = None  # before the signs that are remembered
        self.last: Sign | None = None  # the newest one of those
        self.place = Place()
        self.signs: list[Sign] = []

    def take(self, sign: Sign) -> bool:
        """Fold a sign in; False for one from before all that is remembered."""
        if self.last is not None and sign < self.last:
            return False
        signs = self.signs
        newest = not signs or sign >= signs[-1]
        insort(signs, sign)
        if newest:
            self.place.step(sign)
        if len(signs) > REMEMBERED:
            if self.base is None:
                self.base = Place()
            self.last = signs.pop(0)
            self.base.step(self.last)
        if not newest:
            self.place = Place() if self.base is None else self.base.copy()
            for one in signs:
                self.place.step(one)
        return True


class Segments:
    """Columns of rooms, shaped (capacity,); unknown is NaN."""

    def __init__(
        self, limit_of: Callable[[int, str, str], float] = lambda *_: NAN, rows: int = 16
    ) -> None:
        """`limit_of` gives the limit that the config has for (row, module, segment)."""
        self.columns: dict[str, Floats] = {name: np.full(rows, NAN) for name in COLUMNS}
        self._limit_of = limit_of
        self._lines: dict[int, _Line] = {}

    def grow(self, rows: int) -> None:
        """Make room for at least `rows` rows."""
        old = len(self.columns["segment"])
        if rows > old:
            more = np.full(rows - old, NAN)
            self.columns = {
                name: np.concatenate([column, more]) for name, column in self.columns.items()
            }

    def take(self, row: int, sign: Sign) -> None:
        """A cue or a sign of one, of a room."""
        line = self._lines.get(row)
        if line is None:
            line = self._lines[row] = _Line()
        if line.take(sign):
            self._write(row, line.place)

    def _write(self, row: int, place: Place) -> None:
        limit_s = self._limit_of(row, place.module, place.segment)
        values = (*place.columns(), limit_s)
        for column, value in zip(self.columns.values(), values, strict=True):
            column[row] = value

    def measured_anew(self) -> None:
        """The config says other limits now."""
        for row, line in self._lines.items():
            self._write(row, line.place)

    def stretches(self, row: int) -> list[Stretch]:
        """The last stretches of the session, oldest first."""
        line = self._lines.get(row)
        return line.place.stretches if line is not None else []

    def module(self, row: int) -> str:
        """The content module the host is in; "" where nobody says."""
        line = self._lines.get(row)
        return line.place.module if line is not None else ""

    def forget(self, row: int) -> None:
        """A new session: no segment, no stretches; prices are as they were."""
        line = self._lines.pop(row, None)
        for column in self.columns.values():
            column[row] = NAN
        if line is not None and line.place.prices:
            fresh = self._lines[row] = _Line()
            fresh.place.prices = line.place.prices
            fresh.base = fresh.place.copy()

    def release(self, row: int) -> None:
        """The room is given up, its prices too."""
        self.forget(row)
        self._lines.pop(row, None)
