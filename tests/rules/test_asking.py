"""A tick's questions: conditions, only_when, clear, missing and the end of a broadcast."""

from __future__ import annotations

import random

import numpy as np
import pytest

from monitor.alerts.lifecycle import FIRING, PENDING, QUIET, RECOVERING
from monitor.rules import compile as rules
from monitor.rules.asking import Questions
from tests.rules.kinds.asked import Table
from tests.stage import Stage

NAN = float("nan")
SEVERAL = """\
rules:
  - {id: a, kind: threshold, when: comments_1m > 4}
  - {id: b, kind: stale}
  - {id: c, kind: threshold, when: comments_1m > 4 and online > 10}
"""


class Live(Table):
    """Rooms that broadcast, unless `live` says otherwise."""

    def on_air(self) -> np.ndarray:
        return self.get("live", np.ones(self.rows)) != 0.0


def ask(text: str, columns: Live, state: int = QUIET) -> dict[str, list[str]]:
    """A word a row for each rule, whatever was in the matrices before."""
    questions = Questions(rules.parse(text).rules)
    shape = (len(questions.rules), columns.rows + 3)
    holds, fails = np.ones(shape, bool), np.ones(shape, bool)
    questions.ask(columns, 0.0, np.full(shape, state), (holds, fails))  # type: ignore[arg-type]
    assert not (holds & fails)[:, : columns.rows].any()
    return {
        rule.id: [
            "holds" if holds[index, row] else "fails" if fails[index, row] else "unknown"
            for row in range(columns.rows)
        ]
        for index, rule in enumerate(questions.rules)
    }


def test_every_rule_has_a_row_of_answers():
    columns = Live(
        comments_1m=[5, 4, NAN],
        online=[11, 11, 11],
        feed_age_s=[1, 30, 30],
        feed_missed=[5, 60, NAN],
    )

    assert {
        "a": ["holds", "fails", "unknown"],
        "b": ["fails", "holds", "fails"],
        "c": ["holds", "fails", "unknown"],
    } == ask(SEVERAL, columns)


RULE = "rules: [{{id: a, kind: threshold, when: comments_1m > 4, {}}}]"


def test_nobody_else_is_asked_than_who_only_when_names():
    """Unknown there is unknown here, unless the question itself fails."""
    columns = Live(comments_1m=[5, 5, 5, 4], online=[11, 9, NAN, NAN])

    assert ["holds", "fails", "unknown", "fails"] == (
        ask(RULE.format("only_when: online > 10"), columns)["a"]
    )


def test_missing_figures_may_be_taken_for_fine():
    columns = Live(comments_1m=[5, NAN])

    assert ["holds", "fails"] == ask(RULE.format("missing: ok"), columns)["a"]
    assert ["holds", "unknown"] == ask(RULE.format("missing: hold"), columns)["a"]


CLEAR = RULE.format("clear: comments_1m < 2")


@pytest.mark.parametrize(
    ("state", "answers"),
    [
        (QUIET, ["holds", "fails", "fails", "unknown"]),
        (PENDING, ["holds", "fails", "fails", "unknown"]),
        (FIRING, ["holds", "holds", "fails", "unknown"]),
        (RECOVERING, ["holds", "holds", "fails", "unknown"]),
    ],
)
def test_a_firing_alert_holds_until_it_is_clear(state, answers):
    """
    when  > 4      5: holds   3: between   1: clear
    clear < 2
    """
    assert answers == ask(CLEAR, Live(comments_1m=[5, 3, 1, NAN]), state)["a"]


def test_who_is_not_asked_any_more_has_nothing_to_clear():
    """The room became small while its alert was firing; `clear` alone would keep it."""
    text = RULE.format("clear: comments_1m < 2, only_when: online > 10")

    assert ["holds", "fails"] == ask(text, Live(comments_1m=[3, 3], online=[11, 9]), FIRING)["a"]


def test_what_holds_is_not_clear_whatever_clear_says():
    """Both are true at 5: as long as the question holds, the alert goes on."""
    text = RULE.format("clear: comments_1m < 9")

    assert ["holds", "fails"] == ask(text, Live(comments_1m=[5, 3]), FIRING)["a"]


