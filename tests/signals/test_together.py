"""Counts that are read together are what each is alone."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.rules.columns import ProductColumns, RoomColumns
from monitor.signals.metrics import FIGURES
from monitor.signals.product_figures import ProductCount
from monitor.signals.readings import Count
from monitor.signals.together import Counts
from tests.stage import START, Stage


@pytest.fixture(params=["whole", "holes"])
def stage(request) -> Stage:
    """Three rooms, of which one tells of other things; with holes, one has stalled, too."""
    stage = Stage()
    for second in range(40):
        for room in ("a", "b", "c"):
            if room != "b" or request.param == "whole" or second < 5:
                stage.tell("comment", room=room, user=f"u{second % 7}", text="几号链接")
        stage.tell("product_clicked", room="a", sku=f"s{second % 3}")
        stage.tell("order_paid", room="c", sku="s1", order=f"o{second}", amount_minor=900)
        stage.wait(1)
    return stage


def test_counts_of_rooms_and_products(stage):
    tables, now = stage.shard.figures.tables, START + stage.now
    together = Counts([*FIGURES, "no_such_figure"])
    rooms = RoomColumns(tables, now)
    products = ProductColumns(rooms)

    assert {name for name, one in FIGURES.items() if isinstance(one.read, Count)} == {
        *together.rooms
    }
    assert {name for name, one in FIGURES.items() if isinstance(one.read, ProductCount)} == {
        *together.products
    }
    np.testing.assert_equal(
        together.of_rooms(rooms.look), np.array([rooms[name] for name in together.rooms])
    )
    np.testing.assert_equal(
        together.of_products(rooms.look), np.array([products[name] for name in together.products])
    )
    assert (
        np.nansum(together.of_rooms(rooms.look)) > 0 < np.nansum(together.of_products(rooms.look))
    )
