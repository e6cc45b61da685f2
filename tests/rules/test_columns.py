"""Columns of rooms and of products, read when they are named."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.rules.columns import PRODUCT_NAMES, ROOM_NAMES, ProductColumns, RoomColumns
from tests.stage import Stage


@pytest.fixture
def columns() -> RoomColumns:
    """Rooms a (2 comments, products s1 and s2) and b (1 comment, product s1)."""
    stage = Stage()
    for room, sku in [("a", "s1"), ("a", "s2"), ("b", "s1")]:
        stage.comment("好看", room=room)
        stage.tell("stock", room=room, sku=sku, value=5)
    stage.wait(1)
    return RoomColumns(stage.shard.figures.tables, stage.now)


def test_a_room_has_a_row_in_the_order_of_admission(columns):
    assert 2 == columns.rows
    assert [2.0, 1.0] == columns["comments_1m"].tolist()


def test_a_column_is_read_once(columns):
    assert columns["comments_1m"] is columns["comments_1m"]


def test_an_unknown_name_is_nobodys_column(columns):
    with pytest.raises(KeyError):
        columns["nonsense"]


def test_a_figure_of_the_room_stands_at_each_of_its_products(columns):
    """Row 0 is no product."""
    products = ProductColumns(columns)

    assert 4 == products.rows
    assert [2.0, 2.0, 1.0] == products["comments_1m"][1:].tolist()
    assert [5.0, 5.0, 5.0] == products["stock"][1:].tolist()


def test_no_rooms_have_no_figures():
    stage = Stage()
    products = ProductColumns(RoomColumns(stage.shard.figures.tables, stage.now))

    assert np.isnan(products["comments_1m"]).all()


def test_rules_are_not_asked_where_the_broadcast_has_ended():
    """Nor of the product that is none."""
    stage = Stage()
    stage.comment("好看", room="a")
    stage.tell("stock", room="b", value=5)
    stage.tell("session", room="b", phase="end")
    stage.wait(1)
    columns = RoomColumns(stage.shard.figures.tables, stage.now)

    assert [True, False] == columns.on_air().tolist()
    assert [False, False] == ProductColumns(columns).on_air().tolist()


def test_a_product_may_be_asked_about_its_room():
    assert ROOM_NAMES < PRODUCT_NAMES
    assert "stock" in PRODUCT_NAMES - ROOM_NAMES


def test_a_rule_may_ask_whether_a_figure_is_only_a_bound():
    """Likes of room b sat at the platform's cap."""
    stage = Stage()
    for room in "ab":
        stage.tell("like", room=room, value=120, capped=room == "b")
    stage.wait(1)
    columns = RoomColumns(stage.shard.figures.tables, stage.now)

    assert [0.0, 1.0] == columns["capped_likes_1m"].tolist()
    assert {"capped_likes_1m", "capped_interaction_rate_5m", "capped_conversion_session"} < {
        *ROOM_NAMES
    }
