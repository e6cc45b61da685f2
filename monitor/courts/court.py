"""Runs the tests beside rules: rules/x.yaml is tried by rules/x_test.yaml.

A rule file without tests fails, and so does a rule without a test in which it fires and
one in which it stays quiet: asked, known not to hold, and never firing. A test in which a
rule is never asked says nothing of it.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterable

from msgspec import Struct, field

from monitor.courts import trial
from monitor.courts.bench import Bench, beside, seat
from monitor.courts.cases import Case, Script
from monitor.courts.cover import Term, Watch
from monitor.errors import RuleError
from monitor.mood.mood import Mood
from monitor.rules import compile as rules
from monitor.rules.compile import RuleSet


class Verdict(Struct, kw_only=True):
    """What became of one test: `wrong` is empty when it passed, else a line each."""

    where: str  # file:line:column
    name: str
    wrong: list[str] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)  # rules
    quiet: set[str] = field(default_factory=set)


class Report(Struct):
    """What became of all tests, and the terms that they never showed, a line each."""

    verdicts: list[Verdict] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)
    terms: int = 0  # how many there are

    @property
    def failed(self) -> int:
        return sum(1 for verdict in self.verdicts if verdict.wrong)


def run(folder: pathlib.Path, mood: Mood, *, cover: bool = False) -> Report:
    """Run every test of a folder of rules (or of one rule file).

    Raises RuleError with every mistake in the files themselves.
    """
    report = Report()
    mistakes: list[str] = []
    for path in rules.files(folder):
        try:
            if beside(path).exists():
                _try(seat(path), mood, report, cover)
            else:
                rules.load(path)
                wrong = [f"{path}:1:1: no tests — write them into {beside(path).name}"]
                report.verdicts.append(Verdict(where=f"{path}:1:1", name="has tests", wrong=wrong))
        except RuleError as error:
            mistakes += error.mistakes
    if mistakes:
        raise RuleError(*mistakes)
    return report


def _try(bench: Bench, mood: Mood, report: Report, cover: bool) -> None:
    verdicts = []
    terms: list[Term] = []
    for index, (case, script) in enumerate(bench.scripts):
        ruleset = bench.ruleset()
        watch = Watch(ruleset, terms=cover)
        verdict = _judged(bench, index, case, script, ruleset, mood, watch)
        verdict.quiet = watch.refused - verdict.fired
        verdicts.append(verdict)
        own = (term for term in watch.terms() if term.rule in bench.rules)
        terms = _joined(terms, own) if cover else []
    report.verdicts += verdicts
    report.verdicts += _proved(bench, verdicts)
    report.terms += len(terms)
    report.uncovered += [
        bench.document.mistake(
            ("rules", bench.rules[term.rule], term.field),
            f"{term.field}: `{term.text}` is {term.lacks} in its tests",
            at=term.column,
        )
        for term in terms
        if term.lacks
    ]


def _judged(
    bench: Bench, index: int, case: Case, script: Script, ruleset: RuleSet, mood: Mood, watch: Watch
) -> Verdict:
    told = bench.own(trial.play(case, script, ruleset, mood, watch.see))
    missing, unexpected = trial.judge(told, script.wanted, script.start)
    spot = bench.loaded.document.spot
    verdict = Verdict(where=spot(("tests", index)), name=case.name)
    verdict.fired = {change.rule for change in told if change.change == "fired"}
    for each, near in missing:
        where = spot(("tests", index, "expect", case.expect.index(each)))
        what = f"{each.at} {each.rule} {each.change}{near}"
        verdict.wrong.append(f"{where}: missing: {what}")
    verdict.wrong += [f"{verdict.where}: unexpected: {what}" for what in unexpected]
    return verdict


def _proved(bench: Bench, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """A verdict for each rule that has not shown both that it can fire and that it need not."""
    verdicts = list(verdicts)
    found = []
    for rule, index in bench.rules.items():
        wrong = []
        name = bench.loaded.document.name
        if not any(rule in verdict.fired for verdict in verdicts):
            wrong.append(f"fires in no test — play in {name} what makes it fire")
        if not any(rule in verdict.quiet for verdict in verdicts):
            what = f"is quiet in no test — play in {name} what it must not fire at, though asked"
            wrong.append(what)
        at = ("rules", index, "id")
        if wrong:
            found.append(
                Verdict(
                    where=bench.document.spot(at),
                    name=f"{rule} fires in a test and is quiet in another",
                    wrong=[bench.document.mistake(at, what) for what in wrong],
                )
            )
    return found


def _joined(before: list[Term], after: Iterable[Term]) -> list[Term]:
    """The same terms, with what was seen of them in both."""
    after = list(after)
    for one, other in zip(before, after, strict=bool(before)):
        other.was_true |= one.was_true
        other.was_false |= one.was_false
    return after
