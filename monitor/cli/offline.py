"""Verbs that need no daemon: check, test, replay, metrics, schema."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import zlib
from collections.abc import Iterator

from tqdm import tqdm

from monitor import config
from monitor.alerts.routes import Routes
from monitor.courts import court, mutation
from monitor.errors import InputError, MonitorError
from monitor.formats import schema as wire
from monitor.formats.decoder import Decoder
from monitor.mood.mood import Mood
from monitor.replay import Replay, Tally, frames, line, open_recording
from monitor.rules.compile import RuleSet, load
from monitor.shard import Shard
from monitor.signals.metrics import CATALOGUE


def check(arguments: argparse.Namespace) -> int:
    """The loader itself, so it can not disagree with `roomwatch run`."""
    if arguments.rules is None and arguments.config is None:
        arguments.config = pathlib.Path("config")
    rules = arguments.rules
    mistakes: list[str] = []
    channels: list[str] = []
    if arguments.config is not None:
        try:
            loaded = config.load(arguments.config)
        except InputError as error:  # the rules' mistakes, if we know where they are, come too
            mistakes += error.mistakes
        else:
            rules = rules or loaded.rules
            channels = [each.name for each in loaded.channels.channels]
    ruleset = RuleSet()
    try:
        ruleset = load(rules) if rules is not None else ruleset
    except InputError as error:
        mistakes += error.mistakes
    if mistakes:
        raise InputError(*mistakes)
    routes = Routes(channels=channels)
    for rule in ruleset.rules if arguments.config is not None else ():
        for name in routes.unknown(rule.rule.notify):
            print(f"{rule.id}: no channel `{name}`; routes tell instead", file=sys.stderr)
    print(f"all right: {len(ruleset.rules)} rules")
    return 0


def test(arguments: argparse.Namespace) -> int:
    report = court.run(arguments.rules, Mood(), cover=arguments.cover)
    for verdict in report.verdicts:
        if verdict.wrong:
            print(f"FAILED  {verdict.where}: {verdict.name}")
            for wrong in verdict.wrong:
                print(f"        {wrong}")
    if arguments.cover:
        for each in report.uncovered:
            print(f"UNSEEN  {each}")
        print(f"{report.terms - len(report.uncovered)} of {report.terms} terms seen true and false")
    print(f"{len(report.verdicts) - report.failed} passed, {report.failed} failed")
    if report.failed:  # who fails already can not tell a mutant
        return 1
    return _mutate(arguments.rules) if arguments.mutate else 0


def _mutate(rules: pathlib.Path) -> int:
    found = mutation.run(rules, jobs=os.cpu_count() or 1)
    for each in found.survivors:
        print(f"SURVIVED  {each}")
    for each in found.excused:
        print(f"EXCUSED   {each}")
    counted = found.killed + len(found.survivors)
    excused = f", {len(found.excused)} excused" if found.excused else ""
    print(
        f"{found.killed} of {counted} mutants killed ({100 * found.share:.1f} %){excused};"
        f" {100 * mutation.ENOUGH:.0f} % are enough"
    )
    return 0 if found.enough else 1


def replay(arguments: argparse.Namespace) -> int:
    """Changes of alerts on standard output, progress on standard error."""
    ruleset = load(arguments.rules)
    decoder = Decoder(source="replay", format=arguments.format, room=arguments.room)
    player = Replay(Shard(ruleset, mood=Mood()), decoder)
    try:
        file = open_recording(arguments.recording)
    except OSError as error:
        raise _unreadable(arguments.recording, error) from None
    with file:
        for change in player.play(frames(_watched(file, arguments.recording))):
            if arguments.json:
                sys.stdout.buffer.write(line(change) + b"\n")
            else:
                print(f"{change.at:.2f} {change.room} {change.change:9} {change.summary}")
    if not arguments.json:
        _summary(player.tally, decoder)
    return 0


def _unreadable(name: str, error: Exception) -> MonitorError:
    why = getattr(error, "strerror", None) or str(error)
    return MonitorError(f"{name}: {why} — write the name of a recording")


def _watched(file: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The lines of a recording, with a bar for how much of it is read."""
    tqdm.monitor_interval = 0  # its thread is for bars that stand still
    known = name != "-" and not name.endswith(".gz")
    with tqdm(
        total=os.path.getsize(name) if known else None,
        unit="B",
        unit_scale=True,
        file=sys.stderr,
        disable=None,
        desc=os.path.basename(name),
    ) as bar:
        lines = iter(file)
        while True:
            try:
                text = next(lines, None)
            except (OSError, EOFError, zlib.error) as error:  # a .gz that is none, or is cut off
                raise _unreadable(name, error) from None
            if text is None:
                return
            bar.update(len(text))
            yield text


def _summary(tally: Tally, decoder: Decoder) -> None:
    print()
    for kind, count in tally.facts.most_common():
        print(f"{count:>10,}  {kind}")
    print(f"{len(tally.commenters):>10,}  different people commented")
    for currency, minor in tally.gifts_minor.items():
        print(f"{minor / 100:>13,.2f}  {currency} worth of gifts")
    for title, counts in (("refused", decoder.rejected), ("unknown", decoder.unknown)):
        for name, count in counts.most_common():
            print(f"{count:>10,}  {title}: {name}")


def metrics(arguments: argparse.Namespace) -> int:
    columns = CATALOGUE.values()
    if arguments.markdown:
        print("| name | scope | unit | what | formula | unknown when |")
        print("|---|---|---|---|---|---|")
        for each in columns:
            print(f"| `{each.name}` | {each.scope} | {each.unit} | {each.help} "
                  f"| {each.formula} | {each.unknown} |")  # fmt: skip
    else:
        for each in columns:
            print(f"{each.name:26} {each.unit:10} {each.help}")
    return 0


def schema(arguments: argparse.Namespace) -> int:
    print(json.dumps(wire.document(), indent=2, ensure_ascii=False))
    return 0
