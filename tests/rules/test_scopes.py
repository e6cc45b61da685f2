"""Scopes at one tick: groups of rooms, and how one scope sees another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.columns import RoomColumns
from monitor.rules.scopes import ORDER, Platforms, Scopes
from tests.stage import Stage

ROOMS = (("a", "douyin"), ("b", "taobao"), ("c", "douyin"))


def staged() -> Stage:
    """Three rooms on two platforms, five products, a host in a hook and one in a push."""
    stage = Stage()
    for number, (room, platform) in enumerate(ROOMS):
        stage.tell("comment", room=room, platform=platform, times=number + 1)
        for sku in ("s1", "s2")[: 2 if number else 1]:
            stage.tell("stock", room=room, sku=sku, value=number)
    stage.tell("segment", room="a", segment="hook")
    stage.tell("segment", room="b", segment="push")
    stage.wait(0.25)
    return stage


def scopes(stage: Stage) -> Scopes:
    rooms = RoomColumns(stage.shard.figures.tables, stage.now)
    return Scopes(rooms, Platforms(), lambda name, columns: name)


def test_rooms_of_a_platform_are_counted_together():
    """Row 0 is rooms whose platform nobody told."""
    found = scopes(staged()).platform

    assert [0, 4, 2] == np.nan_to_num(found["comments_1m"]).tolist()
    assert [0, 2, 1] == found["rooms_live"].tolist()
    assert [False, True, True] == found.on_air().tolist()
    assert [6.0] == scopes(staged()).all["comments_1m"].tolist()


def test_a_ratio_of_rooms_is_that_of_their_sums():
    """One of 10 and 9 of 10: half of all, wherever the mean of means would be."""
    stage = Stage()
    for room, clicks, paid in (("a", 10, 1), ("b", 30, 27)):
        stage.tell("product_clicked", room=room, times=clicks)
        stage.tell("order_paid", room=room, times=paid)
    stage.wait(0.25)

    assert pytest.approx([28 / 40]) == scopes(stage).all["click_paid_rate_1m"].tolist()


def test_a_room_that_is_not_live_or_not_heard_is_left_out():
    stage = staged()
    stage.tell("session", room="c", phase="end")
    stage.wait(0.25)
    found = scopes(stage).all

    assert [3.0] == found["comments_1m"].tolist()
    assert np.isnan(found["likes_1m"]).all()


def test_money_of_two_currencies_is_not_added():
    """Nor is it made up of the rooms of one of them."""
    stage = Stage()
    for room, platform in (("a", "douyin"), ("b", "tiktok"), ("c", "tiktok")):
        stage.tell("order_paid", room=room, platform=platform, amount_minor=100)
    stage.shard.figures.tables.rooms.currencies[2] = "USD"
    stage.wait(0.25)
    found = scopes(stage)

    assert [100.0] == found.platform["gmv_1m"][1:2].tolist()
    assert np.isnan(found.platform["gmv_1m"][2])
    assert np.isnan(found.all["gmv_1m"]).all()


def test_a_part_of_the_script_is_asked_while_the_host_is_in_it():
    """Rooms a, b and c, each with other, hook, push, benefit; of c nobody told."""
    found = scopes(staged()).segment

    assert [
        False, True, False, False,
        False, False, True, False,
        True, True, True, True,
    ] == found.on_air().tolist()  # fmt: skip
    assert [1.0] * 4 + [2.0] * 4 + [3.0] * 4 == found["comments_1m"].tolist()


def test_what_no_table_holds_is_derived():
    assert "firing(x)" == scopes(staged()).segment["firing(x)"]


def plain(found: Scopes) -> dict[str, list[tuple[str, ...]]]:
    """Every row by what it is: (all), (all, platform), (all, platform, room), …"""
    platform = {row: name for name, row in found._platforms.row_of.items()}
    rooms = [("", platform[code], name) for code, (name, _) in zip(
        found._platform_of.tolist(), ROOMS, strict=True)]  # fmt: skip
    return {
        "all": [("",)],
        "platform": [("", name) for name in platform.values()],
        "room": rooms,
        "product": [
            (*rooms[room], f"p{row}") for row, room in enumerate(found.product.room_of.tolist())
        ],
        "segment": [(*rooms[row // 4], f"s{row % 4}") for row in range(4 * len(rooms))],
    }


FOUND = scopes(staged())
ROWS = plain(FOUND)


@given(
    of=st.sampled_from(ORDER), wanted=st.sampled_from(ORDER), greatest=st.booleans(),
    values=st.lists(st.integers(0, 9), min_size=16, max_size=16),
)  # fmt: skip
def test_a_row_sees_those_that_belong_to_it_or_what_it_belongs_to(of, wanted, greatest, values):
    """A product and a segment meet in their room."""
    told = np.array(values[: len(ROWS[of])], float)
    seen = FOUND.seen(told, of, wanted, greatest=greatest)

    expected = []
    for row in ROWS[wanted]:
        if of == wanted:
            meets = [value for other, value in zip(ROWS[of], told, strict=True) if other == row]
        else:
            shared = min(len(row), len(ROWS[of][0]), 3)
            meets = [
                value
                for other, value in zip(ROWS[of], told, strict=True)
                if other[:shared] == row[:shared]
            ]
        expected.append(max(meets, default=0) if greatest else sum(meets))
    assert expected == seen.tolist()
