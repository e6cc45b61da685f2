"""What several metrics are read from: counts, shares, people, and when they are unknown."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals import readings
from monitor.signals.readings import Look, divide, spoken
from tests.stage import Stage

NAN = float("nan")


def look(stage: Stage) -> Look:
    tables = stage.shard.figures.tables
    return Look(tables, stage.now, len(tables.rooms), len(tables.products))


def told(value: np.ndarray) -> list[float | None]:
    return [None if np.isnan(one) else float(one) for one in value]


def test_a_division_by_nothing_is_unknown():
    above, below = np.array([1.0, 1.0, 0.0, NAN, 1.0]), np.array([2.0, 0.0, 3.0, 3.0, NAN])

    assert [0.5, None, 0.0, None, None] == told(divide(above, below))


def test_a_feed_that_was_never_heard_is_unknown_and_not_zero():
    """Room a has comments, b has orders."""
    stage = Stage()
    stage.comment("在", room="a")
    stage.tell("order_paid", room="b", amount_minor=500)
    stage.wait(1)

    assert [1.0, None] == told(readings.Count("comments", "comments", "1m")(look(stage)))
    assert [None, 500.0] == told(readings.Count("gmv", "orders", "session")(look(stage)))


def test_a_counter_without_a_feed_of_its_own_is_known_once_it_was_told():
    stage = Stage()
    stage.tell("share", room="a")
    stage.comment("在", room="b")
    stage.wait(70)

    assert [0.0, None] == told(readings.Count("shares", "any", "1m")(look(stage)))


def test_a_hole_in_a_window_makes_it_unknown():
    """Half a minute of nothing in a busy room; then the session is known, the minute is not."""
    stage = Stage()
    for _ in range(120):
        stage.comment("在", times=5)
        stage.wait(1)
    stage.wait(30)
    for _ in range(5):
        stage.comment("在", times=5)
        stage.wait(1)

    assert (None, None, True) == (
        stage.figure("comments_1m"), stage.figure("comments_10s"),
        stage.figure("comments_session") is not None,
    )  # fmt: skip
    for _ in range(8):
        stage.comment("在", times=5)
        stage.wait(1)
    assert stage.figure("comments_10s") == 45  # the second that has just begun is empty
    assert stage.figure("comments_1m") is None


def test_gauges_are_unknown_while_nothing_is_heard():
    stage = Stage()
    for _ in range(120):
        stage.tell("viewers", online=7, times=5)
        stage.wait(1)
    before = stage.figure("online")
    stage.wait(30)

    assert (7, None) == (before, stage.figure("online"))


@pytest.mark.parametrize(
    ("facts", "visits", "entered"),
    [
        ([("enter", {"user": "a"}), ("enter", {"user": "a"})], 2, 1),
        ([("enter", {"user": None, "value": 3})], 3, 3),  # nobody is named
        ([("viewers", {"total": 90}), ("viewers", {"total": 95})], 5, 5),
        ([("viewers", {"total": 90}), ("viewers", {"total": 95}), ("enter", {"user": "a"})], 1, 1),
        ([("comment", {})], None, None),
    ],
)
def test_who_came_in(facts, visits, entered):
    """Visits are arrivals, else the rise of the total; people are named ones, else visits."""
    stage = Stage()
    for kind, fields in facts:
        stage.tell(kind, **fields)
    stage.wait(1)

    assert [visits] == told(readings.visits(look(stage), "1m"))
    assert [entered] == told(readings.entered(look(stage), "1m"))


def test_viewers_are_those_online_and_of_a_session_all_who_came():
    stage = Stage()
    stage.tell("viewers", online=40, total=90)
    stage.wait(1)

    assert ([40.0], [90.0]) == (
        told(readings.viewers(look(stage), "1m")), told(readings.viewers(look(stage), "session")),
    )  # fmt: skip


def test_a_window_in_words():
    assert ("last 5m", "this session") == (spoken("5m"), spoken("session"))


def test_a_feed_that_tells_only_what_is_paid_does_not_say_that_nothing_is_ordered():
    """Orders and their rate are unknown, not 0; what is paid is known."""
    stage = Stage()
    stage.tell("product_clicked", times=10)
    stage.tell("order_paid", amount_minor=100)
    stage.wait(1)

    assert [None, None, 1, 0.1] == [
        stage.figure(name)
        for name in ("orders_1m", "order_rate_1m", "paid_1m", "click_paid_rate_1m")
    ]
