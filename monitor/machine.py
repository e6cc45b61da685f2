"""The one face of everything that thinks: it takes items or the time, and returns what follows.

A machine never sleeps, reads a clock, opens a socket or logs. So the daemon, a
replay, a rule test and a distributed engine all drive the very same objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

In_contra = TypeVar("In_contra", contravariant=True)
Out = TypeVar("Out")


class Machine(Protocol[In_contra, Out]):
    """A pure state machine.

    The same calls with the same arguments MUST return the same results, in
    whatever process they are made. `now` is epoch seconds and MUST NOT go
    backwards from one call to the next.
    """

    def receive(self, items: Sequence[In_contra], now: float) -> list[Out]:
        """Take a batch; return what follows from it."""
        ...

    def tick(self, now: float) -> list[Out]:
        """Time has passed; return what follows from that alone."""
        ...

    def next_tick(self) -> float | None:
        """When `tick` is next worth calling; None while only items matter."""
        ...
