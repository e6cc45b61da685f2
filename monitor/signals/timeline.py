"""What happened in a room that people want to see on a time axis.

Pins, prices, lucky bags, coupons, flash sales, segments, notes of people: rare facts, the
last `MOMENTS` of each room. Facts come in any order; reading sorts them by when they were so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from monitor import events as facts

MOMENTS = 300  # a room


class Moment(Struct, frozen=True):
    """Something that happened. `what` is its kind, `about` a name or a text, by `by`."""

    at: float
    what: str
    about: str = ""
    by: str = ""
    minor: int | None = None  # money, where it is about money
    cycle: int | None = None


def _phase(event: Any, name: str) -> str:
    return f"{name}_{event.phase}"


NOTED: dict[type[facts.Fact], Callable[[Any], Moment | None]] = {
    facts.Segment: lambda event: Moment(event.at, "segment", event.segment, cycle=event.cycle),
    facts.Pin: lambda event: Moment(event.at, "pin", event.sku),
    facts.Price: lambda event: Moment(event.at, "price", event.sku, minor=event.amount_minor),
    facts.FlashSale: lambda event: Moment(
        event.at, _phase(event, "flash_sale"), event.sku, minor=event.price
    ),
    facts.LuckyBag: lambda event: Moment(event.at, _phase(event, "lucky_bag"), event.bag),
    facts.Coupon: lambda event: (
        Moment(event.at, "coupon", event.coupon) if event.phase == "sent" else None
    ),
    facts.Shelf: lambda event: Moment(event.at, "listed" if event.on else "unlisted", event.sku),
    facts.Session: lambda event: Moment(event.at, _phase(event, "session"), event.reason or ""),
    facts.Mark: lambda event: Moment(event.at, "mark", event.text, event.by),
}


class Timeline:
    """The moments of rooms, by row."""

    def __init__(self) -> None:
        self._moments: dict[int, deque[Moment]] = {}

    def note(self, row: int, event: facts.Event) -> None:
        """Keep a fact that belongs on a time axis; others are none of ours."""
        make = NOTED.get(type(event))
        moment = make(event) if make is not None else None
        if moment is None:
            return
        kept = self._moments.get(row)
        if kept is None:
            kept = self._moments[row] = deque(maxlen=MOMENTS)
        kept.append(moment)

    def moments(self, row: int) -> list[Moment]:
        """By when they were so."""
        return sorted(self._moments.get(row, ()), key=lambda moment: moment.at)

    def forget(self, row: int) -> None:
        """A new session has a time axis of its own."""
        self._moments.pop(row, None)
