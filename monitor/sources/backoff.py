"""Says how long to wait before connecting again: doubling, jittered, bounded."""

from __future__ import annotations

import random as dice
from collections.abc import Callable

STEADY_S = 10.0  # a connection that stood this long was a good one


class Backoff:
    """Waits of `first_s` to `most_s` seconds.

    Attempt n waits between half of and the whole span `first_s * 2**(n + 1)`,
    bounded by `most_s`: many clients of one broker spread out, and none is faster
    than `first_s` or slower than `most_s`. `random` gives numbers in [0, 1).
    """

    def __init__(
        self,
        first_s: float = 0.5,
        most_s: float = 10.0,
        random: Callable[[], float] = dice.random,
    ) -> None:
        assert 0 < first_s <= most_s, "a wait is positive, and the longest is not the shortest"
        self._first_s = first_s
        self._most_s = most_s
        self._random = random
        self._attempts = 0

    def next_s(self) -> float:
        """The wait before the next attempt, in seconds."""
        exponent = min(self._attempts + 1, 32)  # far beyond every bound, and no overflow
        self._attempts += 1
        span = min(self._most_s, self._first_s * 2.0**exponent)
        return max(self._first_s, span * (0.5 + 0.5 * self._random()))

    def around(self, span_s: float) -> float:
        """A jittered wait of about `span_s`, for what is tried slowly."""
        return span_s * (0.75 + 0.5 * self._random())

    def stood(self, for_s: float) -> None:
        """A connection ended after `for_s` seconds; a steady one starts the waits anew.

        A peer that accepts and drops us at once, or a message that closes every
        connection, is thus not tried ever again at full speed.
        """
        if for_s >= STEADY_S:
            self._attempts = 0
