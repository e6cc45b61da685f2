"""Rooms that several shards hold, asked of together."""

from __future__ import annotations

import numpy as np

from monitor.rules import compile as rules
from monitor.rules.columns import RoomColumns
from monitor.rules.scopes import Platforms
from monitor.rules.together import SharedScopes, Stages, levels, share, wanted
from monitor.shard.seeing import see
from monitor.signals.rooms import Profile
from tests.stage import Stage

RULES = """\
rules:
  - {id: low, kind: threshold, when: comments_10s > 1}
  - {id: much, kind: threshold, scope: platform, params: {most: 5}, when: gmv_1m > most}
  - {id: lows, kind: composite, scope: platform, when: firing(low) > 1 and firing_s(low) > 3}
  - {id: both, kind: composite, when: firing(lows) and pending(much) == 0}
  - {id: all, kind: composite, scope: all, when: firing(both) > 1 and firing(lows), summary: "{{ click_rate_1m }}"}
"""  # noqa: E501  a rule a line
NAMES = ("comments_1m", "rooms_live", "rooms_silent", "click_paid_rate_1m", "gmv_1m", "orders_1m")
ROOMS = (("a", "douyin", "CNY"), ("b", "taobao", "CNY"), ("c", "douyin", "USD"), ("d", "", "CNY"))


def staged(rooms: str) -> Stage:
    """Some of four rooms, on platforms, and with two currencies."""
    profiles = {room: Profile(room=room, currency=paid_in) for room, _, paid_in in ROOMS}
    stage = Stage(profiles=profiles)
    for number, (room, platform, paid_in) in enumerate(ROOMS):
        if room in rooms:
            stage.tell("comment", room=room, platform=platform or None, times=number + 1)
            stage.tell("product_clicked", room=room, times=4)
            if room != "d":
                stage.tell("order_paid", room=room, amount_minor=number + 9, currency=paid_in)
    stage.wait(0.25)
    return stage


def test_a_level_begins_where_rooms_ask_of_what_is_asked_together():
    """low, much and lows need nobody's answer; both waits for lows, all for both."""
    ruleset = rules.parse(RULES)
    found = dict(zip([g.rules[0].id for g in ruleset.groups], levels(ruleset), strict=True))
    stages = Stages(ruleset)

    assert {"low": 0, "much": 0, "lows": 0, "both": 1, "all": 1} == found
    assert 1 == stages.last
    assert [[0], [3]] == stages.apart
    assert [[1, 2], [4]] == stages.together
    assert [
        {"platform": {"rooms_live", "gmv_1m", "firing(low)", "firing_s(low)"}},
        {"all": {"rooms_live", "firing(both)", "click_rate_1m"}},
    ] == stages.wanted


def test_what_a_rule_asks_of_parameters_and_of_rules_beside_it_is_not_wanted_of_shards():
    ruleset = rules.parse(RULES)

    assert {"platform": {"rooms_live", "gmv_1m"}} == wanted(ruleset, [1])


def test_columns_of_two_shards_are_those_of_one():
    """Money of two currencies is unknown, also where each shard has one of them."""
    whole = staged("abcd")
    rooms = RoomColumns(whole.shard.figures.tables, whole.now)
    one = see(rooms, whole.shard.rules.parameters, Platforms(), {}, whole.now)
    platforms = Platforms()
    shares = []
    for part in ("ad", "bc"):
        stage = staged(part)
        columns = RoomColumns(stage.shard.figures.tables, stage.now)
        theirs = Platforms()
        scopes = see(columns, stage.shard.rules.parameters, theirs, {}, stage.now)
        names = {"platform": set(NAMES), "all": set(NAMES)}
        shares += share(scopes, theirs.names, names)
    for each in shares:
        for name in each.names:
            platforms.row_of.setdefault(name, len(platforms.row_of))
    empty = RoomColumns(Stage().shard.figures.tables, whole.now)
    together = SharedScopes(empty, platforms, lambda name, _: name)
    together.take(shares)
    rows = [platforms.row_of[name] for name in one._platforms.names]

    for name in NAMES:
        np.testing.assert_allclose(one.platform[name], together.platform[name][rows])
        np.testing.assert_allclose(one.all[name], together.all[name])
    assert one.platform.on_air().tolist() == together.platform.on_air()[rows].tolist()
    assert np.isnan(together.all["gmv_1m"]).all()
    assert 10.0 == together.platform["gmv_1m"][platforms.row_of["taobao"]]
