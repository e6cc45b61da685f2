"""Rules with one thing wrong in each."""

from __future__ import annotations

import pytest

from monitor import yamlfile
from monitor.courts import mutants
from monitor.rules import compile as rules


def names(text: str) -> list[str]:
    """The mutants of a rule, without its id."""
    document = yamlfile.parse(text)
    (rule,) = rules.parse_document(document).rules
    return [mutant.what for mutant in mutants.of(document, 0, rule.rule, ())]


def of_when(when: str) -> list[str]:
    text = f"rules: [{{id: a, kind: threshold, when: '{when}', severity: critical, ttl: 5s}}]"
    found = names(text)
    assert all(each.startswith("when: ") for each in found), found
    return [each.removeprefix("when: ") for each in found]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        (
            "online < 45",
            [
                "online < 45 → online <= 45",
                "online < 45 → online >= 45",
                "online < 45 → online < 49",
                "online < 45 → online < 41",
            ],
        ),
        (
            "online >= 1.5",
            [
                "online >= 1.5 → online > 1.5",
                "online >= 1.5 → online < 1.5",
                "online >= 1.5 → online >= 1.65",
                "online >= 1.5 → online >= 1.35",
            ],
        ),
        ("online == 0", ["online == 0 → online != 0", "online == 0 → online == 1"]),
        (
            "live and not paused",
            [
                "live → not live",
                "live and not paused → live or not paused",
                "not paused → paused",
            ],
        ),
        (
            'segment == "push" or live',
            [
                'segment == "push" → segment != "push"',
                'segment == "push" or live → segment == "push" and live',
                "live → not live",
            ],
        ),
    ],
)
def test_each_sign_word_and_number_is_changed_in_turn(when, found):
    """Only the clause that it stands in is shown. What people read is left alone."""
    when = when.replace("'", "''")

    assert found == of_when(when)


def test_a_mutant_shows_the_clause_it_changes():
    found = of_when("online > 5 and (likes_10s < 3 or live)")

    assert "likes_10s < 3 or live) → likes_10s < 3 and live)" not in found
    assert "(likes_10s < 3 → (likes_10s < 4" in found


def test_waits_are_moved_and_left_out_and_choices_changed():
    text = """\
rules:
  - id: a
    kind: sequence
    steps: [{name: hook, max: 15s}]
    order: strict
    for: 2s
    keep: 1m
"""

    assert [
        "steps.0.max: 15s → 16s500ms",
        "steps.0.max: 15s → 13s500ms",
        "order: strict → free",
        "for: 2s → 2s250ms",
        "for: 2s → 1s750ms",
        "for: 2s → 0s",
        "keep: 1m → 1m6s",
        "keep: 1m → 54s",
        "keep: 1m → 0s",
    ] == names(text)


def test_a_number_of_a_kind_is_moved():
    text = "rules: [{id: a, kind: stale, feeds: [any], after: 20s, expected: 30}]"

    assert ["after: 20s → 22s", "after: 20s → 18s", "expected: 30 → 33", "expected: 30 → 27"] == (
        names(text)
    )


def test_a_mutant_is_the_whole_rule_with_one_value_changed():
    document = yamlfile.parse("rules: [{id: a, kind: threshold, when: online > 5, role: 场控}]")
    (rule,) = rules.parse_document(document).rules
    mutant = mutants.of(document, 0, rule.rule, ())[0]

    assert {"id": "a", "kind": "threshold", "when": "online >= 5", "role": "场控"} == (
        mutant.rule_in(document)
    )
    assert ("a: when: online > 5 → online >= 5", 8) == (mutant.name, mutant.column)
    assert "online > 5" == document.root["rules"][0]["when"]


def test_a_rule_that_asks_of_others_has_mutants_too():
    """They ask of the same others."""
    document = yamlfile.parse("""\
rules:
  - {id: a, kind: threshold, when: online > 5}
  - {id: b, kind: composite, when: firing(a) and live}
""")
    ruleset = rules.parse_document(document)
    index = [rule.id for rule in ruleset.rules].index("b")

    assert [
        "firing(a) → not firing(a)",
        "firing(a) and live → firing(a) or live",
        "live → not live",
    ] == [
        mutant.what.removeprefix("when: ")
        for mutant in mutants.of(document, index, ruleset.by_id["b"].rule, ("a", "b"))
    ]


def test_parameters_and_what_stands_deeper_are_changed_too():
    text = """\
rules:
  - id: a
    kind: baseline
    value: online
    params: {least: 200, span: 30s}
    baseline: {method: ewma, floor: 0.2}
    when: z < least
"""

    assert [
        "params.least: 200 → 220",
        "params.least: 200 → 180",
        "params.span: 30s → 33s",
        "params.span: 30s → 27s",
        "baseline.method: ewma → median_mad",
        "baseline.floor: 0.2 → 0.22",
        "baseline.floor: 0.2 → 0.18",
    ] == [each for each in names(text) if not each.startswith("when")]
