"""What somebody may see of rooms, alerts and amounts."""

from __future__ import annotations

import pytest

from monitor.alerts.alert import Alert, Change
from monitor.console.scope import EVERYTHING, Scope
from monitor.signals.cycles import Cycle, Part
from monitor.signals.detail import CycleView, RoomDetail
from monitor.signals.views import ProductView, RoomView

HALL = Scope(rooms=("dy-*", "tb-1"), gmv=False)


@pytest.mark.parametrize(
    ("room", "seen"), [("dy-1", True), ("tb-1", True), ("tb-12", False), ("ks-dy-1", False)]
)
def test_rooms_are_seen_by_name_or_pattern(room: str, seen: bool) -> None:
    assert seen is HALL.sees(room)
    assert EVERYTHING.sees(room)


def test_masked_money_is_unknown() -> None:
    """What reveals it beside a price, too."""
    product = ProductView(sku="1", price_minor=990, paid_session=7, gmv_minor=6_930, stock=3)
    view = RoomView(
        room="dy-1", online=5, gmv_minor=1, gmv_1m_minor=2, goal_minor=3, products=[product]
    )
    [seen] = HALL.views([view, RoomView(room="ks-1")])

    assert (5, None, None, None) == (
        seen.online, seen.gmv_minor, seen.gmv_1m_minor, seen.goal_minor,
    )  # fmt: skip
    [shown] = seen.products
    assert (990, 3, None, None) == (
        shown.price_minor, shown.stock, shown.paid_session, shown.gmv_minor,
    )  # fmt: skip
    assert 1 == view.gmv_minor
    assert [view] == EVERYTHING.views([view])


def test_a_page_of_a_room_has_no_amounts_either() -> None:
    part = Part(segment="hook", at=0.0, paid=3, gmv_minor=900, refunded_minor=300)
    detail = RoomDetail(
        room="dy-1", at=0.0, every_s=10,
        heads={"online": 5.0, "gmv_session": 9.0, "gpm_session": 1.0},
        past={"online": [1.0], "gmv_10s": [2.0]},
        band=([], []), moments=[],
        cycles=[
            CycleView(cycle=Cycle(number=1, parts=[part]), hook_lift=0.5, gmv_minor=[1.0, 2.0])
        ],
        comments=[], funnel=[], sources=[],
    )  # fmt: skip
    seen = HALL.detail(detail)

    assert {"online": 5.0, "gmv_session": None, "gpm_session": None} == seen.heads
    assert {"online": [1.0], "gmv_10s": [None]} == seen.past
    assert (0.5, [None, None]) == (seen.cycles[0].hook_lift, seen.cycles[0].gmv_minor)
    assert [Part(segment="hook", at=0.0)] == seen.cycles[0].cycle.parts
    assert detail is EVERYTHING.detail(detail)


def test_alerts_of_other_rooms_and_words_with_amounts_are_not_told() -> None:
    """An alert about money says its rule; one about people says what it said."""
    money = Alert(
        key="sales|dy-1", rule="sales", room="dy-1", state="firing", episode=1,
        severity="warning", since=0.0, summary="GMV ¥12", values={"gmv_5m": 12.0, "online": 3.0},
    )  # fmt: skip
    people = Change(
        at=0.0, key="quiet|dy-1", rule="quiet", room="dy-1", change="fired", episode=1,
        severity="notice", summary="没人说话", values={"comments_1m": 0.0},
    )  # fmt: skip
    elsewhere = Change(
        at=0.0, key="quiet|ks-1", rule="quiet", room="ks-1", change="fired", episode=1,
        severity="notice",
    )  # fmt: skip
    [told] = HALL.alerts([money])

    assert ("sales", {"online": 3.0}) == (told.summary, told.values)
    assert [people] == HALL.changes([people, elsewhere])
    assert [people, elsewhere] == EVERYTHING.changes([people, elsewhere])


@pytest.mark.parametrize(
    ("scope", "whole"),
    [(EVERYTHING, True), (Scope(nick=False), True), (Scope(rooms=("a",)), False), (HALL, False)],
)
def test_a_part_of_the_house_is_not_the_whole(scope: Scope, whole: bool) -> None:
    assert whole is scope.whole