def test_a_clear_may_name_what_its_kind_gives():
    text = (
        "rules: [{id: a, kind: forecast, scope: product, value: stock,"
        " when: eta_s < 45, clear: eta_s > 90}]"
    )

    assert ["unknown"] == ask(text, Live(stock=[5.0]), FIRING)["a"]


@pytest.mark.parametrize("state", [QUIET, FIRING])
def test_nothing_holds_where_the_broadcast_has_ended(state):
    columns = Live(comments_1m=[5, NAN], live=[0, 0])

    assert ["fails", "fails"] == ask(CLEAR, columns, state)["a"]


def test_a_rule_may_be_asked_of_rooms_that_are_not_live():
    columns = Live(comments_1m=[5, 3, NAN], live=[0, 0, 0])
    text = "rules: [{id: a, kind: threshold, when: comments_1m > 4, off_air: true}]"

    assert ["holds", "fails", "unknown"] == ask(text, columns)["a"]


def test_no_rules_are_no_questions():
    assert {} == ask("rules: []", Live(comments_1m=[5]))


SHELF = """\
rules:
  - {id: sold_out, scope: product, kind: threshold, when: stock == 0 and pinned,
     clear: stock > 0 or not pinned}
  - {id: hit, scope: product, kind: threshold, when: product_clicks_10s > 1, keep: 2s}
  - {id: unpaid, scope: product, kind: threshold,
     when: product_clicks_1m > 3 and product_paid_1m == 0}
  - {id: cheap, scope: product, kind: threshold, when: price < 500 and on_shelf}
  - {id: oversold, scope: product, kind: threshold, when: oversold > 1, only_when: live}
  - {id: fast, scope: product, kind: threshold, when: sellout_s < 60 and velocity_1m > 1}
  - {id: soon, scope: product, kind: forecast, value: stock, fit: 10s, when: eta_s < 45, for: 1s}
"""


ORDERS = ("order_created", "order_paid", "order_cancelled", "order_refunded")


def happens(dice: random.Random) -> tuple[str, dict[str, object]]:
    """A fact, up to 20 s late; orders are made, paid, cancelled and paid back in any order."""
    stock = dice.choice([{"value": 1}, {"value": 30}, {"value": -1, "kind": "delta"}])
    own = {
        "product_clicked": {}, **{each: {"amount_minor": 900} for each in ORDERS}, "pin": {},
        "unpin": {}, "stock": stock,
        "price": {"amount_minor": dice.choice([1, 900])}, "shelf": {"on": dice.random() < 0.8},
        "session": {"phase": dice.choice(["end", "start"])},
    }  # fmt: skip
    kind = dice.choices(list(own), (9, 4, 3, 1, 1, 2, 1, 9, 1, 1, 0.1))[0]
    fields = {"room": dice.choice("aab"), "late_s": dice.choice([0.0, 0.0, 20.0]), **own[kind]}
    if kind in ORDERS:
        order = dice.randrange(400)
        fields |= {"order": f"o{order}", "room": "ab"[order % 2], "sku": f"s{order % 4 + 1}"}
    elif kind != "session":
        fields["sku"] = f"s{dice.choice([1, 1, 1, 2, 3, 4])}"
    return kind, fields


def test_who_has_not_moved_answers_as_before():
    """One shard asks those products that moved, its twin all of them, at each tick."""
    dice, one, other = random.Random(7), Stage(SHELF), Stage(SHELF)
    for _ in range(800):
        for kind, fields in [happens(dice) for _ in range(dice.choice([0, 0, 1, 3]))]:
            for stage in (one, other):
                stage.tell(kind, **fields)
        for watched in other.shard.watched:
            watched._questions.anew()
        for stage in (one, other):
            stage.wait(0.25)
        rows = len(one.shard.figures.tables.products)
        lives = [stage.shard.watched[0].lifecycle for stage in (one, other)]
        for name in ("holds", "fails", "state"):
            found, expected = (getattr(life, name)[:, :rows] for life in lives)
            np.testing.assert_array_equal(found, expected)

    assert one.told == other.told
    assert {"sold_out", "hit", "unpaid", "cheap", "oversold", "fast", "soon"} == {
        rule for _, rule, _ in one.told
    }
