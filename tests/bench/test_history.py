"""What the bench came to before."""

from __future__ import annotations

import pathlib
import subprocess

import msgspec
import pytest

from monitor.bench import history
from monitor.errors import InputError

TOLD = {
    "wire": "native", "mood": False, "events": 1000, "rooms": 200, "runs": 5,
    "events_per_s": 1_100_000, "decode_only_events_per_s": 2_000_000,
    "share_of_decode_only": 0.55, "python": "3.11.7", "core": "not kept",
}  # fmt: skip


def line(**changes) -> history.Entry:
    known = {name: TOLD[name] for name in history.Entry.__struct_fields__ if name in TOLD}
    return history.Entry(**{"commit": "abc", "at": "2026-11-26", **known, **changes})


def test_a_run_is_kept_with_the_commit_it_belongs_to(tmp_path, monkeypatch):
    for command in (["init", "-q"], ["add", "a"], ["commit", "-qm", "x"]):
        (tmp_path / "a").write_text("1")
        named = ["-c", "user.name=x", "-c", "user.email=x@example"]
        subprocess.run(["git", *named, *command], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)

    history.record(tmp_path / "h", history.entry(TOLD))
    (tmp_path / "a").write_text("2")
    history.record(tmp_path / "h", history.entry(TOLD))
    first, second = history.read(tmp_path / "h")

    assert (40, 1_100_000, False) == (len(first.commit), first.events_per_s, first.dirty)
    assert second.dirty


def test_the_newest_run_of_the_same_kind_is_compared_with():
    lines = [
        line(share_of_decode_only=0.1),
        line(share_of_decode_only=0.5, events_per_s=1_000_000),
        line(wire="cloudevents", share_of_decode_only=0.9),
        line(mood=True),
        line(rooms=10_000),
    ]
    found = history.compare(lines, TOLD)

    assert (0.1, 0.1) == (found["share_change"], found["events_per_s_change"])
    assert "abc" == found["before"]


def test_without_a_history_it_is_said_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "broken").write_text("{}")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match="engine --record"):
        history.read(tmp_path / "none")
    with pytest.raises(InputError, match="broken"):
        history.read(tmp_path / "broken")
    with pytest.raises(InputError, match="no such folder"):
        history.record(tmp_path / "no" / "h", line())
    with pytest.raises(InputError, match="a checkout"):
        history.entry(TOLD)
    with pytest.raises(InputError, match="no run"):
        history.compare([line(mood=True)], TOLD)


def test_the_committed_history_can_be_read():
    path = pathlib.Path(__file__).with_name("history.jsonl")
    lines = history.read(path)

    assert lines
    assert path.read_bytes() == b"".join(msgspec.json.encode(each) + b"\n" for each in lines)
