"""Wrong tokens by address: who guesses too often has to wait.

The number of addresses is bounded; the one that has been quiet for longest is forgotten.
"""

from __future__ import annotations

from collections import OrderedDict, deque

A_MINUTE = 5
ADDRESSES = 4_096


class Guesses:
    """The failures of the last minute."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def too_many(self, address: str, now: float) -> bool:
        """Whether this address has to wait."""
        failures = self._failures.get(address)
        if not failures:
            return False
        while failures and failures[0] <= now - 60.0:
            failures.popleft()
        return len(failures) >= A_MINUTE

    def note(self, address: str, now: float) -> None:
        """One more wrong token."""
        self._failures.setdefault(address, deque(maxlen=A_MINUTE)).append(now)
        self._failures.move_to_end(address)
        if len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)
