"""What an incident is: when it begins and ends, and what is known of an open one."""

from __future__ import annotations

from msgspec import Struct

from monitor.mood.model import TOPICS

STREAMS = (*TOPICS[:7], "all")
WATCH, WARNING, CRISIS = 1, 2, 3


class Limits(Struct, frozen=True):
    """When an incident begins and ends."""

    surprise: tuple[float, ...] = (4.8, 4.6, 4.4, 4.2, 4.9)  # −log₁₀ of the tail, of each window
    # The same where few comments were written in the window: of a topic, of all of them.
    quiet: tuple[float, float] = (3.6, 4.2)
    few: int = 16
    people: int = 3
    lift: float = 3.0
    share: float = 0.02
    calm: float = 0.05  # the tail above which nothing is unusual any more
    calm_s: float = 60.0
    again_s: float = 300.0
    warning: tuple[float, int] = (0.10, 6)  # share of the comments, and people
    crisis: tuple[float, int] = (0.30, 12)

    def level(self, share: float, people: float) -> int:
        """How grave an incident is."""
        for level, (least, many) in ((CRISIS, self.crisis), (WARNING, self.warning)):
            if share >= least and people >= many:
                return level
        return WATCH


class Incident(Struct):
    """What is known of an open incident."""

    row: int
    stream: int  # index into STREAMS
    since: float
    told: float  # since, or the last time it was told again
    window_s: int
    comments: int
    people: int
    share: float
    baseline: float  # the share that was expected
    baseline_of: int  # comments it was taken from
    log10_p: float
    level: int
    sampled: float = 1.0  # the share of the room's comments that was read
    calm_since: float | None = None
    times: int = 1  # how often people were told

    @property
    def topic(self) -> str:
        return STREAMS[self.stream]
