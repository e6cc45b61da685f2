"""Whether tests notice that a rule is wrong."""

from __future__ import annotations

import pathlib

import pytest

from monitor.courts import mutation
from monitor.courts.mutation import Found
from monitor.errors import RuleError

RULES = """\
rules:
  - id: loud
    kind: threshold
    when: comments_10s >= 10
    for: 2s
"""
SHARP = """\
tests:
  - name: ten comments are loud after two seconds
    series:
      - {figure: comments_10s, values: 9x9 10}
    until: 20s
    expect:
      - {at: 12s, rule: loud, change: fired}
"""
BLUNT = SHARP.replace("9x9 10", "0x9 99")


def tried(folder: pathlib.Path, tests: str, text: str = RULES, jobs: int = 1) -> Found:
    (folder / "loud.yaml").write_text(text, encoding="utf-8")
    (folder / "loud_test.yaml").write_text(tests, encoding="utf-8")
    return mutation.run(folder, jobs)


def test_a_sharp_test_kills_every_mutant(tmp_path):
    """Its bound, in and out, up and down; its opposite; its wait, longer, shorter, none."""
    found = tried(tmp_path, SHARP)

    assert (7, [], 1.0, True) == (found.killed, found.survivors, found.share, found.enough)


def test_what_a_blunt_test_does_not_notice_survives_and_is_told_with_its_place(tmp_path):
    found = tried(tmp_path, BLUNT)
    file = tmp_path / "loud.yaml"

    assert [
        f"{file}:4:24: loud: when: comments_10s >= 10 → comments_10s > 10",
        f"{file}:4:27: loud: when: comments_10s >= 10 → comments_10s >= 11",
        f"{file}:4:27: loud: when: comments_10s >= 10 → comments_10s >= 9",
    ] == found.survivors
    assert (4, False) == (found.killed, found.enough)
    assert pytest.approx(4 / 7) == found.share


def test_an_excused_survivor_is_listed_with_its_reason_and_not_counted(tmp_path):
    excuse = """\
equivalent:
  - mutant: "loud: when: comments_10s >= 10 → comments_10s > 10"
    why: because
"""
    found = tried(tmp_path, BLUNT + excuse)

    assert [
        f"{tmp_path / 'loud.yaml'}:4:24: loud: when: comments_10s >= 10 → comments_10s > 10"
        " — because"
    ] == found.excused
    assert (4, 2) == (found.killed, len(found.survivors))


@pytest.mark.parametrize(
    ("mutant", "what"),
    [
        ("loud: for: 2s → 0s", "`loud: for: 2s → 0s` is killed by a test — take the excuse out"),
        ("loud: for: 9s", "`loud: for: 9s` is no mutant — write one as `roomwatch test --mutate`"),
    ],
)
def test_an_excuse_that_is_none_is_a_mistake(tmp_path, mutant, what):
    excuse = f"equivalent:\n  - {{mutant: '{mutant}', why: because}}\n"
    with pytest.raises(RuleError) as told:
        tried(tmp_path, SHARP + excuse)

    assert f"{tmp_path / 'loud_test.yaml'}:9:6: {what}" in str(told.value)


def test_a_mutant_that_is_no_rule_is_none(tmp_path):
    """Nobody can write `fit: 9s`: so `fit: 10s` has one mutant, not two."""
    text = """\
rules:
  - {id: loud, kind: forecast, value: online, fit: 10s, when: eta_s < 0}
"""
    tests = "tests: [{name: a, until: 1s, expect: []}]"
    found = tried(tmp_path, tests, text)

    assert ["fit: 10s → 11s"] == [
        each.partition("loud: ")[2] for each in found.survivors if "fit" in each
    ]


def test_mutants_are_rules_of_their_own(tmp_path):
    """One does not see that another has fired: each is judged by what it says itself."""
    text = RULES + "  - {id: quiet, kind: threshold, when: comments_10s < 0}\n"
    found = tried(tmp_path, SHARP, text)

    assert {"quiet: when: comments_10s < 0 → comments_10s <= 0"} >= {
        each.partition(": ")[2] for each in found.survivors if "<= 0" in each
    }
    assert not [each for each in found.survivors if "loud: when" in each]


def test_files_are_tried_at_once_by_processes(tmp_path):
    """They say the same, in the order of the files."""
    for name in ("b", "a"):
        (tmp_path / f"{name}.yaml").write_text(RULES.replace("loud", name), encoding="utf-8")
        (tmp_path / f"{name}_test.yaml").write_text(BLUNT.replace("loud", name), encoding="utf-8")

    assert mutation.run(tmp_path) == mutation.run(tmp_path, jobs=2)
    assert ["a.yaml", "b.yaml"] == list(
        dict.fromkeys(
            pathlib.Path(each.partition(":")[0]).name for each in mutation.run(tmp_path).survivors
        )
    )


def test_the_mistakes_of_all_files_are_told(tmp_path):
    (tmp_path / "a.yaml").write_text(RULES, encoding="utf-8")
    with pytest.raises(RuleError) as told:
        tried(tmp_path, "tests: 5")

    assert [
        f"{tmp_path / 'a.yaml'}:1:1: no tests — write them into a_test.yaml",
        f"{tmp_path / 'loud_test.yaml'}:1:1: `tests` is `5` — write a list",
    ] == list(told.value.mistakes)


def test_where_there_is_nothing_to_kill_it_is_enough():
    assert (1.0, True) == (Found().share, Found().enough)
