"""The same job by different means: how often does a room have more than so much in a minute?

    python -P monitor/bench/peer_jobs.py NAME FILE

FILE holds facts in the order of time, a line each, a whole second's after the other's.
At the end of each second, of every room: comments and GMV of the last 60 s; where one is
above its limit, that is an alert. Each job prints `{"comments": n, "gmv": n, "seconds": s}`,
of the processor, so that others on the machine do not count: reading the file included, its
imports not. It runs alone in a Python that may have nothing but the peer installed, so each
job imports what it needs by itself.
"""

from __future__ import annotations

import collections
import importlib
import json
import pathlib
import sys
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

SPAN_S = 60
MOST_COMMENTS = 600
MOST_MINOR = 1_000_000

Alerts = tuple[int, int]


class Minute:
    """What one room had in the last minute, by second: a deque, and the sums of it."""

    def __init__(self) -> None:
        self.seconds: collections.deque[tuple[int, int, int]] = collections.deque()
        self.comments = self.minor = 0

    def add(self, second: int, comments: int, minor: int) -> None:
        self.comments += comments
        self.minor += minor
        if self.seconds and self.seconds[-1][0] == second:
            _, more, money = self.seconds.pop()
            comments, minor = comments + more, minor + money
        self.seconds.append((second, comments, minor))

    def over(self, second: int) -> Alerts:
        """Whether the minute that ends with a second is above the limits."""
        seconds = self.seconds
        while seconds and seconds[0][0] <= second - SPAN_S:
            _, comments, minor = seconds.popleft()
            self.comments -= comments
            self.minor -= minor
        return int(self.comments > MOST_COMMENTS), int(self.minor > MOST_MINOR)


def plain(path: pathlib.Path) -> Alerts:
    """json and a deque for each room: what one writes first."""
    rooms: dict[str, Minute] = collections.defaultdict(Minute)
    comments = minor = 0
    present: int | None = None

    def close(second: int) -> None:
        nonlocal comments, minor
        for room in rooms.values():
            many, much = room.over(second)
            comments += many
            minor += much

    with path.open("rb") as file:
        for line in file:
            fact = json.loads(line)
            second = int(fact["at"])
            if second != present:
                if present is not None:
                    close(present)
                present = second
            if fact["type"] == "comment":
                rooms[fact["room"]].add(second, 1, 0)
            elif fact["type"] == "order_paid":
                rooms[fact["room"]].add(second, 0, fact["amount_minor"])
    if present is not None:
        close(present)
    return comments, minor


def pandas(path: pathlib.Path) -> Alerts:
    """All of the file as one frame: sums by second and room, then rolling ones."""
    frames = importlib.import_module("pandas")
    facts = frames.read_json(path, lines=True, dtype=False)
    second = facts["at"].astype("int64")
    every = range(int(second.min()), int(second.max()) + 1)

    def over(chosen: Any, values: Any, most: int) -> int:
        sums = values[chosen].groupby([second[chosen], facts["room"][chosen]]).sum()
        table = sums.unstack(fill_value=0).reindex(every, fill_value=0)
        return int((table.rolling(SPAN_S, min_periods=1).sum() > most).to_numpy().sum())

    comment = facts["type"] == "comment"
    paid = facts["type"] == "order_paid"
    comments = over(comment, comment.astype("int64"), MOST_COMMENTS)
    return comments, over(paid, facts["amount_minor"].fillna(0), MOST_MINOR)


