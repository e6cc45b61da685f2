"""`roomwatch bench`: the measurements as commands."""

from __future__ import annotations

import argparse
import cProfile
import pathlib
import platform
import pstats
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from monitor.bench import (
    check,
    console,
    engine,
    history,
    incidents,
    machine,
    reload,
    sellout,
    tick,
)
from monitor.bench import mood as reading
from monitor.bench.checksum import checksum
from monitor.bench.generator import Market, blobs
from monitor.bench.telling import tell
from monitor.mood.mood import Mood
from monitor.rules import compile as rules


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `bench` with its sub-commands; each sets `run`, which takes the arguments."""
    parser = commands.add_parser("bench", help="measure how fast this machine watches")
    _add_to(parser)


def _add_to(parser: argparse.ArgumentParser) -> None:
    benches = parser.add_subparsers(dest="bench", required=True)
    one = benches.add_parser("engine", help="facts a second on one core, from bytes to alerts")
    one.add_argument("--events", type=int, default=1_000_000)
    one.add_argument("--wire", choices=("native", "cloudevents"), default="native")
    one.add_argument("--runs", type=int, default=5)
    one.add_argument("--rooms", type=int, default=200)
    one.add_argument("--skew", type=float, default=0.0, help="the share of one room of all facts")
    one.add_argument("--mood", action="store_true", help="read the comments' mood, too")
    one.add_argument("--record", action="store_true", help=f"add a line to {history.FILE}")
    one.add_argument("--json", action="store_true", help="one JSON object")
    one.add_argument("--profile", action="store_true", help="the ten functions that take longest")
    one.add_argument("--check", action="store_true", help="hold it to the oracle, and stop")
    one.set_defaults(run=_engine)
    two = benches.add_parser("rules", help="milliseconds a tick with many rooms, and a reload")
    two.add_argument("--rooms", type=int, default=10_000)
    two.add_argument("--ticks", type=int, default=200)
    two.add_argument("--json", action="store_true", help="one JSON object")
    two.set_defaults(run=_rules)
    three = benches.add_parser("console", help="what screens cost: server, stuck one, browser")
    three.add_argument("--rooms", type=int, default=60)
    three.add_argument("--screens", type=int, default=200)
    three.add_argument("--seconds", type=float, default=20.0, help="that the screens listen")
    three.add_argument("--browser", type=float, default=60.0, metavar="SECONDS",
                       help="that the browser shows the wall; 600 for the ten minutes")  # fmt: skip
    three.add_argument("--json", action="store_true", help="one JSON object")
    three.set_defaults(run=_console)
    four = benches.add_parser("mood", help="comments read a second")
    four.add_argument("--comments", type=int, default=reading.COMMENTS)
    four.add_argument("--seed", type=int, default=7)
    four.set_defaults(run=lambda given: 0 if reading.report(given.comments, given.seed) else 1)
    five = benches.add_parser("incidents", help="false alarms and delays in simulated rooms")
    five.add_argument("--seed", type=int, default=7)
    five.set_defaults(run=lambda given: 0 if incidents.report(given.seed) else 1)
    six = benches.add_parser("sellout", help="forecasts of sold out, against an order day")
    six.add_argument("file", type=pathlib.Path, metavar="FILE.csv", help="InvoiceNo, StockCode, …")
    six.add_argument("--hours", type=float, default=3.0, help="that the day is re-timed to")
    six.add_argument("--lines", type=int, default=8, help="fewest order lines of a product")
    six.add_argument("--json", action="store_true", help="one JSON object")
    six.set_defaults(run=_sellout)
    machine.register(benches)
    seven = benches.add_parser("compare", help="the engine now, against what it was")
    seven.add_argument("--events", type=int, default=1_000_000)
    seven.add_argument("--runs", type=int, default=5)
    seven.add_argument("--history", type=pathlib.Path, default=history.FILE)
    seven.add_argument("--json", action="store_true", help="one JSON object")
    seven.set_defaults(run=_compare)


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m monitor.bench.run engine`: the same without the rest of the command line."""
    parser = argparse.ArgumentParser(prog="roomwatch bench")
    _add_to(parser)
    chosen = parser.parse_args(arguments)
    return int(chosen.run(chosen))


def _engine(arguments: argparse.Namespace) -> int:
    if arguments.check:
        return _check(arguments)
    market = Market(
        events=arguments.events, wire=arguments.wire, rooms=arguments.rooms, skew=arguments.skew
    )
    if arguments.profile:
        return _profile(market, Mood() if arguments.mood else None)
    told = _measure(market, arguments.runs, mood=arguments.mood)
    tell(told, as_json=arguments.json)
    if arguments.record:
        history.record(history.FILE, history.entry(told))
    return 0


