"""The same id of the same source twice is the same fact.

Ids are kept in two generations of at most `size` each: when the young one is full it
becomes the old one. So at least the last `size` ids of a source are remembered, in
bounded memory, whatever arrives.

Of an id its 64-bit hash is kept (hashes.py), and no text: a text a fact that outlives it
would scatter the memory of all that come after. Two different ids are taken for one with a
chance of 2⁻⁶³ for each of those remembered: once in 10¹³ facts.
"""

from __future__ import annotations

from monitor.signals.hashes import Flags, Seen
from monitor.signals.windows import Ints

FEW = 1024  # slots to begin with: a source may be a room of its own, and there are many rooms
EVERY_S = 60.0  # between looks for sources that are gone


class Identity:
    """The ids of one source that were seen."""

    def __init__(self, size: int = 1 << 17) -> None:
        self._size = size
        self._young = Seen(FEW)
        self._old = Seen(FEW)

    def fresh(self, keys: Ints) -> Flags:
        """Which facts are new. Key 0 is that of no id: whoever has none is always new."""
        fresh = self._young.meet(keys, self._old)
        if len(self._young) >= self._size:
            self._old, self._young = self._young, self._old
            self._young.clear()  # in its memory there is room for as many to come
        return fresh


class Identities:
    """The ids of every source; where nothing came of one for long, they are forgotten."""

    def __init__(self) -> None:
        self._of: dict[str, Identity] = {}
        self._heard_at: dict[str, float] = {}
        self._look_at = float("-inf")

    def __len__(self) -> int:
        return len(self._of)

    def of(self, source: str, now: float) -> Identity:
        """The ids of a source that is heard now."""
        identity = self._of.get(source)
        if identity is None:
            identity = self._of[source] = Identity()
        self._heard_at[source] = now
        return identity

    def forget(self, before: float) -> None:
        """Forget sources that were heard last before an instant; it looks once a minute."""
        if before < self._look_at:
            return
        self._look_at = before + EVERY_S
        for source in [source for source, at in self._heard_at.items() if at < before]:
            del self._of[source], self._heard_at[source]
