"""What rules see at one tick: figures, parameters, and what other rules say."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from monitor.rules import compile as rules
from monitor.rules.columns import RoomColumns
from monitor.rules.parameters import Override, Overrides
from monitor.rules.scopes import Platforms
from monitor.shard.seeing import see
from monitor.shard.watched import Watched
from tests.stage import Stage

RULE = "rules: [{id: loud, kind: threshold, params: {floor: 2}, when: comments_1m > floor}]"
OTHER = Overrides([Override(rule="loud", values={"floor": 5}, rooms=("b",))])


def test_a_name_is_a_figure_a_parameter_or_the_answer_of_a_rule():
    """Three comments in each of two rooms; the second is loud from six on."""
    stage = Stage()
    for room in ("a", "b"):
        stage.comment("好看", room=room, times=3)
    ruleset = rules.parse(RULE, overrides=OTHER)
    watched = Watched(ruleset.groups[0])
    rooms = RoomColumns(stage.shard.figures.tables, stage.now)
    scopes = see(rooms, ruleset.parameters, Platforms(), {"loud": watched}, stage.now)
    watched.step(rooms, stage.now)

    assert [3, 3] == scopes.room["comments_1m"].tolist()
    assert [2, 5] == scopes.room["floor@loud"].tolist()
    assert [1, 0] == scopes.room["firing(loud)"].tolist()
    assert [1] == scopes.all["firing(loud)"].tolist()
    with pytest.raises(KeyError):
        scopes.room["floor@nobody"]


def test_the_columns_of_a_tick_are_gone_with_it():
    """Without the collector: it comes by once in thousands of ticks."""
    stage = Stage(RULE)
    stage.comment("好看")
    gc.collect()
    gc.disable()
    try:
        stage.wait(0.25)
        before = ref(stage.shard.scopes)
        stage.wait(0.25)

        assert before() is None
    finally:
        gc.enable()
