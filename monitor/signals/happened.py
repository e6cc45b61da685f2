"""Facts that rules want to see one by one: those of this tick, of the kinds somebody asks for.

Only facts of state are ever kept here (a session, a price, a cue: what comes seldom). A
tick sees those that came since the last one, at most `LIMIT`; more are counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.events import Fact

LIMIT = 10_000


class Happened:
    """Facts with the row of their room, by kind, in the order they came."""

    def __init__(self) -> None:
        self.lost = 0  # facts beyond the limit
        self.hidden = False  # what is noted now has not happened: it is only said to be so
        self._kept = 0
        self._of: dict[type[Fact], list[tuple[int, Fact]]] = {}

    def want(self, kinds: Iterable[type[Fact]]) -> None:
        """Keep facts of these kinds, and of no others."""
        self._of = {kind: self._of.get(kind, []) for kind in kinds}

    def note(self, row: int, fact: Fact) -> None:
        of_kind = self._of.get(type(fact))
        if of_kind is None or self.hidden:
            return
        if self._kept >= LIMIT:
            self.lost += 1
            return
        of_kind.append((row, fact))
        self._kept += 1

    def of(self, kind: type[Fact]) -> list[tuple[int, Fact]]:
        """What happened since the last tick. Read only."""
        return self._of.get(kind, [])

    def clear(self) -> None:
        """A tick has seen them."""
        if self._kept:
            self._kept = 0
            for of_kind in self._of.values():
                of_kind.clear()
