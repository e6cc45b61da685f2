"""Rule files become a rule set: every mistake of every file is told, or nothing is loaded."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from monitor import yamlfile
from monitor.documents import Document, Loaded
from monitor.errors import RuleError
from monitor.rules import explaining
from monitor.rules.columns import PRODUCT_NAMES
from monitor.rules.compiled import AnyRule, Compiled, Context
from monitor.rules.conditions import ProblemError
from monitor.rules.kinds.unknown import unknown
from monitor.rules.parameters import Overrides, amount
from monitor.rules.ruleset import RuleSet, circle
from monitor.shapes import suggest

__all__ = ["Compiled", "RuleSet", "files", "load", "parse", "parse_document"]

Source = tuple[pathlib.Path | str | Document, str]  # a file or its text, and what mistakes call it


class RuleFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file in rules/ holds."""

    rules: tuple[AnyRule, ...]


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    """The rule files of a folder, without their tests; a file stands for itself."""
    if folder.is_file():
        return [folder]
    found = sorted(path for path in folder.rglob("*.yaml") if not path.stem.endswith("_test"))
    if not found:
        raise RuleError(f"{folder}:1:1: no rule files — write rules into {folder}/hook.yaml")
    return found


def load(folder: pathlib.Path, overrides: Overrides | None = None) -> RuleSet:
    """Compile a folder (or file) of rules, with what the config says of their parameters.

    Raises RuleError with every mistake in every file.
    """
    sources = [(path, str(path)) for path in files(folder)]
    overrides = overrides or Overrides()
    return RuleSet(_compile(sources, overrides, whole=folder.is_dir()), overrides.timezone)


def parse(text: str, name: str = "rules.yaml", overrides: Overrides | None = None) -> RuleSet:
    """Compile the text of one rule file. Raises RuleError with every mistake in it."""
    overrides = overrides or Overrides()
    return RuleSet(_compile([(text, name)], overrides, whole=True), overrides.timezone)


def again(rules: Sequence[AnyRule], overrides: Overrides) -> RuleSet:
    """Compile rules that were found right before, in another process."""
    context = Context({rule.id for rule in rules}, overrides)
    compiled = [each for rule in rules for each in _rule(rule, context, {})]
    return RuleSet(compiled, overrides.timezone)


def parse_document(document: Document) -> RuleSet:
    """Compile a rule file that was read before. Raises RuleError with every mistake in it."""
    return RuleSet(parse_rules(document, ()))


def parse_rules(document: Document, beside: Collection[str]) -> list[Compiled]:
    """The rules of a file that was read before. Raises RuleError with every mistake in it.

    They may ask of the rules `beside` them, which must be there where they are asked.
    """
    return _compile([(document, document.name)], Overrides(), beside)


def _loaded(source: pathlib.Path | str | Document, name: str) -> Loaded[RuleFile]:
    document = source if isinstance(source, Document) else yamlfile.parse(source, name)
    value, mistakes = document.fit(RuleFile)
    if mistakes:
        raise RuleError(*mistakes)
    assert value is not None, "what fits is not None"
    return Loaded(value, document)


def _compile(
    sources: Sequence[Source],
    overrides: Overrides,
    beside: Collection[str] = (),
    *,
    whole: bool = False,
) -> list[Compiled]:
    """Where it is `whole`, names of rules that are in none of the sources are mistakes."""
    mistakes: list[str] = []
    read: list[tuple[str, Loaded[RuleFile]]] = []
    for source, name in sources:
        try:
            read.append((name, _loaded(source, name)))
        except RuleError as error:
            mistakes.extend(error.mistakes)
    wrong = list(_wrong_overrides(overrides, [r for _, file in read for r in file.value.rules]))
    mistakes += wrong
    overrides = Overrides() if wrong else overrides
    ids = {rule.id for _, file in read for rule in file.value.rules}
    context = Context(ids.union(beside), overrides)
    compiled: list[Compiled] = []
    places: dict[str, str] = {}
    for name, file in read:
        for index, rule in enumerate(file.value.rules):
            at = ("rules", index)
            try:
                found = _rule(rule, context, places)
            except ProblemError as problem:
                mistakes.append(
                    file.mistake((*at, *problem.path), problem.message, at=problem.column)
                )
                continue
            places[rule.id] = f"{name}:{file.where((*at, 'id'))[0]}"
            compiled += found
    mistakes += _circles(read, {each.id: each for each in compiled})
    if whole:
        loaded = [file for _, file in read]
        mistakes += explaining.mistakes(loaded, [file.value.rules for file in loaded])
    if mistakes:
        raise RuleError(*mistakes)
    return compiled


def _rule(rule: AnyRule, context: Context, places: dict[str, str]) -> list[Compiled]:
    """The rule, and what it adds of its own. Raises ProblemError."""
    one = Compiled(rule, context)
    if rule.id in places:
        raise ProblemError(("id",), f"already in {places[rule.id]} — use another id")
    if rule.missing != "alert":
        return [one]
    about = [name for name in one.asker.used if name in PRODUCT_NAMES]
    return [one, Compiled(unknown(rule, about))]


def _circles(
    read: Sequence[tuple[str, Loaded[RuleFile]]], by_id: dict[str, Compiled]
) -> Iterator[str]:
    for _, file in read:
        for index, rule in enumerate(file.value.rules):
            way = circle(by_id[rule.id], by_id) if rule.id in by_id else []
            if way:
                over = f", over `{'`, `'.join(way[:-1])}`" if len(way) > 1 else ""
                what = f"asks of itself in the end{over} — take one of them out"
                yield file.mistake(("rules", index, "when"), what)


def _wrong_overrides(overrides: Overrides, rules: Sequence[AnyRule]) -> Iterator[str]:
    """What the config says of a rule or a parameter that is not there."""
    by_id = {rule.id: rule for rule in rules}
    for index, override in enumerate(overrides.items):
        rule = by_id.get(override.rule)
        if rule is None:
            what = f"unknown rule `{override.rule}` — {suggest(override.rule, by_id)}"
            yield overrides.mistake(("params", index, "rule"), what)
            continue
        for name, written in override.values.items():
            path = ("params", index, "values")
            if name not in rule.params:
                what = (
                    f"`{rule.id}` has no parameter `{name}` — {suggest(name, rule.params)}"
                    if rule.params
                    else f"`{rule.id}` has no parameters — write `params` into the rule first"
                )
                yield overrides.mistake(path, what)
                continue
            try:
                amount(written)
            except ValueError as error:
                what = f"`{name}`: {str(error).replace('; write', ' — write', 1)}, or a number"
                yield overrides.mistake(path, what)
