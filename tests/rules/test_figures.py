"""Figures worked out beside conditions are what their readings say."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.bench.engine import RULES, Pass
from monitor.bench.generator import START, Market, blobs
from monitor.rules import compile as rules
from monitor.rules import program as program_module
from monitor.rules.columns import ProductColumns, RoomColumns
from monitor.rules.figures import LINES
from monitor.rules.lowering import Lowering
from monitor.signals.metrics import FIGURES
from monitor.signals.rooms import Floats
from monitor.signals.tables import Tables

SECONDS = 8.0


@pytest.fixture(scope="module")
def tables() -> Tables:
    """A market in which feeds have stalled, came back, or were never heard, in some rooms."""
    market = Market(events=8_000, rooms=40, viewers=150, per_second=1_000.0, products=6)
    opening, stream = blobs(market)
    ready = Pass(opening, "native", rules.load(RULES), None)
    ready.play(stream)
    tables, dice = ready.shard.figures.tables, np.random.default_rng(7)
    freshness, rooms = tables.freshness, slice(0, 40)
    shape = freshness.first_at[:, rooms].shape
    freshness.stalled[:, rooms] = dice.random(shape) < 0.1
    freshness.first_at[:, rooms][dice.random(shape) < 0.1] = np.nan
    ago_s = dice.choice([1.0, 10.0, 59.75, 60.0, 300.0, 1e6], shape)
    freshness.resumed_at[:, rooms] = np.where(
        dice.random(shape) < 0.5, START + SECONDS - ago_s, -np.inf
    )
    freshness.heard_at[:, rooms] -= dice.choice([0.0, 25.0, 4000.0], shape)
    tables.rooms.columns["live"][:5] = [0.0, np.nan, 1.0, 0.0, np.nan]
    tables.rooms.columns["goal_minor"][:3] = [0.0, np.nan, 10.0]
    tables.gauges["online"][3] = np.nan
    tables.products.columns["level"][3:9] = [0.0, np.nan, 1.0, -4.0, 2.0, 1e4]
    return tables


def worked_out(name: str, columns: RoomColumns | ProductColumns) -> Floats:
    lowering = Lowering(LINES[columns.scope])
    found = np.zeros((1, columns.rows))
    operand = lowering.column(name)
    fill = lowering.program.filling([(operand.variable, 0)])
    fill(columns, columns.rows, columns.now, (found,))
    return found[0]


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("scope", ["room", "product"])
def test_every_one_is_its_reading(monkeypatch, tables, scope, compiled):
    """To the last bit; of what a silence swallowed, nearly."""
    if not compiled:
        monkeypatch.setattr(program_module, "compiled", None)
    rooms = RoomColumns(tables, START + SECONDS + 0.25)
    columns = rooms if scope == "room" else ProductColumns(rooms)
    known = set()
    for name in LINES[scope]:
        read, found = np.asarray(columns[name], float), worked_out(name, columns)
        exact = 1e-14 if name.startswith("feed_missed") else 0.0
        np.testing.assert_allclose(found, read, rtol=exact, err_msg=name)
        known.update([name] if not np.isnan(read).all() else [])

    assert {"comments_5m", "aov_5m", "goal_share", "feed_missed"} <= known or scope == "product"
    assert {"stock", "sellout_s", "product_clicks_1m"} <= known or scope == "room"


def test_they_are_figures_of_their_scope():
    """A product is asked whether its room is live, too."""
    for scope, lines in LINES.items():
        assert {scope} == {FIGURES[name].scope for name in lines if name != "live"}
