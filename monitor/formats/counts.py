"""Counts as screens show them: "1.2万", "50+", "10w+" are a number and "at least".

A text with a unit is cut off after a digit (120,457 shows as "12.0万"), so what
it says is a lower bound just as with a plus sign.
"""

from __future__ import annotations

import re
from decimal import Decimal

MOST = 10**9

_COUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)(亿|万|[wW]|千|[kK])?(\+)?")
_UNITS = {"亿": 10**8, "万": 10**4, "w": 10**4, "千": 10**3, "k": 10**3}


def count(shown: str | int) -> tuple[int, bool]:
    """The number, and whether it is only a lower bound. Raises ValueError.

    Numbers above 10^9 are told as "at least 10^9".
    """
    if isinstance(shown, int):
        found, value, bound = None, Decimal(shown), False
        if isinstance(shown, bool) or shown < 0:
            raise ValueError(f"`{shown}` is not a count")
    else:
        found = _COUNT.fullmatch(shown.replace(",", "").replace("，", "").strip())
        if found is None:
            raise ValueError(f"`{shown[:40]}` is not a count")
        value = Decimal(found[1])
        bound = bool(found[2] or found[3])
        value *= _UNITS[found[2].lower()] if found[2] else 1
    if value != value.to_integral_value():
        raise ValueError(f"`{shown}` is not a whole count")
    return (int(value), bound) if value <= MOST else (MOST, True)
