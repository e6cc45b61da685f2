"""The tables grow and are forgotten together; orders are known for a while."""

from __future__ import annotations

import math

from monitor.signals.tables import Columns
from tests.stage import Stage


def test_columns_are_unknown_until_they_are_told():
    columns = Columns(("online",), rows=2)
    columns["online"][1] = 7.0
    columns.grow(20)

    assert len(columns["online"]) >= 20
    assert 7.0 == columns["online"][1]
    assert math.isnan(columns["online"][19])
    columns.forget(1)
    assert math.isnan(columns["online"][1])


def test_the_tables_of_many_rooms_grow_together():
    stage = Stage()
    for number in range(60):
        stage.comment("在", room=f"r{number}")
        stage.tell("stock", room=f"r{number}", value=number)
        stage.tell("viewers", room=f"r{number}", online=number)
    stage.wait(1)

    assert [(1.0, 7.0, 7.0), (1.0, 59.0, 59.0)] == [
        (
            stage.figure("comments_1m", room), stage.figure("stock", room, "s1"),
            stage.figure("online", room),
        )
        for room in ("r7", "r59")
    ]  # fmt: skip
