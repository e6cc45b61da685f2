"""What the bench of the engine came to before: a line a commit, in a file that is committed.

A machine is as fast as the others on it let it be, so what is compared first is the share
of decode-only, which was measured in turns with it; events a second stand beside it.
"""

from __future__ import annotations

import datetime
import pathlib
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from monitor.clock import SystemClock
from monitor.errors import InputError

FILE = pathlib.Path("tests/bench/history.jsonl")  # from the repository's root


class Entry(Struct, frozen=True, kw_only=True):
    """The medians of one run, at a commit; `dirty` where something was not committed."""

    commit: str
    at: str
    wire: str
    mood: bool
    events: int
    rooms: int
    runs: int
    events_per_s: int
    decode_only_events_per_s: int
    share_of_decode_only: float
    python: str
    dirty: bool = False


def entry(told: Mapping[str, Any]) -> Entry:
    """What `bench engine` told, as a line of the history."""
    day = datetime.datetime.fromtimestamp(SystemClock().now(), datetime.UTC).date()
    known = {name: told[name] for name in Entry.__struct_fields__ if name in told}
    dirty = bool(_git("status", "--porcelain", "--untracked-files=no"))
    return Entry(commit=_git("rev-parse", "HEAD"), at=day.isoformat(), dirty=dirty, **known)


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  our own words
            [shutil.which("git") or "git", *arguments],
            check=True,
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        raise InputError(
            "the history names commits: run this in a checkout of the repository"
        ) from None
    return done.stdout.strip()


def record(path: pathlib.Path, line: Entry) -> None:
    """Add a line."""
    if not path.parent.is_dir():
        raise InputError(f"no such folder: {path.parent} — run this at the repository's root")
    with path.open("ab") as file:
        file.write(msgspec.json.encode(line) + b"\n")


def read(path: pathlib.Path) -> list[Entry]:
    """All lines, oldest first. Raises InputError where there is no history."""
    try:
        return msgspec.json.Decoder(Entry).decode_lines(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"{path}: no history — run this at the repository's root, or"
            " `roomwatch bench engine --record` first"
        ) from None
    except msgspec.MsgspecError as error:
        raise InputError(f"{path}: {error}") from None


def compare(lines: list[Entry], told: Mapping[str, Any]) -> dict[str, Any]:
    """The change against the newest line of the same wire form and mood; 0.05 is 5 % more."""
    same = [
        line for line in lines
        if (line.wire, line.mood, line.rooms) == (told["wire"], told["mood"], told["rooms"])
    ]  # fmt: skip
    if not same:
        raise InputError("the history has no run with this wire form, mood and number of rooms")
    last = same[-1]
    return {
        "share_of_decode_only": told["share_of_decode_only"],
        "share_before": last.share_of_decode_only,
        "share_change": round(told["share_of_decode_only"] / last.share_of_decode_only - 1.0, 4),
        "events_per_s": told["events_per_s"],
        "events_per_s_before": last.events_per_s,
        "events_per_s_change": round(told["events_per_s"] / last.events_per_s - 1.0, 4),
        "before": last.commit,
        "before_at": last.at,
    }
