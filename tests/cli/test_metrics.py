"""The catalogue as people read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.metrics import page
from monitor.signals.metrics import CATALOGUE

ROOT = Path(__file__).parents[2]


def test_each_figure_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["metrics"])
    lines = capsys.readouterr().out.splitlines()

    assert [*CATALOGUE] == [line.split()[0] for line in lines]
    assert all(" = " in line for line in lines)


def test_the_page_is_made_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    """`roomwatch metrics --markdown > .github/METRICS.md` after a figure has changed."""
    main(["metrics", "--markdown"])

    assert (ROOT / ".github" / "METRICS.md").read_text(encoding="utf-8") == page()
    assert page() == capsys.readouterr().out
    assert ".github/METRICS.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_figure_is_on_the_page_once() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    told = []
    for row in rows:
        name, _, windows = [cell.strip(" `") for cell in re.split(r"(?<!\\)\|", row)[1:4]]
        told += [name.replace("*", window) for window in windows.split(", ")]

    assert sorted(CATALOGUE) == sorted(told)
    assert {8} == {len(re.findall(r"(?<!\\)\|", row)) for row in rows}


def test_a_rate_says_what_it_is_of() -> None:
    row = next(line for line in page().splitlines() if line.startswith("| `follow_rate_*`"))

    assert "`online`, `viewers_total`" in row
