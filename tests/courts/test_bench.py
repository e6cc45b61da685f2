"""A rule file, its tests, and the rules of other files that it asks of."""

from __future__ import annotations

import pathlib

import pytest

from monitor.courts import bench, court, mutation
from monitor.courts.bench import seat
from monitor.errors import RuleError
from monitor.mood.mood import Mood

LOUD = "rules: [{id: loud, kind: threshold, when: comments_10s >= 3}]"
CROWD = "rules: [{id: crowd, kind: composite, when: firing(loud) and online > 9}]"
BOTH = "rules: [{id: both, kind: composite, when: firing(crowd)}]"
TESTS = """\
tests:
  - name: loud and many are a crowd
    series:
      - {figure: comments_10s, values: 2x4 3}
      - {figure: online, values: 9x9 10}
    until: 20s
    expect:
      - {at: 10s, rule: crowd, change: fired}
  - name: many alone are none
    series:
      - {figure: comments_10s, values: 2x9 3}
      - {figure: online, values: 10x9 9}
    until: 20s
    expect: []
"""


def written(folder: pathlib.Path, **files: str) -> pathlib.Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "crowd.yaml"


def test_a_file_that_asks_of_none_but_its_own_rules_needs_no_other(tmp_path):
    """The other one may be broken."""
    path = written(tmp_path, loud=LOUD, loud_test="tests: []", crowd="rules: 5")

    assert () == seat(path.with_name("loud.yaml")).others


def test_rules_of_other_files_are_there_where_they_are_asked_of(tmp_path):
    """And those that they ask of in turn; but they are tried by their own tests."""
    written(tmp_path, loud=LOUD, crowd=CROWD, both=BOTH, both_test="tests: []")
    found = seat(tmp_path / "both.yaml")

    assert {"both", "crowd", "loud"} == found.ids == set(found.ruleset().by_id)
    assert {"both": 0} == found.rules


def test_a_rule_that_asks_of_another_file_is_tried_like_any_other(tmp_path):
    """What the other rule says is its own matter; mutants are killed all the same."""
    path = written(tmp_path, loud=LOUD, crowd=CROWD, crowd_test=TESTS)
    report = court.run(path, Mood(), cover=True)
    found = mutation.run(path)

    assert [] == [wrong for verdict in report.verdicts for wrong in verdict.wrong]
    assert ([], 2) == (report.uncovered, report.terms)
    assert ([], []) == (found.survivors, found.excused)
    assert found.killed >= 6


def test_what_is_in_no_file_is_unknown(tmp_path):
    """With what was meant, from all of them; the mistakes of the tests are told, too."""
    path = written(
        tmp_path, loud=LOUD, crowd=CROWD.replace("(loud)", "(lod)"), crowd_test="tests: 5"
    )
    with pytest.raises(RuleError) as told:
        seat(path)

    crowd, tests = told.value.mistakes
    assert "`lod`" in crowd
    assert "did you mean `loud`?" in crowd
    assert tests.startswith(str(bench.beside(path)))
