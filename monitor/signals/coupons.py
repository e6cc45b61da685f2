"""Coupons (优惠券): how often each was sent out, taken and used."""

from __future__ import annotations

from monitor.events import Coupon

COUPONS = 32  # of a room that are told apart
PHASES = ("sent", "taken", "used")


class Coupons:
    """How often each coupon of a room was sent out, taken and used, by room row."""

    def __init__(self) -> None:
        self._counts: dict[int, dict[str, list[float]]] = {}

    def tell(self, row: int, fact: Coupon) -> None:
        """Something became of a coupon; of one too many only the room's counters tell."""
        coupons = self._counts.setdefault(row, {})
        counts = coupons.get(fact.coupon)
        if counts is None:
            if len(coupons) >= COUPONS:
                return
            counts = coupons[fact.coupon] = [fact.at, 0, 0, 0]
        counts[0] = min(counts[0], fact.at)
        counts[1 + PHASES.index(fact.phase)] += 1

    def of(self, row: int) -> dict[str, list[float]]:
        """Name → when it was first heard of, and how often it was sent, taken and used."""
        return self._counts.get(row, {})

    def forget(self, row: int) -> None:
        self._counts.pop(row, None)
