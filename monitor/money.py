"""Money as platforms spell it, in minor units (fen, cents): whole numbers, never through a float.

    yuan   "12.34", "¥1,299.00", 12.34, 12     1234, 129900, 1234, 1200
    milli  138000 (1/1000 yuan)                13800
    coins  35 (10 are one yuan)                350

Whatever is no amount (negative, not a number, a third decimal, more than 10^15
minor units) raises ValueError: guessing at money is worse than refusing it.
"""

from __future__ import annotations

import re
from decimal import Decimal

MOST_MINOR = 10**15

_AMOUNT = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,8})?")
_SIGNS = str.maketrans("", "", "¥￥元,， ")


def yuan(amount: str | float | Decimal) -> int:
    """Minor units of an amount in yuan (or any currency of two decimals)."""
    if isinstance(amount, bool):
        raise ValueError(f"`{amount}` is not an amount")
    # repr gives the shortest decimal that means this float: 12.34 and not 12.3399999.
    text = repr(amount) if isinstance(amount, float) else str(amount)
    return _whole(text.translate(_SIGNS), 100)


def milli(thousandths: int) -> int:
    """Minor units of an amount in 1/1000 yuan, half a fen rounded up."""
    if thousandths < 0:
        raise ValueError(f"`{thousandths}` is not an amount")
    return _bounded((thousandths + 5) // 10)


def coins(count: int, per_yuan: int = 10) -> int:
    """Minor units of virtual coins, of which `per_yuan` are bought for one yuan; rounded down."""
    if count < 0:
        raise ValueError(f"`{count}` is not an amount")
    return _bounded(count * 100 // per_yuan)


def _whole(text: str, minor_per_unit: int) -> int:
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError(f"`{text[:40]}` is not an amount; write for example `12.34`")
    minor = Decimal(text) * minor_per_unit
    if minor != minor.to_integral_value():
        raise ValueError(f"`{text}` has a fraction of a minor unit; write for example `12.34`")
    return _bounded(int(minor))


def _bounded(minor: int) -> int:
    if minor > MOST_MINOR:
        raise ValueError(f"{minor} minor units are more than any amount")
    return minor
