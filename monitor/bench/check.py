"""The engine held to the oracle: the same small market through both, and the same checksum."""

from __future__ import annotations

import pathlib
from typing import Any

import msgspec
from msgspec import Struct
from ruamel.yaml import YAML

from monitor.bench.checksum import FIGURES, SHELF, checksum, lines
from monitor.bench.engine import SAMPLE_S, Pass
from monitor.bench.generator import START, Market, blobs
from monitor.bench.oracle import Oracle
from monitor.rules import compile as rules
from monitor.shard import TICK_S

RULES = pathlib.Path(__file__).with_name("check.yaml")
SMALL = Market(
    events=20_000, rooms=12, per_second=100.0, viewers=150, products=6, batch=20
)  # 200 s


class Verdict(Struct, kw_only=True):
    """Both checksums, and the first lines in which the two differ."""

    engine: str
    oracle: str
    samples: int
    alerts: int
    rules_that_fired: int
    differences: list[str]


def check(market: Market = SMALL) -> Verdict:
    """Play a market through both."""
    opening, stream = blobs(market)
    outcome = Pass(opening, market.wire, rules.load(RULES), None).play(stream)
    native = blobs(msgspec.structs.replace(market, wire="native"))
    samples, moved = _ask_the_oracle(*native)
    ours = lines(outcome.samples(), outcome.moved())
    theirs = lines(samples, moved)
    apart = sorted(
        [f"{line} (engine)" for line in set(ours) - set(theirs)]
        + [f"{line} (oracle)" for line in set(theirs) - set(ours)]
    )
    return Verdict(
        engine=checksum(outcome.samples(), outcome.moved()),
        oracle=checksum(samples, moved),
        samples=len(samples),
        alerts=sum(what == "fired" for _, _, what in moved),
        rules_that_fired=len({key.split("|")[0] for _, key, what in moved if what == "fired"}),
        differences=apart[:20],
    )


def _ask_the_oracle(opening: list[Any], stream: list[Any]) -> tuple[list[Any], list[Any]]:
    oracle = Oracle(YAML(typ="safe").load(RULES.read_text("utf-8"))["rules"])
    for blob in opening:
        oracle.receive(blob.data, START)
    moved = oracle.tick(START, 0.0)
    samples = []
    coming = START + TICK_S
    for blob in stream:
        while coming <= blob.now:
            moved += oracle.tick(coming, TICK_S)
            if coming % SAMPLE_S == 0:
                samples += oracle.samples(coming, FIGURES, SHELF)
            coming += TICK_S
        oracle.receive(blob.data, blob.now)
    moved += oracle.tick(coming, TICK_S)
    samples += oracle.samples(coming, FIGURES, SHELF)
    return samples, moved
