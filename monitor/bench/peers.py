"""The same job beside what a user would pick instead: a plain deque, pandas, Bytewax.

Each runs in a process of its own, on the same core, on the same file, in turns; each has to
find the same alerts. What counts are seconds of the processor. The peers are installed into
a virtual environment of their own in the user's cache, never into ours.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from monitor.bench import peer_jobs
from monitor.bench.generator import COMMENTS, START

PER_SECOND = 10_000
ROOMS = 200
WANTED = ("pandas", "bytewax==0.21.1")
LONGEST_S = 1_800.0


class Ran(Struct, kw_only=True):
    """What one of them came to; `ratio` is how many times as fast we are."""

    name: str
    events_per_s: int
    ratio: float
    comments: int
    gmv: int
    same_alerts: bool


def write(path: pathlib.Path, events: int, seed: int = 7) -> None:
    """A market of 200 rooms, some busy and most not, in the order of time."""
    dice = random.Random(seed)
    rooms = [f"dy-{8801 + number}" for number in range(ROOMS)]
    weights = [1.0 / rank for rank in range(1, ROOMS + 1)]
    which = dice.choices(range(ROOMS), weights, k=events)
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        for number, room in enumerate(which):
            file.write(encode(_fact(dice, number, rooms[room])) + b"\n")


def _fact(dice: random.Random, number: int, room: str) -> dict[str, object]:
    at = round(START + number / PER_SECOND, 4)
    fact: dict[str, object] = {"type": "like", "room": room, "id": f"f{number}", "at": at}
    fact["user"] = f"{room}-{int(2_000 * dice.random() ** 2)}"
    roll = dice.random()
    if roll < 0.70:
        fact |= {"type": "comment", "text": dice.choice(COMMENTS)}
    elif roll < 0.74:
        price = dice.choice((990, 1_990, 4_990))
        fact |= {"type": "order_paid", "order": f"o{number}", "sku": "s1", "amount_minor": price}
    elif roll < 0.82:
        fact |= {"type": "viewers", "online": 1_000 + dice.randrange(100)}
    return fact


def environment() -> pathlib.Path:
    """The Python that has the peers; made at the first call, which downloads them."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    folder = cache / "roomwatch" / f"peers-{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        print(f"installing {', '.join(WANTED)} into {folder}", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *WANTED]
        subprocess.run(install, check=True, timeout=LONGEST_S)  # noqa: S603  our own words
        done.touch()
    return python


def run(name: str, python: pathlib.Path, path: pathlib.Path) -> dict[str, float]:
    """One pass of one of them, on the core that is measured on."""
    command = [str(python), "-P", peer_jobs.__file__, name, str(path)]
    if name == "roomwatch":
        command = [sys.executable, "-m", "monitor.bench.peer_jobs", name, str(path)]
    told = subprocess.run(  # noqa: S603  our own words
        command, check=True, capture_output=True, timeout=LONGEST_S, preexec_fn=_one_core
    )
    passed: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return passed


def _one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def measure(events: int, runs: int, names: Sequence[str] = tuple(peer_jobs.JOBS)) -> list[Ran]:
    """The medians of some passes in turns, ours first."""
    away = {"pandas", "bytewax"}.intersection(names)
    python = environment() if away else pathlib.Path(sys.executable)
    passes: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "facts.jsonl")
        write(path, events)
        for _ in range(runs):
            for name in names:
                passes[name].append(run(name, python, path))
    alerts = {name: (each[0]["comments"], each[0]["gmv"]) for name, each in passes.items()}
    seconds = {
        name: statistics.median(one["seconds"] for one in each) for name, each in passes.items()
    }
    ours = names[0]
    return [
        Ran(
            name=name,
            events_per_s=round(events / seconds[name]),
            ratio=round(seconds[name] / seconds[ours], 2),
            comments=int(alerts[name][0]),
            gmv=int(alerts[name][1]),
            same_alerts=alerts[name] == alerts[ours],
        )
        for name in names
    ]


def table(ran: Sequence[Ran]) -> str:
    """For the README."""
    lines = ["| | events a processor second | we are | alerts |", "|---|---|---|---|"]
    for one in ran:
        same = "the same" if one.same_alerts else f"{one.comments:,} and {one.gmv:,}"
        alerts = f"{one.comments:,} and {one.gmv:,}" if one is ran[0] else same
        ratio = "" if one is ran[0] else f"{one.ratio:.1f} × as fast"
        lines.append(f"| {one.name} | {one.events_per_s:,} | {ratio} | {alerts} |")
    return "\n".join(lines)
