"""Verbs that need no daemon: check, test, schema."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys

from monitor import config
from monitor.alerts.routes import Routes
from monitor.courts import court, mutation
from monitor.errors import InputError
from monitor.formats import schema as wire
from monitor.mood.mood import Mood
from monitor.rules.compile import RuleSet, load
from monitor.rules.parameters import Overrides


def check(arguments: argparse.Namespace) -> int:
    """The loader itself, so it can not disagree with `roomwatch run`."""
    if arguments.rules is None and arguments.config is None:
        arguments.config = pathlib.Path("config")
    rules = arguments.rules
    mistakes: list[str] = []
    channels: list[str] = []
    overrides = Overrides()
    actions: list[str] = []
    if arguments.config is not None:
        try:
            loaded = config.load(arguments.config)
        except InputError as error:  # the rules' mistakes, if we know where they are, come too
            mistakes += error.mistakes
        else:
            rules, overrides = rules or loaded.rules, loaded.overrides
            channels = [each.name for each in loaded.channels.channels]
            actions = [each.name for each in loaded.channels.actions]
    ruleset = RuleSet()
    try:
        ruleset = load(rules, overrides) if rules is not None else ruleset
    except InputError as error:
        mistakes += error.mistakes
    if mistakes:
        raise InputError(*mistakes)
    routes = Routes(channels=channels)
    for rule in ruleset.rules if arguments.config is not None else ():
        for name in routes.unknown(rule.rule.notify):
            print(f"{rule.id}: no channel `{name}`; routes tell instead", file=sys.stderr)
        for name in rule.rule.act:
            if name not in actions:
                print(f"{rule.id}: no action `{name}`; nothing is done", file=sys.stderr)
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


def schema(arguments: argparse.Namespace) -> int:
    print(json.dumps(wire.document(), indent=2, ensure_ascii=False))
    return 0
