"""The counts of a room and their ratios: the formulas of DOMAIN.md §5, by hand."""

from __future__ import annotations

import pytest

from monitor.mood.model import TOPICS
from monitor.mood.mood import Mood
from monitor.signals import room_counts
from monitor.signals.tables import Settings
from tests.stage import Stage


@pytest.fixture(scope="module")
def stage() -> Stage:
    """A minute of a room: what each fact says is below."""
    stage = Stage()
    for kind, times, fields in [
        ("viewers", 1, {"online": 50, "total": 400}),
        ("impressions", 1, {"value": 1000}),
        ("enter", 20, {}),  # 20 people
        ("enter", 5, {"user": "again"}),  # and one who comes five times
        ("comment", 10, {"text": "好看"}),
        ("comment", 2, {"text": "好看", "user": "talker"}),
        ("like", 1, {"value": 30, "user": "talker"}),
        ("follow", 5, {}),
        ("fan_join", 2, {}),
        ("product_shown", 1, {"value": 40}),
        ("product_clicked", 1, {"value": 16}),
        ("order_created", 8, {}),
        ("order_paid", 4, {"amount_minor": 10_000}),
        ("order_refunded", 1, {"amount_minor": 10_000}),
    ]:
        stage.tell(kind, times=times, **fields)
    stage.wait(1)
    return stage


@pytest.mark.parametrize("window", ["10s", "1m", "5m", "session"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("comments", 12), ("commenters", 11), ("likes", 30), ("enters", 25), ("orders", 8),
        ("paid", 4), ("buyers", 4), ("gmv", 40_000), ("refunded", 10_000), ("net", 30_000),
        ("enter_rate", 25 / 1000), ("shown_rate", 40 / 25), ("click_rate", 16 / 40),
        ("order_rate", 8 / 16), ("paid_rate", 4 / 8), ("click_paid_rate", 4 / 16),
        ("conversion", 4 / 21),  # buyers ÷ people who came in
        ("gpm", 40_000 * 1000 / 25),  # by visits
        ("uv_value", 40_000 / 21),  # by people
        ("aov", 10_000), ("refund_rate", 0.25), ("refund_rate_amount", 0.25), ("visits", 25),
        ("entered", 21),
    ],
)  # fmt: skip
def test_a_figure_is_what_its_formula_says(stage, name, value, window):
    assert stage.figure(f"{name}_{window}") == pytest.approx(value)


@pytest.mark.parametrize(("window", "viewers"), [("1m", 50), ("session", 400)])
@pytest.mark.parametrize(
    ("name", "people"),
    [("interaction_rate", 18), ("follow_rate", 5), ("fan_join_rate", 2)],
)
def test_rates_of_viewers_are_of_those_online_or_in_a_session_of_all(
    stage, name, people, window, viewers
):
    """18 interact: 10 who comment, the talker once, 5 followers and 2 fans."""
    assert stage.figure(f"{name}_{window}") == pytest.approx(people / viewers)


def test_gmv_per_thousand_visits_falls_back_to_the_rise_of_the_total():
    stage = Stage()
    stage.tell("viewers", total=400)
    stage.wait(1)
    stage.tell("viewers", total=420)
    stage.tell("order_paid", amount_minor=10_000)
    stage.wait(1)

    assert stage.figure("gpm_1m") == 10_000 * 1000 / 20
    assert stage.figure("gpm_session") == 10_000 * 1000 / 420


def test_a_buyer_who_pays_twice_is_one_buyer():
    stage = Stage()
    stage.tell("enter", times=10)
    stage.tell("order_paid", times=2, amount_minor=10_000, user="again")
    stage.wait(1)

    assert (2, 1) == (stage.figure("paid_1m"), stage.figure("buyers_1m"))
    assert (20_000, 0.1) == (stage.figure("aov_1m"), stage.figure("conversion_1m"))


def test_what_nobody_tells_is_unknown_in_every_window():
    stage = Stage()
    stage.comment("在")
    stage.wait(1)

    known = {column.base for column in room_counts.COLUMNS if stage.figure(column.name) is not None}
    assert {"comments", "commenters", "interactors"} == known


def test_what_people_feel_is_known_where_somebody_reads_it():
    stage = Stage(mood=Mood())
    stage.comment("在")
    stage.wait(1)
    names = ["negative", "questions", "confusion", "praise", "copied", "negative_share"]

    assert [0] * (len(names) + len(TOPICS)) == [
        stage.figure(f"{name}_1m") for name in (*names, *(f"topic_{topic}" for topic in TOPICS))
    ]


@pytest.mark.parametrize(("interaction", "rate"), [("people", 2 / 50), ("actions", 9 / 50)])
def test_the_interaction_rate_counts_what_the_config_says(interaction, rate):
    """Two people, nine actions; of gifts nobody told."""
    stage = Stage(settings=Settings(interaction=interaction))
    stage.tell("viewers", online=50)
    stage.comment("在", times=2, user="a")
    stage.tell("like", value=7, user="b")
    stage.wait(1)

    assert stage.figure("interaction_rate_1m") == pytest.approx(rate)


@pytest.mark.parametrize("interaction", ["people", "actions"])
def test_without_any_action_told_the_interaction_rate_is_unknown(interaction):
    stage = Stage(settings=Settings(interaction=interaction))
    stage.tell("viewers", online=50)
    stage.wait(1)

    assert stage.figure("interaction_rate_1m") is None


def test_a_family_has_every_window():
    names = {column.name for column in room_counts.COLUMNS}

    assert names == {
        f"{name.rsplit('_', 1)[0]}_{window}"
        for name in names for window in ("10s", "1m", "5m", "session")
    }  # fmt: skip
