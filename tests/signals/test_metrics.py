"""The catalogue: names are fixed, and every row can be read and explained."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals.metrics import CATALOGUE, COLUMNS, ENUMS, FIGURES
from monitor.signals.readings import Look
from tests.stage import Stage

UNITS = {
    "people", "items", "visits", "share", "minor", "s", "min", "flag", "enum", "items/min", "level",
    "days",
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
        for column in FIGURES.values():
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


WINDOWED = (  # the fixed names of the trade, each in every window
    "enters", "leaves", "comments", "likes", "shares", "gifts", "commenters", "interactors",
    "interaction_rate", "follows", "follow_rate", "fan_joins", "fan_join_rate", "impressions",
    "enter_rate", "product_shown", "shown_rate", "clicks", "click_rate", "carts", "orders",
    "order_rate", "paid", "paid_rate", "click_paid_rate", "buyers", "conversion", "gmv",
    "refunded", "net", "gpm", "uv_value", "aov", "refunds", "refund_rate", "refund_rate_amount",
    "negative", "negative_share", "confusion", "questions", "visits", "entered",
    "topic_quality", "topic_price", "topic_logistics", "topic_aftersale", "topic_host",
    "topic_stream", "topic_compliance",
)  # fmt: skip
BARE = (
    "online", "online_avg", "online_peak", "viewers_total", "watch_s", "stickiness", "opm",
    "questions_open", "question_wait_s", "segment", "segment_s", "cycle", "hook_lift",
    "feed_age_s", "feed_age_s_comments", "feed_age_s_likes", "feed_age_s_enters",
    "feed_age_s_viewers", "feed_age_s_clicks", "feed_age_s_orders", "feed_age_s_stock",
    "lag_p50_s", "lag_p99_s", "late_1m", "duplicates_1m", "uncertain_1m", "live",
    "minutes_live", "goal_share", "goal_pace", "capped_online", "capped_viewers_total",
    "capped_likes", "capped_shares", "capped_follows", "capped_fan_joins", "capped_gifts",
    "capped_enters", "capped_leaves", "capped_impressions", "capped_product_shown",
    "capped_clicks", "capped_carts",
)  # fmt: skip
OF_PRODUCT = (
    "stock", "velocity_1m", "velocity_5m", "sellout_s", "sellout_low_s", "sellout_high_s",
    "oversold", "pinned", "turnover_days", "held", "sold_out_s", "back_in_stock_s", "price",
)  # fmt: skip
PRODUCT_WINDOWED = (
    "cards", "clicks", "carts", "orders", "paid", "units", "gmv", "refunds", "conversion",
)  # fmt: skip


def test_the_names_of_the_domain_are_there():
    """Of rooms and of products; a window is 10 s, 1 min, 5 min or the session."""
    windows = ("10s", "1m", "5m", "session")
    rooms = {*BARE, *(f"{name}_{window}" for name in WINDOWED for window in windows)}
    counted = (f"product_{name}_{window}" for name in PRODUCT_WINDOWED for window in windows)
    products = {*OF_PRODUCT, *counted}
    scopes = {name: column.scope for name, column in CATALOGUE.items()}

    assert dict.fromkeys(rooms, "room") | dict.fromkeys(products, "product") == {
        name: scopes.get(name) for name in rooms | products
    }


def test_every_rate_carries_its_denominator():
    """Which is a figure itself; without its window at the end of gauges."""
    rates = [column for column in COLUMNS if column.base.endswith(("_rate", "conversion"))]

    assert rates
    for column in rates:
        assert column.denominator in CATALOGUE, column.name
    for column in COLUMNS:
        assert column.window in ("", "10s", "1m", "5m", "session")
        assert not column.window or column.name == f"{column.base}_{column.window}"


def test_words_have_codes():
    for name, codes in ENUMS.items():
        assert "enum" == CATALOGUE[name].unit
        assert len(set(codes.values())) == len(codes)
