"""Whether tests would notice if a rule were wrong: its mutants stand trial by them.

All mutants of a file are rules side by side in one shard, so that its figures are worked
out once for all of them; one that fails a test is *killed* and plays no further. What is
left are survivors, and they are told, each with its place. A survivor that no test could
tell from its rule is excused in the test file, with the reason:

    equivalent:
      - {mutant: "stock_soon: clear: stock == 0 → stock == 1", why: a shelf of one is told first}

It is listed with its reason and not counted. An excuse of a mutant that a test kills, or
that there is not, is a mistake.
"""

from __future__ import annotations

import multiprocessing
import pathlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from msgspec import Struct, field
from msgspec.structs import replace

from monitor.courts import mutants, trial
from monitor.courts.bench import Bench, beside, seat
from monitor.courts.cases import Case, Script
from monitor.courts.mutants import Mutant
from monitor.errors import RuleError
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.rules.kinds.unknown import Unknown

ENOUGH = 0.9  # of the mutants must be killed
SIDE_BY_SIDE = 200  # mutants in one shard


class Found(Struct):
    """What became of the mutants of some rules; texts are `file:line:column: …`."""

    killed: int = 0
    survivors: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the mutants that are not excused, how many are killed; 1 where there are none."""
        counted = self.killed + len(self.survivors)
        return self.killed / counted if counted else 1.0

    @property
    def enough(self) -> bool:
        return self.share >= ENOUGH

    def add(self, other: Found) -> None:
        self.killed += other.killed
        self.survivors += other.survivors
        self.excused += other.excused


def run(folder: pathlib.Path, jobs: int = 1) -> Found:
    """Try the mutants of every rule of a folder (or of one rule file), `jobs` files at once.

    Their tests MUST pass without them. Raises RuleError with every mistake in the files.
    """
    paths = rules.files(folder)
    jobs = min(jobs, len(paths))
    if jobs > 1:
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
            results = list(pool.map(_file, paths))
    else:
        results = [_file(path) for path in paths]
    mistakes = [mistake for result in results if isinstance(result, list) for mistake in result]
    if mistakes:
        raise RuleError(*mistakes)
    found = Found()
    for result in results:
        if isinstance(result, Found):
            found.add(result)
    return found


def _file(path: pathlib.Path) -> Found | list[str]:
    """What became of the mutants of one file, or the mistakes in it."""
    if not beside(path).exists():
        return [f"{path}:1:1: no tests — write them into {beside(path).name}"]
    try:
        return _try(seat(path), Mood())
    except RuleError as error:
        return list(error.mistakes)


def _try(bench: Bench, mood: Mood) -> Found:
    document, ids = bench.document, bench.ids
    compiled = rules.parse_rules(document, ids)
    written = [rule.rule for rule in compiled if not isinstance(rule.rule, Unknown)]
    all_of_them = [
        mutant
        for index, rule in enumerate(written)
        for mutant in mutants.of(document, index, rule, ids)
    ]
    alive = list(all_of_them)
    for case, script in bench.scripts:
        for first in range(0, len(alive), SIDE_BY_SIDE):
            dead = _killed(bench, alive[first : first + SIDE_BY_SIDE], case, script, mood)
            alive = [mutant for mutant in alive if mutant.name not in dead]
    return _sentenced(bench, all_of_them, {mutant.name for mutant in alive})


def _killed(
    bench: Bench, alive: Sequence[Mutant], case: Case, script: Script, mood: Mood
) -> set[str]:
    """The names of those mutants that fail this test."""
    ids, side_by_side = bench.ids, []
    for number, mutant in enumerate(alive):
        name = f"{mutant.rule}~{number}"
        compiled = mutants.compiled(bench.document, mutant, ids, name)
        assert compiled is not None, "it was compiled before"
        side_by_side.append(compiled)
    told = trial.play(case, script, bench.ruleset(side_by_side), mood)
    dead = set()
    for number, mutant in enumerate(alive):
        name = f"{mutant.rule}~{number}"
        its_own = [replace(each, rule=mutant.rule) for each in told if each.rule == name]
        wanted = [(at, each) for at, each in script.wanted if each.rule == mutant.rule]
        if not trial.passes(its_own, wanted, script.start):
            dead.add(mutant.name)
    return dead


def _sentenced(bench: Bench, tried: Sequence[Mutant], alive: set[str]) -> Found:
    found = Found()
    excuses = {each.mutant: each.why for each in bench.loaded.value.equivalent}
    mistakes = [
        bench.loaded.mistake(
            ("equivalent", index, "mutant"),
            f"`{each.mutant}` "
            + (
                "is killed by a test — take the excuse out"
                if each.mutant in {mutant.name for mutant in tried}
                else "is no mutant — write one as `roomwatch test --mutate` lists it"
            ),
        )
        for index, each in enumerate(bench.loaded.value.equivalent)
        if each.mutant not in alive
    ]
    if mistakes:
        raise RuleError(*mistakes)
    for mutant in tried:
        if mutant.name not in alive:
            found.killed += 1
            continue
        spot = bench.document.spot(mutant.path, key=False, at=mutant.column)
        told = f"{spot}: {mutant.name}"
        if mutant.name in excuses:
            found.excused.append(f"{told} — {excuses[mutant.name]}")
        else:
            found.survivors.append(told)
    return found
