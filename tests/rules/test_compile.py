"""Rule files: every mistake is told with its place and its remedy, or all rules are there."""

from __future__ import annotations

import pathlib

import pytest

from monitor.errors import RuleError
from monitor.rules import compile as rules

BAD = sorted((pathlib.Path(__file__).parent / "bad").glob("*.yaml"))
GOOD = "rules:\n  - {id: ANGRY, kind: threshold, when: comments_1m > 4}\n"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_told_word_for_word(path):
    """The first lines of a bad file are what must be told of it."""
    text = path.read_text(encoding="utf-8")
    expected = []
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        expected.append(line.removeprefix("# "))

    with pytest.raises(RuleError) as told:
        rules.parse(text, path.name)

    assert expected == list(told.value.mistakes)


def test_more_than_a_megabyte_is_not_read():
    text = GOOD + "#" * (1 << 20)

    with pytest.raises(RuleError) as told:
        rules.parse(text, "rules.yaml")

    assert ("rules.yaml:1:1: is longer than 1 MiB — split it into several files",) == (
        told.value.mistakes
    )


def write(folder: pathlib.Path, name: str, text: str) -> pathlib.Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_all_its_rule_files_without_their_tests(tmp_path):
    write(tmp_path, "b.yaml", GOOD.replace("ANGRY", "b"))
    write(tmp_path, "sub/c.yaml", GOOD.replace("ANGRY", "c"))
    write(tmp_path, "a.yaml", GOOD.replace("ANGRY", "a"))
    write(tmp_path, "a_test.yaml", "tests: nonsense")

    assert ["a", "b", "c"] == [rule.id for rule in rules.load(tmp_path).rules]


def test_a_file_stands_for_itself(tmp_path):
    path = write(tmp_path, "a.yaml", GOOD)

    assert ["ANGRY"] == list(rules.load(path).by_id)


def test_a_folder_without_rules_is_a_mistake(tmp_path):
    with pytest.raises(RuleError, match=r":1:1: no rule files — write rules into "):
        rules.load(tmp_path)


def test_mistakes_of_all_files_are_told_together(tmp_path):
    write(tmp_path, "a.yaml", "rules: 5")
    write(tmp_path, "b.yaml", GOOD.replace("comments_1m", "coments_1m"))

    with pytest.raises(RuleError) as told:
        rules.load(tmp_path)

    assert 2 == len(told.value.mistakes)
    assert told.value.mistakes[0].startswith(f"{tmp_path / 'a.yaml'}:1:")
    assert told.value.mistakes[1].startswith(f"{tmp_path / 'b.yaml'}:2:")


def test_the_same_id_in_two_files_is_a_mistake(tmp_path):
    first = write(tmp_path, "a.yaml", GOOD)
    write(tmp_path, "b.yaml", GOOD)

    with pytest.raises(RuleError, match=r"ANGRY: already in .*a\.yaml:2 — use another id") as told:
        rules.load(tmp_path)

    assert f"already in {first}:2" in str(told.value)


def test_rules_are_parted_by_what_they_are_asked_of():
    ruleset = rules.parse(
        "rules:\n"
        "  - {id: a, kind: threshold, when: comments_1m > 4}\n"
        "  - {id: b, kind: threshold, scope: product, when: stock == 0 and comments_1m > 4}\n"
    )

    assert (["a"], ["b"]) == (
        [rule.id for rule in ruleset.of("room")], [rule.id for rule in ruleset.of("product")],
    )  # fmt: skip
