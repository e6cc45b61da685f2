"""Rooms side by side: facts in, changes of alerts out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.shard import GIVEN_UP_S, TICK_S, Shard
from monitor.signals.rooms import Profile
from monitor.signals.script import Script
from tests.stage import START, Stage

ANGRY = """\
rules:
  - id: angry
    kind: threshold
    when: negative_share_1m > 0.25 and comments_1m >= 4
    for: 30s
    keep_for: 60s
    severity: warning
    role: 运营
    summary: "{{ room_name }}: {{ negative_share_1m | pct }} of {{ comments_1m | int }}"
"""
LOUD = """\
rules:
  - {id: loud, kind: threshold, when: comments_10s >= 3, for: 2s, severity: critical, ttl: 20s}
"""
SOLD_OUT = """\
rules:
  - {id: sold_out, kind: threshold, scope: product, when: stock == 0,
     summary: "{{ product }} {{ comments_1m }}"}
"""


def test_comments_turn_angry_and_calm_down():
    """
    0 s ───────── 30 s ──── 59.75 s ────────────────── 119.75 s
    4 complaints  fired     the last tick they hold    resolved, 60 s after
    """
    stage = Stage(ANGRY, mood=Mood())

    stage.comment("我要退货", times=4)
    stage.wait(300)

    assert [(30.25, "angry", "fired"), (119.75, "angry", "resolved")] == stage.told


def test_a_short_burst_tells_nobody():
    """
    The condition ends before the hold does: pending goes quiet in silence.
    """
    stage = Stage(ANGRY, mood=Mood())

    for _ in range(4):
        stage.comment("我要退货")
    stage.wait(10)
    for _ in range(20):
        stage.comment("好看")
    stage.wait(60)

    assert [] == stage.told
    assert [] == stage.shard.alerts()


def test_an_event_only_moves_figures():
    stage = Stage(LOUD.replace("for: 2s, ", ""))

    for _ in range(5):
        stage.comment("好看")
    assert [] == stage.told
    stage.wait(TICK_S)

    assert [(0.25, "loud", "fired")] == stage.told


def test_an_alert_says_all_that_people_need():
    profiles = {"room": Profile(room="room", name="红房", platform="douyin")}
    stage = Stage(ANGRY, mood=Mood(), profiles=profiles)
    stage.comment("我要退货", times=4)
    stage.wait(31)

    change = stage.changes[-1]
    assert ("angry|room", "room", 1, "warning", "运营", START + 0.25) == (
        change.key, change.room, change.episode, change.severity, change.role, change.since,
    )  # fmt: skip
    assert "红房: 100.0% of 4" == change.summary
    assert {"comments_1m": 4.0, "negative_share_1m": 1.0} == change.values
    alert = stage.shard.alerts()[0]
    assert ("angry|room", "firing", START + 30.25) == (alert.key, alert.state, alert.fired_at)


def test_rooms_do_not_know_of_each_other():
    stage = Stage(LOUD)
    for room, times in [("a", 3), ("b", 2), ("c", 4)]:
        stage.comment("好看", room=room, times=times)
    stage.wait(3)

    assert ["loud|a", "loud|c"] == [
        change.key for change in stage.changes if change.change == "fired"
    ]


def test_a_product_has_alerts_of_its_own():
    stage = Stage(SOLD_OUT)
    for room, sku, value in [("a", "s1", 0), ("a", "s2", 5), ("b", "s1", 0)]:
        stage.comment("好看", room=room)
        stage.tell("shelf", room=room, sku=sku, on=True, title=f"{sku}裙")
        stage.tell("stock", room=room, sku=sku, value=value)
    stage.wait(1)

    fired = [change for change in stage.changes if change.change == "fired"]
    assert [("sold_out|a|s1", "s1", "s1裙 2"), ("sold_out|b|s1", "s1", "s1裙 1")] == [
        (change.key, change.sku, change.summary) for change in fired
    ]


def test_the_end_of_a_broadcast_ends_its_alerts_and_says_so():
    stage = Stage(LOUD)
    stage.comment("好看", times=5)
    stage.wait(3)
    stage.tell("session", phase="end")
    stage.wait(1)

    assert (3.25, "loud", "resolved") == stage.told[-1]
    assert "the broadcast ended" == stage.changes[-1].reason


def test_ticks_come_each_quarter_second():
    shard = Shard(rules.parse(LOUD))
    assert shard.next_tick() is None

    stage = Stage(LOUD)
    stage.comment("好看")
    assert START == stage.shard.next_tick()
    stage.wait(1)
    assert START + 1 + TICK_S == stage.shard.next_tick()


def test_no_rooms_and_no_rules_are_quiet():
    assert [] == Shard(rules.parse(LOUD)).tick(START)
    stage = Stage()
    stage.comment("好看")
    stage.wait(1)

    assert [] == stage.changes


def test_the_first_acknowledgement_wins():
    stage = Stage(LOUD)
    stage.comment("好看", times=5)
    stage.wait(3)

    change, first = stage.shard.acknowledge("loud|room", 1, "李敏", stage.now)
    again, second = stage.shard.acknowledge("loud|room", 1, "王强", stage.now + 1)

    assert (True, False) == (first, second)
    assert change is not None
    assert (change, "李敏") == (again, change.by)
    assert (None, False) == stage.shard.acknowledge("loud|room", 2, "李敏", stage.now)


class TestReload:
    """New rules come into force; what is known stays."""

    @staticmethod
    def fired() -> Stage:
        stage = Stage(LOUD)
        stage.comment("好看", times=5)
        stage.wait(4)
        assert [(2.25, "loud", "fired")] == stage.told
        return stage

    def reload(self, stage: Stage, text: str) -> list[tuple[str, str]]:
        changes = stage.shard.reload(rules.parse(text), stage.now)
        stage.changes += changes
        return [(change.change, change.reason) for change in changes]

    def test_windows_stay_and_alerts_go_on(self):
        stage = self.fired()
        assert [] == self.reload(stage, LOUD.replace("critical", "notice"))
        stage.wait(20)

        assert (5.0, 1) == (stage.figure("comments_session"), stage.changes[-1].episode)
        assert [(2.25, "loud", "fired"), (10.0, "loud", "resolved")] == stage.told

    def test_the_alert_of_a_removed_rule_is_resolved(self):
        stage = self.fired()

        assert [("resolved", "the rule was removed")] == self.reload(stage, "rules: []")
        assert [] == stage.shard.alerts()

    def test_a_rule_that_is_asked_of_products_now_is_another_one(self):
        stage = self.fired()
        text = LOUD.replace("threshold,", "threshold, scope: product,")

        assert [("resolved", "the rule was removed")] == self.reload(stage, text)

    def test_a_firing_alert_goes_on_until_the_new_question_says_otherwise(self):
        stage = self.fired()
        assert [] == self.reload(stage, LOUD.replace(">= 3", ">= 9"))
        stage.wait(1)

        assert (4.25, "loud", "resolved") == stage.told[-1]

    @pytest.mark.parametrize(
        ("edit", "fired_at"),
        [(("critical", "notice"), 2.25), ((">= 3", ">= 4"), 3.25)],
    )
    def test_a_pending_alert_is_asked_anew_where_the_question_changed(self, edit, fired_at):
        """
        0.25 pending ── 1 reload ── 2.25 fires, or 1.25 pending again and 3.25
        """
        stage = Stage(LOUD)
        stage.comment("好看", times=5)
        stage.wait(1)
        assert [] == self.reload(stage, LOUD.replace(*edit))
        stage.wait(5)

        assert [(fired_at, "loud", "fired")] == stage.told

    def test_rules_that_are_the_same_change_nothing(self):
        stage, other = self.fired(), self.fired()
        self.reload(stage, LOUD)
        for one in (stage, other):
            one.wait(20)

        assert other.told == stage.told

    def test_what_a_forecast_has_learned_is_not_forgotten(self):
        """
        A stock falls by two a second; another rule is edited, and its fall is known as before.
        """
        text = LOUD + (
            "  - {id: soon, kind: forecast, scope: product, value: stock, when: eta_s < 45}\n"
        )
        stage, other = Stage(text), Stage(text)
        for one in (stage, other):
            for left in range(200, 140, -2):
                one.tell("stock", sku="s1", value=left, id=None)
                one.wait(1)
        self.reload(stage, text.replace(">= 3", ">= 4"))
        for one in (stage, other):
            for left in range(140, 60, -2):
                one.tell("stock", sku="s1", value=left, id=None)
                one.wait(1)

        soon = [told for told in other.told if told[1] == "soon"]
        assert soon
        assert soon == [told for told in stage.told if told[1] == "soon"]


class TestRestart:
    """What was open before goes on, as soon as its room is heard of."""

    @staticmethod
    def restarted(text: str = LOUD, **fields) -> Stage:
        before = Stage(LOUD)
        before.comment("好看", times=5, **fields)
        before.wait(4)
        after = Stage(text)
        after.now = before.now
        after.shard.restore(before.shard.alerts())
        return after

    def test_an_alert_that_still_holds_is_not_told_again(self):
        stage = self.restarted()
        stage.comment("好看", times=5)
        stage.wait(5)

        assert [] == stage.told
        assert ["firing"] == [alert.state for alert in stage.shard.alerts()]

    def test_an_alert_that_holds_no_more_is_resolved_once_its_window_is_whole_again(self):
        """
        4 restart ─ 4.25 one comment, of a window that saw nothing before ─ 14.25 ten seconds seen
        """
        stage = self.restarted()
        stage.comment("好看")
        stage.wait(15)

        assert [(14.25, "loud", "resolved")] == stage.told

    def test_the_end_of_the_broadcast_ends_it_at_once(self):
        stage = self.restarted()
        stage.tell("session", phase="start")
        stage.wait(1)
        stage.tell("session", phase="end")
        stage.wait(1)

        assert [(5.25, "loud", "resolved")] == stage.told

    def test_nothing_is_known_of_a_room_that_is_silent(self):
        stage = self.restarted()
        stage.comment("好看", room="another")
        stage.wait(5)

        assert [] == stage.told
        assert ["loud|room"] == [alert.key for alert in stage.shard.alerts()]

    def test_a_room_that_is_not_heard_of_any_more_does_not_fire_for_ever(self):
        """It ended while we were away: nobody will say so."""
        stage = self.restarted()
        stage.wait(1)
        stage.now += GIVEN_UP_S
        stage.wait(1)

        assert [("resolved", "not heard of since the restart")] == [
            (change.change, change.reason) for change in stage.changes
        ]
        assert [] == stage.shard.alerts()

    def test_the_next_episode_has_the_next_number(self):
        stage = self.restarted()
        stage.comment("好看")
        stage.wait(15)
        stage.comment("好看", times=5)
        stage.wait(5)

        assert 2 == stage.changes[-1].episode

    def test_the_alert_of_a_rule_that_is_gone_is_resolved(self):
        stage = self.restarted("rules: []")
        stage.wait(1)

        assert ["the rule was removed"] == [change.reason for change in stage.changes]
        assert [] == stage.shard.alerts()

    def test_a_reload_before_its_room_is_heard_of_loses_nothing(self):
        stage = self.restarted()
        assert [] == stage.shard.reload(rules.parse(LOUD), stage.now)
        stage.comment("好看")
        stage.wait(15)

        assert [(14.25, "loud", "resolved")] == stage.told

    def test_a_rule_removed_before_its_room_is_heard_of_ends_it_once(self):
        stage = self.restarted()
        changes = stage.shard.reload(rules.parse("rules: []"), stage.now)
        stage.comment("好看")
        stage.wait(1)

        assert ["resolved"] == [change.change for change in (*changes, *stage.changes)]

    def test_the_alert_of_a_product_goes_on(self):
        before = Stage(SOLD_OUT)
        before.tell("stock", value=0)
        before.wait(1)
        stage = Stage(SOLD_OUT)
        stage.shard.restore(before.shard.alerts())
        stage.comment("好看")
        stage.wait(1)
        stage.tell("stock", value=3)
        stage.wait(1)

        assert [(1.25, "sold_out", "resolved")] == stage.told


class TestReminders:
    """What nobody acknowledges is told again, as it is then."""

    RULE = (
        "rules: [{id: loud, kind: threshold, when: comments_5m >= 3, severity: critical,"
        " realert: {every: 10s, factor: 2, cap: 30s}, summary: '{{ comments_5m | int }}'}]"
    )

    @staticmethod
    def again(stage: Stage) -> list[tuple[float, int, str, str]]:
        return [
            (change.at - START, change.times, change.summary, change.reason)
            for change in stage.changes
            if change.change == "again"
        ]

    def test_ever_more_seldom_with_the_figures_of_now(self):
        stage = Stage(self.RULE)
        stage.comment("好看", times=3)
        stage.wait(20)
        stage.comment("好看")
        stage.wait(60)

        assert [
            (10.25, 1, "3", "not acknowledged for 10s"),
            (30.25, 2, "4", "not acknowledged for 30s"),
            (60.25, 3, "4", "not acknowledged for 1m"),
        ] == self.again(stage)
        assert [3] == [alert.told_again for alert in stage.shard.alerts()]

    def test_an_acknowledgement_and_the_end_are_the_end_of_it(self):
        stage = Stage(self.RULE)
        for room in ("a", "b"):
            stage.comment("好看", room=room, times=3)
        stage.wait(5)
        stage.shard.acknowledge("loud|a", 1, "李敏", stage.now)
        stage.tell("session", room="b", phase="end")
        stage.wait(60)

        assert [] == self.again(stage)

    def test_a_restart_goes_on_with_the_plan_and_the_count(self):
        before, stage = Stage(self.RULE), Stage(self.RULE)
        before.comment("好看", times=3)
        before.wait(15)
        stage.now = before.now
        stage.shard.restore(before.shard.alerts(), {}, before.now)
        stage.comment("好看", times=3)
        stage.wait(20)

        assert [(30.25, 2, "3", "not acknowledged for 30s")] == self.again(stage)


def test_an_alert_that_comes_and_goes_is_told_once_and_ends_when_it_is_calm():
    """
    Sold out and back each second: fired at 0.25 and 2.25; from then on it is one alert.
    """
    stage = Stage(
        "rules: [{id: out, kind: threshold, scope: product, when: stock == 0,"
        " flap: {times: 2, within: 10s, calm: 5s}}]"
    )
    for _ in range(5):
        stage.tell("stock", value=0, id=None)
        stage.wait(1)
        stage.tell("stock", value=9, id=None)
        stage.wait(1)
    flapping = [alert.flapping for alert in stage.shard.alerts()]
    stage.wait(10)

    assert [
        (0.25, "out", "fired"), (1.25, "out", "resolved"),
        (2.25, "out", "fired"), (14.0, "out", "resolved"),
    ] == stage.told  # fmt: skip
    assert [True] == flapping


def test_an_alert_that_recovers_says_so_and_one_nobody_can_tell_too():
    stage = Stage("rules: [{id: loud, kind: threshold, when: online >= 3, keep: 5s}]")
    states = []
    for online in (5, 1, 5):
        stage.tell("viewers", online=online, id=None)
        stage.wait(1)
        states.append([(alert.state, alert.unknown) for alert in stage.shard.alerts()])
    stage.shard.figures.tables.gauges["online"][0] = np.nan
    stage.wait(1)
    states.append([(alert.state, alert.unknown) for alert in stage.shard.alerts()])

    assert [
        [("firing", False)], [("recovering", False)], [("firing", False)], [("firing", True)],
    ] == states  # fmt: skip


def test_what_is_wrong_with_the_files_is_over_once_a_process_began_with_them():
    """We would not be here with files that are wrong."""
    before, stage = Stage(LOUD), Stage(LOUD)
    before.shard.record.say("rules_invalid", "一处错误", "改正", START)
    stage.shard.restore(before.shard.alerts())
    stage.wait(0.25)

    assert [("rules_invalid||", "resolved", "the files were read anew")] == [
        (change.key, change.change, change.reason) for change in stage.changes
    ]
    assert [] == stage.shard.alerts()


def test_a_reload_leaves_what_is_wrong_with_the_files_to_whoever_knows():
    stage = Stage(LOUD)
    stage.shard.record.say("config_invalid", "一处错误", "改正", START)

    assert [] == stage.shard.reload(rules.parse("rules: []"), stage.now)
    assert ["config_invalid||"] == [alert.key for alert in stage.shard.alerts()]


def test_a_baseline_that_was_not_edited_knows_what_it_knew():
    """
    Thirty seconds of warm-up, then another rule is edited: the fall is seen as before.
    """
    text = LOUD + (
        "  - {id: fall, kind: baseline, value: online, when: z < -4,"
        " baseline: {window: 60s, gap: 5s, min_points: 20}}\n"
    )
    stage, other = Stage(text), Stage(text)
    for one in (stage, other):
        for second in range(40):
            one.tell("viewers", online=100 + second % 3, id=None)
            one.wait(1)
    stage.shard.reload(rules.parse(text.replace(">= 3", ">= 4")), stage.now)
    other.shard.reload(rules.parse(text.replace("z < -4", "z < -5")), other.now)
    for one in (stage, other):
        one.tell("viewers", online=20, id=None)
        one.wait(1)

    assert [(40.25, "fall", "fired")] == stage.told
    assert [] == other.told


EVERY = """\
rules:
  - {id: loud, kind: threshold, when: comments_10s >= 3, for: 1s, keep: 2s, severity: warning,
     flap: {times: 2, within: 20s, calm: 4s}, realert: {every: 5s}}
  - {id: fall, kind: baseline, value: comments_10s, when: z < -2, severity: warning,
     baseline: {window: 10s, gap: 1s, min_points: 3}}
  - {id: hook, kind: sequence, severity: warning, steps: [{name: hook, max: 4s, warn: 2s}]}
  - {id: silent, kind: absence, of: comment, after: 3s, severity: warning}
  - {id: soon, kind: forecast, scope: product, value: stock, when: eta_s < 9, severity: warning}
  - {id: both, kind: composite, when: firing(loud) or firing(silent), severity: warning}
  - {id: cued, kind: change, fact: segment, keep: 2s, severity: warning}
