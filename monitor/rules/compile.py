"""Rule files become a rule set: every mistake of every file is told, or nothing is loaded."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from monitor import yamlfile
from monitor.documents import Document, Loaded
from monitor.errors import RuleError
from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Condition
from monitor.rules.kinds.forecast import Forecast, ForecastAsker
from monitor.rules.kinds.kind import Asker, Rule
from monitor.rules.kinds.sequence import Sequence as SequenceRule
from monitor.rules.kinds.sequence import SequenceAsker
from monitor.rules.kinds.stale import Stale, StaleAsker
from monitor.rules.kinds.threshold import Threshold, ThresholdAsker
from monitor.rules.summary import Summary

KINDS: dict[type[Rule], Callable[[Any, Compiler], Asker]] = {
    Threshold: ThresholdAsker,
    SequenceRule: SequenceAsker,
    Forecast: ForecastAsker,
    Stale: StaleAsker,
}
AnyRule = Threshold | SequenceRule | Forecast | Stale
COSMETIC = frozenset(
    {"severity", "ttl", "role", "action", "playbook", "summary", "notify"}
)  # edits of these do not touch what an alert remembers


class RuleFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file in rules/ holds."""

    rules: tuple[AnyRule, ...]


class Compiled:
    """One rule, ready to be asked."""

    def __init__(self, rule: Rule) -> None:
        """Raises ProblemError."""
        compiler = Compiler(rule.scope, type(rule).columns())
        self.rule = rule
        self.id = rule.id
        self.for_s = compiler.duration("for", rule.for_)
        if rule.keep is not None and rule.keep_for is not None:
            raise ProblemError(
                ("keep",), "said twice, as `keep` and `keep_for` — leave one of them out"
            )
        keep = "keep" if rule.keep is not None else "keep_for"
        self.keep_s = compiler.duration(keep, rule.keep or rule.keep_for or "0s")
        self.ttl_s = compiler.duration("ttl", rule.ttl)
        plain = Compiler(rule.scope, ())
        self.only_when: Condition | None = (
            plain.condition("only_when", rule.only_when) if rule.only_when else None
        )
        self.clear: Condition | None = (
            compiler.condition("clear", rule.clear) if rule.clear else None
        )
        self.asker: Asker = KINDS[type(rule)](rule, compiler)
        asked = str(getattr(rule, "when", ""))
        self.of_incidents = "incident_level" in asked
        self.of_wording = "forbidden_terms" in asked
        self.summary = Summary(rule.summary or rule.id, {*compiler.names, *type(rule).names()})

    def same_question(self, other: Compiled) -> bool:
        """Whether two versions of a rule ask the same, whatever they tell people."""
        if type(self.rule) is not type(other.rule):
            return False
        return all(
            getattr(self.rule, name) == getattr(other.rule, name)
            for name in self.rule.__struct_fields__
            if name not in COSMETIC
        )


class RuleSet:
    """All rules in force. `room` and `product` keep the order of the files."""

    def __init__(self, rules: Sequence[Compiled] = ()) -> None:
        self.rules = tuple(rules)
        self.by_id = {rule.id: rule for rule in rules}
        self.room = tuple(rule for rule in rules if rule.rule.scope == "room")
        self.product = tuple(rule for rule in rules if rule.rule.scope == "product")


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    """The rule files of a folder, without their tests; a file stands for itself."""
    if folder.is_file():
        return [folder]
    found = sorted(path for path in folder.rglob("*.yaml") if not path.stem.endswith("_test"))
    if not found:
        raise RuleError(f"{folder}:1:1: no rule files — write rules into {folder}/hook.yaml")
    return found


def load(folder: pathlib.Path) -> RuleSet:
    """Compile a folder (or file) of rules.

    Raises RuleError with every mistake in every file.
    """
    return _compile([(path, str(path)) for path in files(folder)])


def parse(text: str, name: str = "rules.yaml") -> RuleSet:
    """Compile the text of one rule file. Raises RuleError with every mistake in it."""
    return _compile([(text, name)])


def parse_document(document: Document) -> RuleSet:
    """Compile a rule file that was read before. Raises RuleError with every mistake in it."""
    return _compile([(document, document.name)])


def _loaded(source: pathlib.Path | str | Document, name: str) -> Loaded[RuleFile]:
    document = source if isinstance(source, Document) else yamlfile.parse(source, name)
    value, mistakes = document.fit(RuleFile)
    if mistakes:
        raise RuleError(*mistakes)
    assert value is not None, "what fits is not None"
    return Loaded(value, document)


def _compile(sources: Sequence[tuple[pathlib.Path | str | Document, str]]) -> RuleSet:
    mistakes: list[str] = []
    compiled: list[Compiled] = []
    places: dict[str, str] = {}
    for source, name in sources:
        try:
            loaded = _loaded(source, name)
        except RuleError as error:
            mistakes.extend(error.mistakes)
            continue
        for index, rule in enumerate(loaded.value.rules):
            at = ("rules", index)
            try:
                one = Compiled(rule)
                if rule.id in places:
                    what = f"already in {places[rule.id]} — use another id"
                    raise ProblemError(("id",), what)
            except ProblemError as problem:
                where = (*at, *problem.path)
                mistakes.append(loaded.mistake(where, problem.message, at=problem.column))
                continue
            places[rule.id] = f"{name}:{loaded.where((*at, 'id'))[0]}"
            compiled.append(one)
    if mistakes:
        raise RuleError(*mistakes)
    return RuleSet(compiled)
