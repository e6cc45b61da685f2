"""`roomwatch explain`: in words, and of a recording."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from monitor.cli import explaining, main
from monitor.errors import MonitorError
from monitor.shard.explaining import Explanation, Term

START = 1_795_370_000.0
RULE = "rules: [{id: loud, kind: threshold, when: comments_1m >= 3 and online > 10, for: 5s}]"


@pytest.fixture
def recorded(tmp_path: Path) -> list[str]:
    """A comment every ten seconds, and how many watch from the first minute on."""
    facts = [
        {"type": "comment", "room": "r", "id": f"c{n}", "at": START + 10 * n, "user": f"u{n}",
         "text": "好看"}
        for n in range(20)
    ]  # fmt: skip
    facts.insert(7, {"type": "viewers", "room": "r", "at": START + 61, "online": 50})
    (tmp_path / "rules.yaml").write_text(RULE, encoding="utf-8")
    lines = "".join(f"{json.dumps(fact)}\n" for fact in facts)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    return [
        "explain", "loud", "--room", "r", "--rules", str(tmp_path / "rules.yaml"),
        "--recording", str(tmp_path / "a.jsonl"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("15s", "loud (threshold) r: quiet, false"),
        ("62s", "loud (threshold) r: pending, true"),
        ("2m", "loud (threshold) r: firing, true"),
        ("2026-11-22T17:54:22+00:00", "loud (threshold) r: pending, true"),
    ],
)
def test_a_recording_is_explained_as_it_was_then(recorded, capsys, at, told):
    assert 0 == main([*recorded, "--at", at])
    assert told == capsys.readouterr().out.splitlines()[0]


def test_what_is_missing_stands_below_the_terms(recorded, capsys):
    main([*recorded, "--at", "15s"])

    assert [
        "  false    when      comments_1m >= 3                          comments_1m 2",
        "  unknown  when      online > 10                               online ?",
        "  missing: comments_1m >= 3 (comments_1m is 2)",
        "  missing: online > 10 (online is unknown)",
    ] == capsys.readouterr().out.splitlines()[1:]


def test_without_an_instant_it_is_the_end(recorded, capsys):
    assert 0 == main([*recorded, "--json"])
    assert "firing" == json.loads(capsys.readouterr().out)["state"]


def test_what_nobody_can_tell_is_a_mistake(recorded, capsys):
    assert 2 == main([each.replace("loud", "lowd") for each in recorded])
    assert "unknown rule `lowd` — did you mean `loud`?" in capsys.readouterr().err


def test_an_instant_that_is_none_is_a_mistake():
    with pytest.raises(MonitorError, match="is no instant — write `12m`"):
        explaining.instant("soon", START)
    arguments = argparse.Namespace(recording="nowhere.jsonl", rules=Path("rules"), format="native")
    with pytest.raises(MonitorError, match="nowhere"):
        explaining.recorded(arguments)


def test_figures_of_the_kind_stand_on_a_line_of_their_own():
    told = Explanation(
        rule="a", kind="baseline", where="r", state="firing", unknown=True, since=START,
        answer="unknown", values={"z": -5.0, "base": None},
        terms=[Term(field="when", text="z < -4", answer="unknown", values={"z": -5.0})],
    )  # fmt: skip

    assert [
        "a (baseline) r: firing, unknown, unknown for now",
        "  unknown  when      z < -4                                    z -5",
        "  figures: base ?",
    ] == explaining.words(told).splitlines()
