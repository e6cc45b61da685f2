"""`roomwatch bench memory`: the benches of the machine around the core."""

from __future__ import annotations

import argparse
from typing import TypeAlias

import msgspec

from monitor.bench import memory
from monitor.bench.telling import tell

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(benches: Commands) -> None:
    """Add the sub-commands; each sets `run`, which takes the arguments."""
    one = benches.add_parser("memory", help="what rooms take of memory, and give back")
    one.add_argument("--rooms", type=int, default=10_000)
    one.add_argument("--waves", type=int, default=10)
    one.add_argument("--json", action="store_true", help="one JSON object")
    one.set_defaults(run=_memory)


def _memory(arguments: argparse.Namespace) -> int:
    held = memory.measure(arguments.rooms, arguments.waves)
    tell(msgspec.to_builtins(held), as_json=arguments.json)
    return 0
