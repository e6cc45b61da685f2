"""Sessions that are over, and how they are found again."""

from __future__ import annotations

from monitor.signals.cycles import Cycle, Part
from monitor.signals.sessions import KEPT, PRODUCTS, PastSession, Sessions, Sold


def past(name: str | None, began: float | None = 0.0, ended: float = 100.0) -> PastSession:
    return PastSession(session=name, started_at=began, ended_at=ended, sold=Sold())


def test_a_session_is_found_by_its_name_or_by_the_time():
    """
    one 0 … 100 ── two 200 … 300
    """
    sessions = Sessions()
    sessions.grow(20)
    one, two = past("one"), past("two", 200.0, 300.0)
    for each in (one, two):
        sessions.close(19, each)

    assert [one, two, one, two, None] == [
        sessions.find(19, name, at)
        for name, at in (("one", 250), (None, 250), (None, 150), ("three", 999), (None, -5))
    ]
    assert [two, one] == sessions.of(19)
    assert (True, False) == (bool(sessions.any[19]), bool(sessions.any[3]))


def test_few_are_kept_and_a_room_that_is_given_up_has_none():
    sessions = Sessions()
    for number in range(KEPT + 3):
        sessions.close(0, past(str(number)))
    assert [str(KEPT + 2 - number) for number in range(KEPT)] == [
        each.session for each in sessions.of(0)
    ]

    sessions.release(0)
    assert ([], False) == (sessions.of(0), bool(sessions.any[0]))


def test_what_is_told_later_moves_the_session_its_product_and_its_part():
    """
    hook 10 … 20 ── push 20 … 90: an order made at 15
    """
    one = past("one")
    parts = [
        Part(segment="hook", at=10.0, length_s=10.0, paid=1, gmv_minor=500),
        Part(segment="push", at=20.0, length_s=70.0),
    ]
    one.cycles = [Cycle(number=1, parts=parts)]
    one.products = {"x": Sold(paid=1, gmv_minor=500)}

    one.tell(15.0, "x", 0, (0, 0, 0, 1, 400))
    one.tell(50.0, "y", 1, (1, 300, 0, 0, 0))
    one.tell(95.0, "y", 0, (0, 0, 1, 0, 0))  # after the last part
    one.tell(5.0, "y", 0, (0, 0, 1, 0, 0))  # before the first

    assert Sold(orders=1, paid=1, gmv_minor=300, cancelled=2, refunds=1, refunded_minor=400) == (
        one.sold
    )
    assert Sold(paid=1, gmv_minor=500, refunds=1, refunded_minor=400) == one.products["x"]
    hook, push = one.cycles[0].parts
    assert (500, 400, 300, 0) == (
        hook.gmv_minor, hook.refunded_minor, push.gmv_minor, push.cancelled,
    )  # fmt: skip


def test_few_products_are_told_apart():
    one = past(None, None)
    for number in range(PRODUCTS + 5):
        one.tell(1.0, f"s{number}", 1, (0, 0, 0, 0, 0))

    assert (PRODUCTS, PRODUCTS + 5) == (len(one.products), one.sold.orders)


def test_what_a_product_gave_back_is_counted_for_its_session():
    sessions = Sessions()
    for cancelled, refunded in ((1, 0), (0, 250), (0, 50)):
        sessions.gave_back(7, cancelled, refunded)

    assert {7: [1, 300]} == sessions.back
