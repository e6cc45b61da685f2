"""Why a rule says what it says: its terms, and what is missing for it to fire."""

from __future__ import annotations

import pytest

from monitor.rules import compile as rules
from monitor.rules.parameters import Override, Overrides
from monitor.shard.explaining import Explanation
from tests.stage import Stage

RULE = """\
rules:
  - id: loud
    kind: threshold
    only_when: online > 10
    when: comments_10s >= 3 and (likes_10s > 5 or shares_1m > 1) and not paused
    clear: comments_10s < 2
    for: 4s
"""


def asked(stage: Stage, rule: str = "a", room: str = "room", sku: str | None = None) -> Explanation:
    found = stage.shard.explain(rule, room, sku)
    assert isinstance(found, Explanation), found
    return found


def staged(text: str) -> Stage:
    return Stage(f"rules: [{{id: a, {text}}}]")


def test_each_term_has_its_figure_and_its_answer():
    stage = Stage(RULE)
    stage.tell("viewers", online=20)
    stage.comment("好看", times=2)
    stage.tell("like", value=3)
    stage.wait(1)
    found = asked(stage, "loud")

    assert [
        ("only_when", "online > 10", "true", {"online": 20.0}),
        ("when", "comments_10s >= 3", "false", {"comments_10s": 2.0}),
        ("when", "likes_10s > 5", "false", {"likes_10s": 3.0}),
        ("when", "shares_1m > 1", "unknown", {"shares_1m": None}),
        ("when", "paused", "unknown", {"paused": None}),
        ("clear", "comments_10s < 2", "false", {"comments_10s": 2.0}),
    ] == [(term.field, term.text, term.answer, term.values) for term in found.terms]
    assert ("loud", "threshold", "room", "quiet", "false") == (
        found.rule, found.kind, found.where, found.state, found.answer,
    )  # fmt: skip


def test_what_is_missing_is_what_has_to_change():
    """Of an `or` one is enough."""
    stage = Stage(RULE)
    stage.tell("viewers", online=5)
    stage.comment("好看", times=2)
    stage.tell("like", value=3)
    stage.tell("session", phase="pause")
    stage.wait(1)

    assert [
        "online > 10 (online is 5)",
        "comments_10s >= 3 (comments_10s is 2)",
        "one of: likes_10s > 5 (likes_10s is 3); shares_1m > 1 (shares_1m is unknown)",
        "not paused (paused is 1)",
    ] == asked(stage, "loud").missing


def test_what_holds_has_to_last():
    stage = staged("kind: threshold, when: comments_1m >= 3, for: 4s")
    stage.comment("好看", times=3)
    stage.wait(1.25)
    waiting = asked(stage)
    stage.wait(4)
    firing = asked(stage)

    assert ("pending", "true", ["it holds, and has to for 3s more of 4s"]) == (
        waiting.state, waiting.answer, waiting.missing,
    )  # fmt: skip
    assert ("firing", []) == (firing.state, firing.missing)
    assert waiting.since == firing.since


def test_a_room_that_is_over_says_so():
    stage = staged("kind: threshold, when: comments_1m >= 3")
    stage.comment("好看")
    stage.tell("session", phase="end")
    stage.wait(1)

    assert ["the room is not live"] == asked(stage).missing


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        ("kind: sequence, steps: [{name: hook, max: 15s}]", "hook is 2 s old, of 15 s"),
        ("kind: sequence, steps: [{name: push, max: 15s}]", "other is 2 s old, of unknown s"),
        ("kind: stale", "any silent for 2 s, of 20s, and 0 messages missing, of 30"),
        ("kind: absence, of: comment, after: 1m", "silent for 1.75 s, of 1m"),
        ("kind: change, fact: pin", "no such pin came since the last tick"),
        (
            "kind: burn_rate, bad: refunds_session, total: comments_session, objective: 0.9,"
            " windows: [{long: 1m, short: 10s, factor: 2}]",
            "burns at 0 and 0, of 2",
        ),
    ],
)
def test_every_kind_says_how_far_it_is(rule, missing):
    stage = staged(rule)
    stage.comment("好看")
    stage.tell("segment", segment="hook" if "hook" in rule else "other")
    stage.wait(2)
    found = asked(stage)

    assert [missing] == found.missing
    assert found.values or "burn" not in rule


def test_what_the_kind_works_out_is_a_figure_like_others():
    stage = staged("kind: forecast, scope: product, value: stock, when: eta_s < 45 and stock > 0")
    for left in range(200, 140, -2):
        stage.tell("stock", sku="s1", value=left, id=None)
        stage.wait(1)
    found = asked(stage, sku="s1")

    assert "room|s1" == found.where
    assert found.missing[0].startswith("eta_s < 45 (eta_s is 71")


def test_a_parameter_shows_what_it_is_there():
    other = Overrides([Override(rule="a", values={"floor": 9}, rooms=("room",))])
    text = "rules: [{id: a, kind: threshold, params: {floor: 2}, when: comments_1m > floor}]"
    stage = Stage()
    stage.shard.reload(rules.parse(text, overrides=other), stage.now)
    stage.comment("好看")
    stage.wait(0.25)

    assert ["comments_1m > floor (comments_1m is 1, floor is 9)"] == asked(stage).missing


def test_a_composite_shows_what_the_others_say():
    stage = Stage(RULE + "  - {id: a, kind: composite, when: firing(loud) and not acked(loud)}\n")
    stage.comment("好看")
    stage.wait(0.25)

    assert ["firing(loud) (firing(loud) is 0)"] == asked(stage).missing


@pytest.mark.parametrize(
    ("scope", "room", "where"),
    [("platform", "douyin", "douyin"), ("all", "", "all rooms"), ("segment", "room", "room|hook")],
)
def test_it_is_asked_of_every_scope(scope, room, where):
    stage = staged(f"kind: threshold, scope: {scope}, when: comments_1m > 3")
    stage.comment("好看", platform="douyin")
    stage.tell("segment", segment="hook")
    stage.wait(0.25)
    found = asked(stage, room=room)

    assert (where, ["comments_1m > 3 (comments_1m is 1)"]) == (found.where, found.missing)


@pytest.mark.parametrize(
    ("rule", "room", "sku", "why"),
    [
        ("lowd", "room", None, "unknown rule `lowd` — did you mean `loud`?"),
        ("loud", "nowhere", None, "nothing was heard of nowhere yet"),
        ("loud", "", None, "it is asked of each room by itself — name one with --room"),
        ("a", "room", "s9", "nothing was heard of s9 yet"),
        ("a", "nowhere", "s1", "nothing was heard of s1 yet"),
    ],
)
def test_where_nothing_can_be_told_it_says_why(rule, room, sku, why):
    stage = Stage(RULE + "  - {id: a, kind: threshold, scope: product, when: stock == 0}\n")
    stage.comment("好看")
    stage.wait(0.25)

    assert why == stage.shard.explain(rule, room, sku)
    assert "nothing was asked yet" == Stage(RULE).shard.explain("loud", "room")
