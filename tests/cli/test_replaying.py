"""`roomwatch replay`: recordings, by one rule set or by two compared."""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from monitor.cli import main
from tests.daemon.ground import BUSY, Ground

Said = pytest.CaptureFixture[str]


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return Ground(tmp_path)


def recording(folder: Path, gz: bool = False) -> Path:
    lines = "".join(
        json.dumps({"type": "comment", "room": "r", "id": str(n), "at": 1795370000 + n * 0.1,
                    "user": f"u{n}", "text": "好"}) + "\n"
        for n in range(5)
    )  # fmt: skip
    path = folder / ("r.jsonl.gz" if gz else "r.jsonl")
    path.write_bytes(gzip.compress(lines.encode()) if gz else lines.encode())
    return path


@pytest.mark.parametrize("gz", [False, True])
def test_a_replay_tells_each_change_as_a_line(ground: Ground, gz: bool, capsysbinary) -> None:
    """The same bytes each time."""
    words = ["replay", str(recording(ground.folder, gz)), "--json", "--rules",
             str(ground.folder / "rules")]  # fmt: skip
    first = (main(words), capsysbinary.readouterr().out)
    second = (main(words), capsysbinary.readouterr().out)
    lines = [json.loads(line) for line in first[1].splitlines()]

    assert first == second
    assert 0 == first[0]
    assert [("r", "busy", "fired")] == [
        (line["room"], line["rule"], line["change"])
        for line in lines
        if line["change"] != "pending"
    ]
    assert [{"at", "room", "rule", "change", "values"}] * len(lines) == [set(x) for x in lines]


def test_a_replay_for_people_sums_up(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    """From standard input, too."""
    data = recording(ground.folder).read_bytes() + b"nonsense\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    assert 0 == main(["replay", "-", "--rules", str(ground.folder / "rules")])
    said = capsys.readouterr().out
    assert "r is busy" in said
    assert re.search(r" 5  comment\n", said)
    assert re.search(r" 5  different people commented\n", said)
    assert re.search(r" 1  refused: ", said)


@pytest.mark.parametrize("kind", ["missing", "a folder", "not gzip", "cut off"])
def test_a_recording_that_can_not_be_read_is_told(ground: Ground, kind: str, capsys: Said) -> None:
    """With its name and without a traceback."""
    path = ground.folder / "r.jsonl.gz"
    if kind == "a folder":
        path.mkdir()
    elif kind == "not gzip":
        path.write_bytes(b"{}\n")
    elif kind == "cut off":
        path.write_bytes(recording(ground.folder, gz=True).read_bytes()[:-20])

    assert 2 == main(["replay", str(path), "--rules", str(ground.folder / "rules")])
    said = capsys.readouterr().err
    assert said.strip().startswith(f"{path}: ")
    assert ("ends in the middle" in said) == (kind == "cut off")


@pytest.mark.parametrize("against", [False, True])
def test_a_recording_of_another_format_is_told(
    ground: Ground, capsys: Said, *, against: bool
) -> None:
    """Nothing in it was understood: that is no replay without alerts."""
    rules = str(ground.folder / "rules")
    more = ["--against", rules] if against else []
    path = recording(ground.folder)

    assert 2 == main(["replay", str(path), "--format", "oba", "--rules", rules, *more])
    said = capsys.readouterr()
    assert f"{path}: no line of it could be read (5 × " in said.err
    assert "" == said.out.strip()


@pytest.fixture
def words(ground: Ground) -> list[str]:
    """Compare rooms busy with four comments with those busy with three."""
    new = ground.folder / "new"
    new.mkdir()
    (new / "busy.yaml").write_text(BUSY.replace(">= 3", ">= 4"), encoding="utf-8")
    folder = str(ground.folder / "rules")
    return ["replay", str(recording(ground.folder)), "--rules", str(new), "--against", folder]


def test_two_rule_sets_are_compared_on_a_recording(words: list[str], capsys: Said) -> None:
    """The third comment is there at 0.2 s, the fourth at 0.3 s: a tick later."""

    assert 0 == main(words)
    said = capsys.readouterr().out.splitlines()
    assert "moves     +500ms  busy r: fires 250ms later" == said[0]
    assert f"{words[3]} against {words[5]}: 0 appears, 0 vanishes, 1 moves, 0 stays" == said[1]
    assert re.search(r" 5  comment$", "\n".join(said), re.MULTILINE)


def test_a_comparison_is_lines_of_json_too(words: list[str], capsysbinary) -> None:

    assert 0 == main([*words, "--json"])
    (line,) = capsysbinary.readouterr().out.splitlines()
    found = json.loads(line)
    assert ("moves", "busy", "r", None, 0.25) == (
        found["what"], found["rule"], found["room"], found["sku"], found["fired_later_s"],
    )  # fmt: skip
    assert 1795370000.5 == found["fired_at"]


def test_a_comparison_may_be_drawn(words: list[str], ground: Ground, capsys: Said) -> None:
    picture = ground.folder / "out.svg"

    assert 0 == main([*words, "--picture", str(picture)])
    assert "{http://www.w3.org/2000/svg}svg" == ElementTree.parse(picture).getroot().tag
    assert 2 == main([*words, "--picture", str(ground.folder / "nowhere" / "out.svg")])
    assert "out.svg: No such file or directory — write where" in capsys.readouterr().err


def test_a_picture_needs_something_to_compare(words: list[str], capsys: Said) -> None:

    assert 2 == main([*words[:4], "--picture", "out.svg"])
    assert "`--picture` shows two rule sets — write `--against OTHER_RULES`, too\n" == (
        capsys.readouterr().err
    )
