"""What a run came to, in sixteen characters: equal figures and equal changes, equal characters.

Both the engine and the oracle hand in plain values; neither knows how the other works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

COUNTED = (
    "comments", "commenters", "interactors", "likes", "clicks", "orders", "paid", "units",
    "buyers", "gmv",
)  # fmt: skip
FIGURES = (
    *(f"{name}_{window}" for name in COUNTED for window in ("10s", "1m", "5m", "session")),
    "online",
    "online_peak",
    "segment",
    "segment_s",
)
SHELF = ("stock", "velocity_1m", "product_clicks_1m", "product_paid_5m", "pinned")

Sample = tuple[float, str, tuple[float, ...]]  # instant, `room` or `room|sku`, its figures
Moved = tuple[float, str, str]  # instant, key of the alert, what happened to it


def lines(samples: Iterable[Sample], moved: Iterable[Moved]) -> list[str]:
    """What is summed up, a line each: compare these where two sums differ."""
    figures = (
        f"{at:.3f} {about} {' '.join(f'{value:.6g}' for value in values)}"
        for at, about, values in samples
    )
    changes = (f"{at:.3f} {key} {what}" for at, key, what in moved)
    return [*sorted(figures), *sorted(changes)]


def checksum(samples: Iterable[Sample], moved: Iterable[Moved]) -> str:
    """Whatever the order in which they come."""
    return hashlib.sha256("\n".join(lines(samples, moved)).encode()).hexdigest()[:16]
