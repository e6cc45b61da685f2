"""Spans of time as people write them: `250ms`, `15s`, `1h30m`, and back."""

from __future__ import annotations

import re

UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}  # in milliseconds
LONGEST_DAYS = 3660

_PARTS = re.compile("".join(rf"(?:([0-9]{{1,9}}){unit})?" for unit in UNITS))


def parse(text: str) -> float:
    """Seconds in `text`: whole numbers with d, h, m, s or ms, the greater unit first.

    Raises ValueError, in words for whoever wrote it.
    """
    found = _PARTS.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"`{text}` is not a duration; write for example `30s` or `1h30m`")
    total = sum(
        int(count) * unit
        for count, unit in zip(found.groups(), UNITS.values(), strict=True)
        if count is not None
    )
    if total > LONGEST_DAYS * UNITS["d"]:
        raise ValueError(f"`{text}` is longer than ten years; write for example `30s` or `1h30m`")
    return total / 1000


def spell(seconds: float) -> str:
    """The shortest text that `parse` reads as `seconds`, to the millisecond."""
    assert seconds >= 0, "a duration is not negative"
    left = round(seconds * 1000)
    parts = []
    for unit, size in UNITS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