def bytewax(path: pathlib.Path) -> Alerts:
    """A stateful operator keyed by room: several times as fast as its own sliding windows."""
    operators = importlib.import_module("bytewax.operators")
    dataflow = importlib.import_module("bytewax.dataflow")
    files = importlib.import_module("bytewax.connectors.files")
    testing = importlib.import_module("bytewax.testing")

    class Rolling:
        """The minute of a room, and the alerts of the seconds that are over."""

        def __init__(self) -> None:
            self.minute = Minute()
            self.second = 0
            self.alerts = [0, 0]

        def __call__(self, second: int) -> None:
            """Close every second before this one."""
            for each in range(self.second, second) if self.second else ():
                many, much = self.minute.over(each)
                self.alerts[0] += many
                self.alerts[1] += much
            self.second = second

    def parse(line: str) -> tuple[str, tuple[int, int, int]]:
        fact = json.loads(line)
        kind = fact["type"]
        minor = fact["amount_minor"] if kind == "order_paid" else 0
        return fact["room"], (int(fact["at"]), int(kind == "comment"), minor)

    def step(state: Any, value: tuple[int, int, int]) -> tuple[Any, list[Any]]:
        state = state or Rolling()
        second, comments, minor = value
        if second != state.second:
            state(second)
        if comments or minor:
            state.minute.add(second, comments, minor)
        return state, [state]

    with path.open("rb") as file:
        file.seek(-1000, 2)
        last = int(json.loads(file.read().splitlines()[-1])["at"])
    rooms: dict[str, Any] = {}

    def keep(item: tuple[str, Any]) -> list[Any]:
        rooms[item[0]] = item[1]
        return []

    flow = dataflow.Dataflow("peer")
    lines = operators.input("lines", flow, files.FileSource(path, batch_size=1000))
    keyed = operators.map("parse", lines, parse)
    states = operators.stateful_flat_map("minute", keyed, step)
    operators.output("kept", operators.flat_map("keep", states, keep), testing.TestingSink([]))
    testing.run_main(flow)
    for room in rooms.values():
        room(last + 1)
    return (
        sum(room.alerts[0] for room in rooms.values()),
        sum(room.alerts[1] for room in rooms.values()),
    )


def roomwatch(path: pathlib.Path) -> Alerts:
    """The daemon's own decoder and shard, with all that they do besides, asked once a second."""
    decoders = importlib.import_module("monitor.formats.decoder")
    frames = importlib.import_module("monitor.frames")
    shards = importlib.import_module("monitor.shard.shard")
    rules = importlib.import_module("monitor.rules.compile")
    tables = importlib.import_module("monitor.signals.tables")
    ruleset = rules.parse(
        "rules:\n"
        f"  - {{id: busy, kind: threshold, when: comments_1m > {MOST_COMMENTS}}}\n"
        f"  - {{id: sells, kind: threshold, when: gmv_1m > {MOST_MINOR}}}\n"
    )
    shard = shards.Shard(ruleset, settings=tables.Settings(mood=False))
    decoder = decoders.Decoder(source="bench", format="native")
    comments = minor = 0
    for data, second in _seconds(path):
        now = second + 0.999
        for part in data:
            frame = frames.Frame(data=part, received_at=now)
            shard.receive(decoder.receive([frame], now), now)
        shard.tick(now)
        comments += int((shard.column("room", "comments_1m", now) > MOST_COMMENTS).sum())
        minor += int((shard.column("room", "gmv_1m", now) > MOST_MINOR).sum())
    return comments, minor


def _seconds(path: pathlib.Path) -> Any:
    """The file's lines a thousand at a time, a list of such blobs for each second."""
    blobs: list[bytes] = []
    present = 0
    for block in _thousands(path):
        first = int(json.loads(block[: block.index(b"\n")])["at"])
        if first != present and blobs:
            yield blobs, present
            blobs = []
        present = first
        blobs.append(block)
    yield blobs, present


def _thousands(path: pathlib.Path) -> Any:
    with path.open("rb") as file:
        while lines := list(islice(file, 1000)):
            yield b"".join(lines)


JOBS: dict[str, Callable[[pathlib.Path], Alerts]] = {
    "roomwatch": roomwatch,
    "plain": plain,
    "pandas": pandas,
    "bytewax": bytewax,
}
IMPORTS = {
    "roomwatch": (
        "monitor.shard.shard",
        "monitor.formats.decoder",
        "monitor.rules.compile",
        "monitor.frames",
        "monitor.signals.tables",
    ),
    "plain": (),
    "pandas": ("pandas",),
    "bytewax": ("bytewax.operators", "bytewax.connectors.files", "bytewax.testing"),
}


def main(name: str, path: str) -> int:
    for module in IMPORTS[name]:
        importlib.import_module(module)
    begun = time.process_time()
    comments, minor = JOBS[name](pathlib.Path(path))
    seconds = time.process_time() - begun
    print(json.dumps({"comments": comments, "gmv": minor, "seconds": seconds}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
