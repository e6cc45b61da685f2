"""Which recordings there are, and what they are written in."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from monitor.console.replays import recordings
from monitor.formats.recorded import line_of
from tests.console.replays.made import evening, write

COMMENT = b'{"type":"comment","room":"a","at":1795370000,"user":"u","text":"x"}\n'
SAID = b'{"room":7,"recv":1795370000,"cmd":"DANMU_MSG","data":{"text":"x","uname":"u"}}\n'


def test_recordings_are_told_newest_first_and_nothing_else_is_one(tmp_path: Path):
    """
    Files of lines, also in folders below; a link that leads out is none of ours.
    """
    secret = tmp_path / "secret.jsonl"
    secret.write_text("{}")
    folder = tmp_path / "recordings"
    old = write(folder, "old.jsonl", evening())
    write(folder, "a/new.jsonl.gz", evening())
    (folder / "notes.txt").write_text("no recording")
    (folder / "out.jsonl").symlink_to(secret)
    old.touch()
    for number, name in enumerate(("old.jsonl", "a/new.jsonl.gz")):
        path = folder / name
        os.utime(path, (1_000 + number, 1_000 + number))

    assert ["a/new.jsonl.gz", "old.jsonl"] == [
        each.name for each in recordings.every([folder, tmp_path / "nowhere"])
    ]
    assert old == recordings.find([folder], "old.jsonl")
    for name in ("../secret.jsonl", "out.jsonl", "notes.txt", "/etc/passwd", ""):
        assert recordings.find([folder], name) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("native", COMMENT),
        ("bilibili", SAID),
        ("recorded", b"".join(map(line_of, evening()))),
        (None, b"just words\nand more\n"),
        (None, b""),
    ],
)
def test_the_format_is_found_by_reading_the_beginning(
    tmp_path: Path, name: str | None, data: bytes
):
    """
    Where none understands a line, there is none.
    """
    path = tmp_path / "7.jsonl"
    path.write_bytes(data)

    assert name == recordings.format_of(path)


def test_a_recording_that_is_cut_off_ends_there(tmp_path: Path):
    """
    As one does that was being written when the machine stopped.
    """
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(COMMENT) + gzip.compress(COMMENT * 100)[:-20])

    assert COMMENT == next(iter(recordings.lines(path)))
    assert 101 > len(list(recordings.lines(path)))
