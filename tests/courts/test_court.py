"""Rules tried by the tests beside them: to the tick, and nothing unexpected."""

from __future__ import annotations

import pathlib

import pytest

from monitor.courts import court
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
QUIET = """\
  - name: two are not
    play:
      - {at: 1s, type: comment, text: 在, times: 2}
    until: 5s
    expect: []
"""


def tried(folder: pathlib.Path, tests: str | None = GOOD + QUIET, text: str = LOUD) -> court.Report:
    """What the court says of these tests of this rule file."""
    (folder / "loud.yaml").write_text(text, encoding="utf-8")
    if tests is not None:
        (folder / "loud_test.yaml").write_text(tests, encoding="utf-8")
    return court.run(folder, Mood(), cover=True)


def run(
    folder: pathlib.Path, tests: str | None = GOOD + QUIET, text: str = LOUD
) -> dict[str, list[str]]:
    """Name of each test, and what was wrong with it, without the folder."""
    return {
        verdict.name: [wrong.removeprefix(f"{folder}/") for wrong in verdict.wrong]
        for verdict in tried(folder, tests, text).verdicts
    }


NAME = "three comments are loud until they are ten seconds old"
FINE = {NAME: [], "two are not": []}


def test_what_comes_as_expected_passes(tmp_path):
    assert FINE == run(tmp_path)


@pytest.mark.parametrize(
    ("edit", "wrong"),
    [
        (
            ("at: 3s", "at: 3s250ms"),  # a tick late
            [
                "loud_test.yaml:7:9: missing: 3s250ms loud fired"
                " (there is 3s loud fired (comments_10s=3.0))",
                "loud_test.yaml:2:5: unexpected: 3s loud fired (comments_10s=3.0)",
            ],
        ),
        (
            ("      - {at: 11s, rule: loud, change: resolved}\n", ""),
            ["loud_test.yaml:2:5: unexpected: 11s loud resolved (comments_10s=3.0)"],
        ),
        (
            ("comments_10s: 3.0", "comments_10s: 4.0"),
            [
                "loud_test.yaml:7:9: missing: 3s loud fired"
                " (there is 3s loud fired (comments_10s=3.0))",
                "loud_test.yaml:2:5: unexpected: 3s loud fired (comments_10s=3.0)",
            ],
        ),
        (
            ("at: 11s, rule: loud", "at: 11s, room: another, rule: loud"),
            [
                "loud_test.yaml:8:9: missing: 11s loud resolved"
                " (there is 11s loud resolved (comments_10s=3.0))",
                "loud_test.yaml:2:5: unexpected: 11s loud resolved (comments_10s=3.0)",
            ],
        ),
        (
            ("times: 3", "times: 2"),
            [
                "loud_test.yaml:7:9: missing: 3s loud fired",
                "loud_test.yaml:8:9: missing: 11s loud resolved",
            ],
        ),
    ],
)
def test_what_comes_otherwise_fails(tmp_path, edit, wrong):
    verdicts = run(tmp_path, GOOD.replace(*edit))

    assert wrong == verdicts[NAME]


def test_pending_is_compared_where_it_is_expected(tmp_path):
    pending = GOOD.replace(
        "    expect:\n", "    expect:\n      - {at: 1s, rule: loud, change: pending}\n"
    )

    assert FINE == run(tmp_path, pending + QUIET)


def test_a_rule_file_without_tests_fails(tmp_path):
    assert {"has tests": ["loud.yaml:1:1: no tests — write them into loud_test.yaml"]} == run(
        tmp_path, None
    )


def test_a_rule_that_fires_in_no_test_fails(tmp_path):
    """It is named, with its place in the rules."""
    text = LOUD + "  - {id: idle, kind: threshold, when: comments_10s >= 99}\n"
    wrong = "loud.yaml:3:6: idle: fires in no test — play in {} what makes it fire"

    assert {
        **FINE,
        "idle fires in a test and is quiet in another": [wrong.format(tmp_path / "loud_test.yaml")],
    } == run(tmp_path, text=text)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("when: comments_10s >= 3, for: 2s", "there is no other test"),
        ("when: comments_10s >= 3, for: 2s", "in the other its room is off air"),
        ("when: comments_10s >= 3, for: 2s, only_when: likes_10s > 0", "never asked"),
        ("when: comments_10s >= 3 and comments_10s / likes_10s < 9, for: 2s", "never known"),
    ],
)
def test_a_rule_that_is_quiet_in_no_test_fails(tmp_path, rule, why):
    """A test in which it is not asked, or never known not to hold, says nothing of it."""
    off_air = """\
  - name: nobody is there
    play:
      - {at: 0s, type: session, phase: end}
    until: 5s
    expect: []
"""
    many = """\
  - name: three again
    play:
      - {at: 0s, type: comment, text: 在, times: 3}
    until: 1s
    expect: []
"""
    fires = GOOD.replace("    play:\n", "    play:\n      - {at: 0s, type: like, times: 5}\n")
    other = {"there is no other test": "", "in the other its room is off air": off_air}.get(
        why, many
    )
    verdicts = run(tmp_path, fires + other, f"rules:\n  - {{id: loud, kind: threshold, {rule}}}\n")

    assert [
        f"loud.yaml:2:6: loud: is quiet in no test — play in {tmp_path / 'loud_test.yaml'} what it"
        " must not fire at, though asked"
    ] == verdicts["loud fires in a test and is quiet in another"]


@pytest.mark.parametrize(
    ("edit", "mistake"),
    [
        (
            ("type: comment", "type: coment"),
            ":4:18: {name}: unknown fact `coment` — one of comment,",
        ),
        (("text: 在", "txt: 在"), ":4:33: {name}: `comment` has no field `txt`"),
        (("until: 30s", "until: soon"), ":5:5: {name}: `soon` is not a duration; write"),
        (
            ("3s, rule: loud", "3s, rule: lod"),
            ":7:18: {name}: unknown rule `lod` — did you",
        ),
        (("text: 在", "text: 5"), ":4:9: {name}: Expected `str`, got `int`"),
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
  - name: not sold out
    play: [{at: 1s, type: stock, sku: s1, value: 1}]
    until: 2s
    expect: []
"""
    missing = "loud_test.yaml:5:14: missing: 1s loud fired (there is 1s loud s1 fired (stock=0.0))"

    assert {
        "not sold out": [],
        "sold out": [missing, "loud_test.yaml:2:5: unexpected: 1s loud s1 fired (stock=0.0)"],
    } == (run(tmp_path, tests, text))
    assert {"sold out": [], "not sold out": []} == run(tmp_path, tests.replace("s2", "s1"), text)


def test_terms_that_no_test_shows_both_ways_are_told(tmp_path):
    """With the place of each term; those that were seen true and false are counted only."""
    text = """\
rules:
  - id: loud
    kind: threshold
    when: comments_10s >= 3 and not comments_1m > 7
    for: 2s
"""
    report = tried(tmp_path, text=text)

    assert 0 == report.failed
    assert 2 == report.terms
    assert [
        f"{tmp_path / 'loud.yaml'}:4:37: loud: when: `comments_1m > 7` is never true in its tests"
    ] == report.uncovered
