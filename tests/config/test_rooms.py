"""Rooms that are known before they say anything."""

from __future__ import annotations

from typing import Any

import pytest

from monitor import shapes
from monitor.config.rooms import (
    LimitSettings,
    ModuleSettings,
    ProductSettings,
    RoomSettings,
    script,
)
from monitor.events import Price, Shelf, Stock
from monitor.signals.rooms import Profile

ROOM = RoomSettings(
    room="dy-1",
    name="好物",
    platform="douyin",
    anchor="李敏",
    tier="waist",
    goal="50,000",
    products=(
        ProductSettings(sku="A", title="保温杯", price="19.90", stock=30),
        ProductSettings(sku="B"),
    ),
)


def test_a_room_is_a_profile_for_the_core() -> None:
    """Its goal in minor units."""

    assert (
        Profile(
            room="dy-1",
            name="好物",
            platform="douyin",
            anchor="李敏",
            tier="waist",
            currency="CNY",
            goal_minor=5_000_000,
        )
        == ROOM.profile()
    )


def test_limits_are_those_of_the_room_of_a_module_and_of_a_module_in_the_room() -> None:
    """What is left out is not there."""
    room = RoomSettings(
        room="a",
        limits=LimitSettings(hook="20s"),
        modules=(ModuleSettings(name="m", push="8m"),),
    )
    everywhere = (ModuleSettings(name="m", push="6m", benefit="4m"),)

    assert {
        ("", "hook"): 20.0, ("m", "push"): 480.0, ("m", "benefit"): 240.0,
    } == room.profile(everywhere).script.limits  # fmt: skip
    assert {("m", "push"): 360.0, ("m", "benefit"): 240.0} == script(everywhere).limits


def test_a_shelf_is_facts_for_the_core() -> None:
    """What is not written is not told."""
    common: dict[str, Any] = {"room": "dy-1", "at": 1_795_370_000.0, "at_from": "received"}

    assert [
        Shelf(**common, sku="A", title="保温杯", on=True, price=1990),
        Price(**common, sku="A", amount_minor=1990, currency="CNY"),
        Stock(**common, sku="A", value=30, kind="gauge"),
        Shelf(**common, sku="B", on=True),
    ] == list(ROOM.facts(1_795_370_000.0))


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"goal": "many"}, ("goal",)),
        ({"goal": "1.005"}, ("goal",)),
        ({"currency": "yuan"}, ("currency",)),
        ({"products": [{"sku": "A", "price": "-1"}]}, ("products",)),
        ({"products": [{"sku": "A"}, {"sku": "A"}]}, ("products",)),
        ({"products": [{"sku": "A", "stock": -1}]}, ("products", 0, "stock")),
        ({"limits": {"hook": "20"}}, ("limits", "hook")),
        ({"room": "shop:44"}, ("room",)),
        ({"limits": {"push": "0s"}}, ("limits", "push")),
        ({"limits": {"other": "9s"}}, ("limits", "other")),
        ({"modules": [{"name": "m"}, {"name": "m"}]}, ("modules",)),
    ],
)
def test_a_slip_is_told_at_its_field(wrong: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Amounts are text: a number would have lost its decimals."""
    _, (mistake,) = shapes.fit({"room": "dy-1", **wrong}, RoomSettings)

    assert path == mistake.path


@pytest.mark.parametrize(
    ("planned", "scheduled_s", "expected"),
    [("3h", 7200.0, 10800.0), ("", 7200.0, 7200.0), ("", None, None)],
)
def test_a_session_is_as_long_as_planned_or_else_as_in_the_timetable(
    planned: str, scheduled_s: float | None, expected: float | None
) -> None:
    assert expected == RoomSettings(room="a", planned=planned).profile((), scheduled_s).planned_s


def test_a_planned_length_is_a_duration() -> None:
    with pytest.raises(ValueError, match="`planned`: `three hours` is not a duration"):
        RoomSettings(room="a", planned="three hours")
