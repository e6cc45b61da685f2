"""What a channel's delivery is doing, in figures for health and metrics."""

from __future__ import annotations

from collections import deque

from msgspec import Struct, field

REMEMBERED = 1000  # latencies


class Latency:
    """Seconds from a change to its notice being sent, of the last `REMEMBERED`."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, seconds: float) -> None:
        self._last.append(max(0.0, seconds))

    @property
    def last(self) -> float | None:
        return self._last[-1] if self._last else None

    def quantile(self, share: float) -> float | None:
        """The smallest of them that `share` of them do not exceed."""
        if not self._last:
            return None
        ordered = sorted(self._last)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class ChannelStats(Struct, kw_only=True):
    """One channel. Counters only grow; spans are seconds."""

    channel: str
    breaker: str = "closed"
    sent: int = 0
    retried: int = 0
    expired: int = 0
    dead: int = 0
    failed_over: int = 0
    superseded: int = 0
    shed: int = 0
    broken: int = 0  # exceptions that no channel should raise
    depth: dict[str, int] = field(default_factory=dict)
    last_sent_at: float | None = None
    last_error: str = ""
    latency_last_s: float | None = None
    latency_p50_s: float | None = None
    latency_p99_s: float | None = None


class Missed(Struct, frozen=True):
    """Something people have to know: they were not told, or a channel is down.

    `what`: "expired", "dead", "failed over", "shed", "breaker open", "breaker closed".
    """

    at: float
    channel: str
    what: str
    detail: str
    notice: str = ""
