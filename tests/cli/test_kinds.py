"""The language of rules as people read it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from monitor.cli import main
from monitor.cli.kinds import FIELDS, own_fields, page, tag
from monitor.rules.compiled import KINDS
from monitor.rules.kinds.kind import Rule
from monitor.rules.kinds.unknown import Unknown

ROOT = Path(__file__).parents[2]
WRITTEN = [kind for kind in KINDS if kind is not Unknown]


def test_each_kind_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["kinds"])
    lines = capsys.readouterr().out.splitlines()

    assert sorted(map(tag, WRITTEN)) == [line.partition(":")[0] for line in lines]


def test_a_kind_is_told_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["kinds", "stale"])
    told = capsys.readouterr().out

    assert told.startswith("stale: a feed has gone silent")
    assert "  expected     (30.0)" in told.splitlines()


def test_a_kind_that_is_none_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["kinds", "stail"])
    assert "unknown kind `stail` — did you mean `stale`?" in capsys.readouterr().err


def test_the_page_is_made_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    """`roomwatch kinds --markdown > .github/RULES.md` after a kind has changed."""
    main(["kinds", "--markdown"])

    assert (ROOT / ".github" / "RULES.md").read_text(encoding="utf-8") == page()
    assert page() == capsys.readouterr().out
    assert ".github/RULES.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_field_of_every_kind_is_on_the_page() -> None:
    assert [field.encode_name for field in msgspec.structs.fields(Rule)] == list(FIELDS)
    for kind in WRITTEN:
        told = page().partition(f"### {tag(kind)}\n")[2].partition("\n### ")[0]

        assert all(f"`{name}`" in told.partition("Fields: ")[2] for name in own_fields(kind))