def _measure(market: Market, runs: int, *, mood: bool) -> dict[str, Any]:
    """The medians of some passes, and, where mood is off, what they are with it."""
    opening, stream = blobs(market)
    with engine.one_core() as pinned:
        outcomes, alone = engine.passes(
            opening, stream, market.wire, runs, Mood() if mood else None
        )
        beside = None
        if not mood:
            read, _ = engine.passes(opening, stream, market.wire, min(runs, 3), Mood())
            beside = engine.rate(market.events, [each.seconds for each in read])
    sums = {checksum(outcome.samples(), outcome.moved()) for outcome in outcomes}
    assert len(sums) == 1, f"the same facts gave different figures: {sums}"
    seconds = [outcome.seconds for outcome in outcomes]
    ours, theirs = engine.rate(market.events, seconds), engine.rate(market.events, alone)
    ruleset = rules.load(engine.RULES).rules
    fired = [change for change in outcomes[0].changes if change.change == "fired"]
    return {
        "events_per_s": round(ours),
        "decode_only_events_per_s": round(theirs),
        "share_of_decode_only": round(ours / theirs, 3),
        "with_mood_events_per_s": round(beside) if beside is not None else None,
        "wire": market.wire,
        "events": market.events,
        "rooms": market.rooms,
        "skew": market.skew,
        "rules": len(ruleset),
        "rules_that_fired": len({change.rule for change in fired}),
        "alerts": len(fired),
        "checksum": sums.pop(),
        "mood": mood,
        "runs": runs,
        "fastest_events_per_s": round(market.events / min(seconds)),
        "slowest_events_per_s": round(market.events / max(seconds)),
        "bytes_per_event": round(sum(len(blob.data) for blob in stream) / market.events),
        "batch": market.batch,
        "event_time_per_s": market.per_second,
        "core": pinned,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "msgspec": msgspec.__version__,
        "ran": "bytes → Decoder → Shard.receive → 50 rules every 250 ms of event time → changes;"
        " median of the runs, blobs made before, each run beside one of decode-only",
    }


def _compare(arguments: argparse.Namespace) -> int:
    lines = history.read(arguments.history)
    told = _measure(Market(events=arguments.events), arguments.runs, mood=False)
    tell(history.compare(lines, told), as_json=arguments.json)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    market = msgspec.structs.replace(check.SMALL, wire=arguments.wire)
    verdict = check.check(market)
    tell(msgspec.to_builtins(verdict), as_json=arguments.json)
    return 0 if verdict.engine == verdict.oracle else 1


def _profile(market: Market, mood: Mood | None) -> int:
    opening, stream = blobs(market)
    ready = engine.Pass(opening, market.wire, rules.load(engine.RULES), mood)
    profile = cProfile.Profile()
    with engine.one_core():
        profile.runcall(ready.play, stream)
    pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(10)
    return 0


def _rules(arguments: argparse.Namespace) -> int:
    ticked = msgspec.to_builtins(tick.measure(arguments.rooms, arguments.ticks))
    reloaded = msgspec.to_builtins(reload.measure(arguments.rooms))
    tell({**ticked, **reloaded}, as_json=arguments.json)
    return 0


def _console(arguments: argparse.Namespace) -> int:
    figures = console.measure(
        arguments.rooms, arguments.screens, arguments.seconds, arguments.browser
    )
    goals = console.goals(figures)
    told = msgspec.to_builtins(figures)
    if arguments.json:
        tell(told | {"holds": all(goal.holds for goal in goals)}, as_json=True)
    else:
        tell(told, as_json=False)
        for goal in goals:
            value = "not measured" if goal.value is None else f"{goal.value:,.10g}"
            verdict = "holds" if goal.holds else "MISSED"
            print(f"{goal.what:28} {value:>12} of {goal.most:,.10g} {goal.unit:9} {verdict}")
    return 0 if all(goal.holds for goal in goals) else 1


def _sellout(arguments: argparse.Namespace) -> int:
    lines = sellout.read(arguments.file)
    day = sellout.replay(lines, hours=arguments.hours, fewest=arguments.lines)
    told = msgspec.to_builtins(day)
    if arguments.json:
        tell(told, as_json=True)
        return 0
    for name, value in told.items():
        figures = value.items() if isinstance(value, dict) else ()
        text = "  ".join(f"{figure} {number}" for figure, number in figures) or value
        print(f"{name:18} {text}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
