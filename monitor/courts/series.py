"""The short way to write a row of numbers, as promtool reads it.

50+0x330 5+0x30     50, and 330 times more of it; then 5, and 30 times more
200-2x70            200, 198, … 60
7x3                 7, and 3 times more
1 2 _ 4             a number each; `_` is nothing said: what was said last stands
5 stale             nothing is known from there on, until the next number
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 100_000
NAN = float("nan")

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PART = re.compile(
    rf"(?P<from>-?{_NUMBER})(?P<step>[+-]{_NUMBER})?(?:x(?P<more>[0-9]{{1,9}}))?"
    r"|(?P<word>_|stale)(?:x(?P<times>[0-9]{1,9}))?"
)


def parse(text: str) -> list[float | None]:
    """The numbers of a series: None where nothing is said, NaN where it is stale.

    Raises ValueError, in words for whoever wrote it.
    """
    found: list[float | None] = []
    for part in text.split():
        match = _PART.fullmatch(part)
        if match is None or (match["step"] and match["more"] is None):
            raise ValueError(f"`{part}` is no part of a series — write for example `50+0x330 5x30`")
        count = int(match["times"] or 1) if match["word"] else int(match["more"] or 0) + 1
        if len(found) + count > MOST:
            raise ValueError(f"a series of more than {MOST} numbers — write a shorter one")
        if match["word"]:
            found += [None if match["word"] == "_" else NAN] * count
        else:
            first, step = float(match["from"]), float(match["step"] or 0)
            found += [first + step * again for again in range(count)]
    if not found:
        raise ValueError("a series without a number — write for example `50+0x330 5x30`")
    return found


def standing(said: Sequence[float | None]) -> list[float]:
    """What is known at each step: what was said last; NaN before anything was."""
    known: list[float] = []
    for number in said:
        known.append(number if number is not None else known[-1] if known else NAN)
    return known
