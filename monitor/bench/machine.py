"""The benches of the machine around the core: memory, transports, peers, growth."""

from __future__ import annotations

import argparse
import logging
from typing import TypeAlias

import msgspec
import structlog

from monitor.bench import memory, peers, scaling, sources, workers
from monitor.bench.telling import tell

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(benches: Commands) -> None:
    """Add the sub-commands; each sets `run`, which takes the arguments."""
    one = benches.add_parser("memory", help="what rooms take of memory, and give back")
    one.add_argument("--rooms", type=int, default=10_000)
    one.add_argument("--waves", type=int, default=10)
    one.add_argument("--json", action="store_true", help="one JSON object")
    one.set_defaults(run=_memory)
    two = benches.add_parser("sources", help="facts a second through real transports")
    two.add_argument("--events", type=int, default=500_000)
    two.add_argument("--runs", type=int, default=3)
    two.add_argument("--json", action="store_true", help="one JSON object")
    two.set_defaults(run=_sources)
    three = benches.add_parser("peers", help="the same job by a deque, pandas and Bytewax")
    three.add_argument("--events", type=int, default=1_000_000)
    three.add_argument("--runs", type=int, default=3)
    three.add_argument("--json", action="store_true", help="one JSON object")
    three.set_defaults(run=_peers)
    four = benches.add_parser("scaling", help="events × 10, rooms × 10, and one room in all")
    four.add_argument("--events", type=int, default=200_000)
    four.add_argument("--rooms", type=int, default=200)
    four.add_argument("--runs", type=int, default=3)
    four.add_argument("--json", action="store_true", help="one JSON object")
    four.set_defaults(run=_scaling)
    five = benches.add_parser("workers", help="what two workers take in, against one process")
    five.add_argument("--events", type=int, default=2_000_000)
    five.add_argument("--rooms", type=int, default=200)
    five.add_argument("--runs", type=int, default=5)
    five.add_argument("--json", action="store_true", help="one JSON object")
    five.set_defaults(run=_workers)


def _memory(arguments: argparse.Namespace) -> int:
    held = memory.measure(arguments.rooms, arguments.waves)
    tell(msgspec.to_builtins(held), as_json=arguments.json)
    return 0


def _sources(arguments: argparse.Namespace) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    passed = []
    for kind, batch in sources.CASES:
        events = arguments.events if batch > 1 else arguments.events // sources.SINGLE
        passed.append(sources.measure(kind, batch, events, arguments.runs))
        if not arguments.json:
            tell(msgspec.to_builtins(passed[-1]), as_json=False)
            print()
    if arguments.json:
        tell({"sources": msgspec.to_builtins(passed)}, as_json=True)
    return 0


def _peers(arguments: argparse.Namespace) -> int:
    ran = peers.measure(arguments.events, arguments.runs)
    if arguments.json:
        tell({"peers": msgspec.to_builtins(ran)}, as_json=True)
    else:
        print(peers.table(ran))
    return 0 if all(one.same_alerts for one in ran) else 1


def _workers(arguments: argparse.Namespace) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    shared = []
    for mood in (True, False):
        one = workers.measure(arguments.events, arguments.rooms, arguments.runs, mood=mood)
        shared.append(one)
        if not arguments.json:
            tell(msgspec.to_builtins(one), as_json=False)
            print()
    if arguments.json:
        tell({"workers": msgspec.to_builtins(shared)}, as_json=True)
    return 0


def _scaling(arguments: argparse.Namespace) -> int:
    grown = scaling.measure(arguments.events, arguments.rooms, arguments.runs)
    tell(msgspec.to_builtins(grown), as_json=arguments.json)
    return 0
