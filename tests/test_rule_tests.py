"""Rules tested like code: to the tick, and nothing unexpected."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from monitor import rule_tests
from monitor.errors import RuleError
from monitor.mood.mood import Mood

LOUD = """\
rules:
  - {id: loud, kind: threshold, when: comments_10s >= 3, for: 2s}
"""
GOOD = """\
tests:
  - name: three comments are loud until they are ten seconds old
    play:
      - {at: 1s, type: comment, text: 在, times: 3}
    until: 30s
    expect:
      - {at: 3s, rule: loud, change: fired, values: {comments_10s: 3.0}}
      - {at: 11s, rule: loud, change: resolved}
"""


def run(folder: pathlib.Path, tests: str | None = GOOD, text: str = LOUD) -> dict[str, list[str]]:
    """Name of each test, and what was wrong with it."""
    (folder / "loud.yaml").write_text(text, encoding="utf-8")
    if tests is not None:
        (folder / "loud_test.yaml").write_text(tests, encoding="utf-8")
    verdicts = rule_tests.run(folder, Mood())
    return {verdict.name: verdict.wrong for verdict in verdicts}


NAME = "three comments are loud until they are ten seconds old"


def test_what_comes_as_expected_passes(tmp_path):
    assert {NAME: []} == run(tmp_path)


@pytest.mark.parametrize(
    ("edit", "wrong"),
    [
        (
            ("at: 3s", "at: 3s250ms"),  # a tick late
            [
                "missing: 3s250ms loud fired (there is 3s loud fired (comments_10s=3.0))",
                "unexpected: 3s loud fired (comments_10s=3.0)",
            ],
        ),
        (
            ("      - {at: 11s, rule: loud, change: resolved}\n", ""),
            ["unexpected: 11s loud resolved (comments_10s=3.0)"],
        ),
        (
            ("comments_10s: 3.0", "comments_10s: 4.0"),
            [
                "missing: 3s loud fired (there is 3s loud fired (comments_10s=3.0))",
                "unexpected: 3s loud fired (comments_10s=3.0)",
            ],
        ),
        (
            ("at: 11s, rule: loud", "at: 11s, room: another, rule: loud"),
            [
                "missing: 11s loud resolved (there is 11s loud resolved (comments_10s=3.0))",
                "unexpected: 11s loud resolved (comments_10s=3.0)",
            ],
        ),
        (
            ("at: 3s, rule: loud", "at: 3s, rule: silent"),
            [
                "missing: 3s silent fired",
                "unexpected: 3s loud fired (comments_10s=3.0)",
            ],
        ),
        (("times: 3", "times: 2"), ["missing: 3s loud fired", "missing: 11s loud resolved"]),
    ],
)
def test_what_comes_otherwise_fails(tmp_path, edit, wrong):
    verdicts = run(tmp_path, GOOD.replace(*edit))

    assert wrong == verdicts[NAME]


def test_pending_is_compared_where_it_is_expected(tmp_path):
    pending = GOOD.replace(
        "    expect:\n", "    expect:\n      - {at: 1s, rule: loud, change: pending}\n"
    )

    assert {NAME: []} == run(tmp_path, pending)


def test_a_rule_file_without_tests_fails(tmp_path):
    assert {"has tests": ["write them into loud_test.yaml"]} == run(tmp_path, None)


def test_a_rule_that_fires_in_no_test_fails(tmp_path):
    text = LOUD + "  - {id: idle, kind: threshold, when: comments_10s >= 99}\n"

    assert {
        NAME: [],
        "every rule fires": ["idle fires in no test: play what makes it fire"],
    } == run(tmp_path, text=text)


@pytest.mark.parametrize(
    ("edit", "mistake"),
    [
        (
            ("type: comment", "type: coment"),
            ":3:5: {name}: unknown fact `coment` — one of comment,",
        ),
        (("text: 在", "txt: 在"), ":3:5: {name}: `comment` has no field `txt`"),
        (("until: 30s", "until: soon"), ":3:5: {name}: `soon` is not a duration; write"),
        (("text: 在", "text: 5"), ":3:5: {name}: Expected `str`, got `int`"),
        (("    until: 30s\n", ""), ":2:5: {name}: missing field `until` — write text"),
        (("change: fired", "chnge: fired"), ": unknown field `chnge` — did you mean `change`?"),
        (("tests:", "test:"), ":1:1: unknown field `test` — did you mean `tests`?"),
    ],
)
def test_a_mistake_in_a_test_has_an_address(tmp_path, edit, mistake):
    with pytest.raises(RuleError) as told:
        run(tmp_path, GOOD.replace(*edit))

    assert any(mistake.format(name=NAME) in each for each in told.value.mistakes), str(told.value)
    assert all(each.startswith(str(tmp_path / "loud_test.yaml:")) for each in told.value.mistakes)


def test_mistakes_of_all_files_are_told_together(tmp_path):
    (tmp_path / "bad.yaml").write_text("rules: 5", encoding="utf-8")
    with pytest.raises(RuleError) as told:
        run(tmp_path, "tests: 5")

    assert ["bad.yaml", "loud_test.yaml"] == [
        pathlib.Path(each.partition(":")[0]).name for each in told.value.mistakes
    ]


def played(*items: dict[str, Any]) -> list[tuple[float, str | None, object]]:
    """(seconds since the start, user, value) of each fact that is played."""
    case = rule_tests.Case(name="a", play=items, until="1m", expect=())
    return [
        (fact.at - rule_tests.START, getattr(fact, "user", None), getattr(fact, "value", None))
        for fact in rule_tests._facts(case)
    ]


def test_an_item_may_come_many_times_at_once():
    """Each from another viewer."""
    assert [(5.0, "u1", 1), (5.0, "u2", 1)] == played({"at": "5s", "type": "like", "times": 2})


def test_an_item_may_come_again_and_again():
    assert [0.0, 0.5, 1.0, 1.5] == [
        at for at, _, _ in played({"at": "0s", "type": "like", "every": "500ms", "for": "2s"})
    ]


def test_an_item_may_grow_each_time():
    item = {"at": "1s", "type": "stock", "sku": "s", "value": 9, "step": -2, "for": "3s"}

    assert [9, 7, 5] == [value for _, _, value in played(item)]


def test_what_is_given_is_not_made_up():
    assert [(0.0, "李敏", 7)] == played({"at": "0s", "type": "like", "user": "李敏", "value": 7})


def test_the_product_that_is_expected_is_the_one_that_fires(tmp_path):
    text = """\
rules:
  - {id: loud, kind: threshold, scope: product, when: stock == 0}
"""
    tests = """\
tests:
  - name: sold out
    play: [{at: 1s, type: stock, sku: s1, value: 0}]
    until: 2s
    expect: [{at: 1s, rule: loud, sku: s2, change: fired}]
"""
    missing = "missing: 1s loud fired (there is 1s loud s1 fired (stock=0.0))"

    assert {"sold out": [missing, "unexpected: 1s loud s1 fired (stock=0.0)"]} == (
        run(tmp_path, tests, text)
    )
    assert {"sold out": []} == run(tmp_path, tests.replace("s2", "s1"), text)
