"""A saturated count flags every figure that is made of it, in the direction it is wrong."""

from __future__ import annotations

import pytest

from monitor.signals.certainty import AT_LEAST, AT_MOST, EITHER, EXACT, bound
from monitor.signals.metrics import CATALOGUE, FLAGS
from monitor.signals.readings import Look
from monitor.signals.tables import Settings
from tests.stage import Stage


def codes(stage: Stage, *names: str) -> list[int]:
    """How certain figures of the first room (or of its first product) are."""
    tables = stage.shard.figures.tables
    look = Look(tables, stage.now, len(tables.rooms), len(tables.products))
    rows = [int(CATALOGUE[name].scope == "product") for name in names]
    found = [bound(look, CATALOGUE[name]) for name in names]
    return [int(code[row]) for code, row in zip(found, rows, strict=True)]


def busy() -> Stage:
    stage = Stage()
    stage.tell("viewers", online=50, total=900)
    stage.tell("enter", times=20)
    stage.tell("impressions", value=500)
    stage.tell("product_shown", value=100)
    stage.tell("product_clicked", value=40)
    stage.tell("order_paid", times=3, amount_minor=500)
    stage.tell("follow", times=5)
    return stage


def test_nothing_capped_is_exact():
    stage = busy()
    stage.wait(1)

    assert {EXACT} == set(codes(stage, *CATALOGUE))


@pytest.mark.parametrize(
    ("kind", "fields", "least", "most"),
    [
        ("enter", {"value": 120}, ["enters_1m", "enter_rate_1m", "visits_1m", "entered_session"],
         ["conversion_1m", "gpm_session", "uv_value_5m", "shown_rate_1m"]),
        ("follow", {"value": 9}, ["follows_1m", "follow_rate_session"], []),
        ("viewers", {"online": 60, "total": 950}, ["online", "online_peak", "viewers_total"],
         ["follow_rate_1m", "follow_rate_session", "interaction_rate_5m"]),
        ("product_clicked", {"value": 9}, ["clicks_1m", "click_rate_1m", "product_clicks_1m"],
         ["order_rate_1m", "click_paid_rate_session", "product_conversion_1m"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["capped", "lower_bound"])
def test_a_bound_below_the_line_makes_a_rate_at_most_that(kind, fields, least, most, how):
    """And above it at least; what is not made of it is exact."""
    stage = busy()
    stage.tell(kind, **fields, **{how: True})
    stage.wait(1)

    assert [AT_LEAST] * len(least) + [AT_MOST] * len(most) == codes(stage, *least, *most)
    assert [EXACT] * 3 == codes(stage, "gmv_1m", "paid_1m", "comments_1m")
    for name in (*least, *most):
        if not name.startswith("product_"):
            assert stage.figure(f"capped_{name}") in (1.0, None)


def test_bounds_above_and_below_leave_it_open():
    stage = busy()
    stage.tell("impressions", value=120, capped=True)
    stage.tell("enter", value=120, capped=True)
    stage.wait(1)

    assert [EITHER] == codes(stage, "enter_rate_1m")


def test_a_rate_is_exact_again_once_the_cap_has_left_its_window():
    """
    120 arrivals at the cap ── 65 s of exact ones
    """
    stage = busy()
    stage.tell("enter", value=120, capped=True)
    stage.wait(5)
    flags = [stage.figure(f"capped_enters_{window}") for window in ("10s", "1m", "session")]
    for _ in range(62):
        stage.tell("enter")
        stage.wait(1)
    flags += [stage.figure(f"capped_enters_{window}") for window in ("10s", "1m", "session")]

    assert [1, 1, 1, 0, 0, 1] == flags


def test_more_people_than_are_told_apart_are_estimated_wherever_they_stand():
    """Above the line, below it, and where the viewers of a session are who came in."""
    stage = Stage(settings=Settings(max_people=3))
    stage.tell("comment", times=9)
    stage.tell("enter", times=9)
    stage.tell("viewers", online=100)
    stage.wait(1)

    made = ("commenters_1m", "interaction_rate_1m", "conversion_1m", "aov_5m", "viewers_total")
    assert [EITHER] * 5 == codes(stage, *made)
    assert [EXACT] * 3 == codes(stage, "comments_1m", "follow_rate_1m", "online")
    assert pytest.approx(9, abs=1) == stage.figure("commenters_session")


def test_the_viewers_of_a_session_are_arrivals_where_nobody_tells_a_total():
    stage = Stage()
    stage.tell("enter", value=120, capped=True)
    stage.tell("follow")
    stage.wait(1)

    assert [AT_LEAST, AT_MOST] == codes(stage, "viewers_total", "follow_rate_session")


def test_a_flag_of_an_unknown_figure_is_unknown():
    stage = Stage()
    stage.comment("在")
    stage.wait(1)

    assert stage.figure("capped_follow_rate_1m") is None


def test_every_figure_with_a_cap_below_or_above_has_its_flag():
    for name, column in CATALOGUE.items():
        assert bool(column.above or column.below) == (
            f"capped_{name}" in FLAGS or f"capped_{name}" in CATALOGUE
        ), name
