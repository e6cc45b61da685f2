"""The catalogue: names are fixed, and every row can be read and explained."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals.metrics import CATALOGUE, COLUMNS, ENUMS
from monitor.signals.readings import Look
from tests.stage import Stage

UNITS = {
    "people", "items", "visits", "share", "minor", "s", "min", "flag", "enum", "items/min", "level",
}  # fmt: skip


def empty_and_full() -> list[Look]:
    looks = []
    for rooms in (0, 3):
        stage = Stage()
        for number in range(rooms):
            stage.comment("在", room=f"r{number}")
            stage.tell("stock", room=f"r{number}", value=5)
        stage.wait(1)
        tables = stage.shard.figures.tables
        looks.append(Look(tables, stage.now, len(tables.rooms), len(tables.products)))
    return looks


def test_every_figure_is_a_column_of_floats_as_long_as_its_rows():
    """Of no rooms, too; and nothing is infinite."""
    for look in empty_and_full():
        for column in COLUMNS:
            values = column.read(look)
            rows = look.rooms if column.scope == "room" else look.products

            assert (rows,) == values.shape, column.name
            assert np.float64 == values.dtype, column.name
            assert not np.isinf(values).any(), column.name


def test_a_name_means_one_figure():
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_row_says_what_it_is(column):
    assert column.unit in UNITS
    assert column.scope in ("room", "product")
    assert column.help
    assert column.formula
    assert column.unknown


@pytest.mark.parametrize(
    "name",
    [
        "online", "online_avg", "online_peak", "viewers_total", "enters_1m", "leaves_1m", "watch_s",
        "comments_10s", "likes_1m", "shares_1m", "gifts_1m", "commenters_5m", "interactors_1m",
        "interaction_rate_5m", "follows_1m", "follow_rate_session", "fan_joins_1m",
        "fan_join_rate_1m", "impressions_1m", "enter_rate_1m", "product_shown_1m", "shown_rate_1m",
        "clicks_1m", "click_rate_1m", "carts_1m", "orders_1m", "order_rate_1m", "paid_1m",
        "paid_rate_1m", "click_paid_rate_1m", "buyers_1m", "conversion_session", "gmv_session",
        "refunded_session", "net_session", "gpm_session", "uv_value_session", "aov_session", "opm",
        "refunds_1m", "refund_rate_session", "stock", "velocity_1m", "velocity_5m", "sellout_s",
        "sellout_low_s", "sellout_high_s", "oversold", "pinned", "negative_1m",
        "negative_share_1m", "confusion_1m", "segment", "segment_s", "cycle",
        "feed_age_s_comments", "late_1m", "duplicates_1m", "live", "minutes_live", "goal_share",
    ],
)  # fmt: skip
def test_the_names_of_the_domain_are_there(name):
    assert name in CATALOGUE


def test_words_have_codes():
    for name, codes in ENUMS.items():
        assert "enum" == CATALOGUE[name].unit
        assert len(set(codes.values())) == len(codes)
