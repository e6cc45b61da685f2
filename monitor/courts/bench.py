"""A rule file, the tests beside it, and the rules of other files that it asks of."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from monitor import yamlfile
from monitor.alerts.alert import Change
from monitor.courts import cases
from monitor.courts.cases import Case, CaseFile, ImpossibleError, Script
from monitor.documents import Document, Loaded
from monitor.errors import RuleError
from monitor.rules import compile as rules
from monitor.rules.compile import Compiled, RuleSet
from monitor.shapes import suggest


class Bench(Struct, frozen=True):
    """All that a trial needs. `others` hold nothing but the rules that are asked of."""

    document: Document  # the rules
    loaded: Loaded[CaseFile]  # the tests
    scripts: list[tuple[Case, Script]]
    others: tuple[Document, ...] = ()

    @property
    def rules(self) -> Mapping[str, int]:
        """The ids of the rules, and their place in the file."""
        return {rule["id"]: index for index, rule in enumerate(self.document.root["rules"])}

    @property
    def ids(self) -> frozenset[str]:
        """The rules of the file, and those of others that it asks of."""
        return frozenset(
            id_ for document in (self.document, *self.others) for id_ in _ids(document)
        )

    def ruleset(self, more: Sequence[Compiled] = ()) -> RuleSet:
        """All of them, as if nobody had asked them anything yet, and `more`."""
        documents = (*self.others, self.document)
        made = [rule for each in documents for rule in rules.parse_rules(each, self.ids)]
        return RuleSet([*made, *more])

    def own(self, told: Iterable[Change]) -> list[Change]:
        """What rules of this file say."""
        borrowed = {id_ for document in self.others for id_ in _ids(document)}
        return [change for change in told if change.rule not in borrowed]


def beside(path: pathlib.Path) -> pathlib.Path:
    """Where the tests of a rule file are."""
    return path.with_name(f"{path.stem}_test.yaml")


def seat(path: pathlib.Path) -> Bench:
    """Read a rule file and its tests. Raises RuleError with every mistake in either."""
    mistakes: list[str] = []
    document = yamlfile.parse(path)
    known: Collection[str] = ()
    others: tuple[Document, ...] = ()
    try:
        others = _others(path, document)
        bench = Bench(document, Loaded(CaseFile(()), document), [], others)
        known = [rule.id for rule in rules.parse_rules(document, bench.ids)]
    except RuleError as error:
        mistakes += error.mistakes
    try:
        loaded = yamlfile.load(beside(path), CaseFile, str(beside(path)))
    except RuleError as error:
        raise RuleError(*mistakes, *error.mistakes) from None
    scripts = []
    for index, case in enumerate(loaded.value.tests):
        try:
            scripts.append((case, cases.read(case)))
        except ImpossibleError as error:
            mistakes.append(loaded.mistake(("tests", index, *error.path), str(error)))
        for place, each in enumerate(case.expect if known else ()):
            if each.rule not in known:
                at = ("tests", index, "expect", place, "rule")
                what = f"unknown rule `{each.rule}` — {suggest(each.rule, known)}"
                mistakes.append(loaded.mistake(at, what))
    if mistakes:
        raise RuleError(*mistakes)
    return Bench(document, loaded, scripts, others)


def _others(path: pathlib.Path, document: Document) -> tuple[Document, ...]:
    """The rules of files in the same folder that a file asks of. Raises RuleError."""
    try:
        rules.parse_rules(document, ())
        return ()  # it asks of none but its own
    except RuleError:
        around = {id_: each for each in _around(path) for id_ in _ids(each)}
    asked = _asked(rules.parse_rules(document, around))
    found: dict[str, Document] = {}
    while asked:
        name = asked.pop()
        if name in found or name in _ids(document):
            continue
        place = around[name]
        rule = next(each for each in place.root["rules"] if each["id"] == name)
        found[name] = Document(place.name, {**place.root, "rules": [rule]}, place.places)
        asked |= _asked(rules.parse_rules(found[name], around))
    return tuple(found.values())


def _asked(compiled: Iterable[Compiled]) -> set[str]:
    return set[str]().union(*(rule.asks_of for rule in compiled))


def _around(path: pathlib.Path) -> Iterator[Document]:
    """The other rule files of the folder, as far as they can be read."""
    for other in rules.files(path.parent):
        if other.resolve() != path.resolve():
            try:
                yield yamlfile.parse(other)
            except RuleError:  # it is told where that file itself is tried
                continue


def _ids(document: Document) -> list[str]:
    written = document.root.get("rules") if isinstance(document.root, dict) else None
    return [
        str(rule["id"])
        for rule in (written if isinstance(written, list) else ())
        if isinstance(rule, dict) and "id" in rule
    ]
