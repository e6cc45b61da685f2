"""Coupons of a room, told apart by their names."""

from __future__ import annotations

from monitor.events import Coupon
from monitor.signals.coupons import COUPONS, Coupons
from tests.stage import START, fact


def coupon(at: float, phase: str, name: str = "c") -> Coupon:
    found = fact("coupon", at, coupon=name, phase=phase)
    assert isinstance(found, Coupon)
    return found


def test_each_is_known_since_it_was_first_heard_of():
    """And counts what became of it, in any order."""
    coupons = Coupons()
    for at, phase in ((5, "taken"), (3, "sent"), (9, "used"), (8, "taken")):
        coupons.tell(0, coupon(at, phase))

    assert {"c": [START + 3, 1, 2, 1]} == coupons.of(0)
    assert {} == coupons.of(1)


def test_a_room_has_few_that_are_told_apart():
    coupons = Coupons()
    for number in range(COUPONS + 5):
        coupons.tell(0, coupon(number, "sent", f"c{number}"))
    coupons.tell(0, coupon(99, "taken", "c0"))

    assert COUPONS == len(coupons.of(0))
    assert [START, 1, 1, 0] == coupons.of(0)["c0"]
    coupons.forget(0)
    assert {} == coupons.of(0)
