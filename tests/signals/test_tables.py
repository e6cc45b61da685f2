"""The tables grow and are forgotten together; orders are known for a while."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.tables import Columns, Orders
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


@given(st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 9)), max_size=12))
def test_an_order_is_known_since_the_earliest_we_heard(told):
    """First None, then the earliest instant told before."""
    orders, known = Orders(), {}

    for order, at in told:
        assert known.get(order) == orders.known(1, order, at)
        known[order] = min(at, known.get(order, at))


def test_orders_of_long_ago_are_let_go():
    """Two generations of 3: the last 3 at least are known."""
    orders = Orders(size=3)
    for order in "abcdefgh":
        orders.known(1, order, 1.0)

    assert [None, 1.0, 1.0] == [orders.known(1, order, 2.0) for order in "agh"]


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