"""
happenings = st.lists(
    st.sampled_from(["comment", "three", "hook", "push", "stock", "nothing"]),
    min_size=6, max_size=24,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(happenings, st.integers(1, 20), st.booleans())
def test_an_edit_of_words_changes_nothing_whenever_it_comes(story, when, another):
    """A second a happening; at one of them rules are reloaded, perhaps with one more."""
    edited = EVERY.replace("severity: warning", "severity: notice, summary: anders")
    if another:
        edited = edited.replace(
            "rules:\n", "rules:\n  - {id: new, kind: threshold, when: online > 9e9}\n"
        )
    told = []
    for text in (EVERY, edited):
        stage = Stage(EVERY)
        for second, what in enumerate(story):
            if second == when:
                stage.changes += stage.shard.reload(rules.parse(text), stage.now)
            match what:
                case "comment" | "three":
                    stage.comment("好看", times=3 if what == "three" else 1)
                case "hook" | "push":
                    stage.tell("segment", segment=what)
                case "stock":
                    stage.tell("stock", sku="s1", value=100 - 5 * second, id=None)
            stage.wait(1)
        told.append([(c.at, c.key, c.change, c.episode, c.times) for c in stage.changes])

    assert told[0] == told[1]


def test_a_thousand_rooms_are_asked_as_arrays():
    """And each is told apart."""
    stage = Stage(LOUD)
    dice = np.random.default_rng(5)
    loud = {f"r{number}" for number in range(1000) if dice.random() < 0.1}
    for number in range(1000):
        stage.comment("好看", room=f"r{number}", times=3 if f"r{number}" in loud else 1)
    stage.wait(2.5)

    assert loud == {change.room for change in stage.changes if change.change == "fired"}


def test_what_the_config_says_anew_holds_from_now_on():
    """
    A reload gives the room a longer push: at 200 s it is over no more.
    """
    stage = Stage("rules: [{id: a, kind: sequence, steps: [{name: push, max: 3m}]}]")
    stage.tell("segment", segment="push")
    stage.wait(200)
    script = Script({("", "push"): 240.0})
    stage.shard.figures.tables.introduce({"": Profile(room="", script=script)})
    stage.wait(50)

    assert [(180.25, "a", "fired"), (200.25, "a", "resolved"), (240.25, "a", "fired")] == stage.told
