"""Rules with one thing wrong in each: what tests must notice.

    <  <=  >  >=      its bound in or out, and its opposite        eta_s < 45 → eta_s <= 45
    ==  !=            its opposite
    and  or           the other
    not x, x          the opposite
    a number          a tenth up and down; a whole one by one at least
    a duration        a tenth up and down, by a tick at least; `for` and `keep` also gone
    a choice          another one: order: strict → order: free
    true, false       the other

What people read of an alert (summary, severity, TTL …) is not mutated: tests do not look
at it. A mutant that is no rule (it does not compile) is none.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from monitor import durations
from monitor.documents import Document
from monitor.errors import RuleError
from monitor.rules import compile as rules
from monitor.rules.compile import Compiled
from monitor.rules.compiled import COSMETIC
from monitor.rules.kinds.kind import Rule
from monitor.rules.tokens import Token, tokens
from monitor.rules.tree import ExpressionError
from monitor.rules.vocabulary import FUNCTIONS
from monitor.shapes import Path

TICK_MS = 250
OTHERS = 2  # of a choice, at most
APART = COSMETIC | {"id", "kind", "scope", "notify", "act", "inhibits", "inhibited_by"}
WAITS = frozenset({"for", "keep", "keep_for"})  # what may also be left out
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
BOUND = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
JOINTS = {"and": "or", "or": "and"}


class Mutant(Struct, frozen=True):
    """A rule with one value changed."""

    rule: str
    path: Path  # of the value, in the file
    value: Any
    what: str  # "when: eta_s < 45 → eta_s <= 45"
    column: int = 0  # in the text of the value, from 1

    @property
    def name(self) -> str:
        """As people are shown it, and as an excuse names it."""
        return f"{self.rule}: {self.what}"

    def rule_in(self, document: Document) -> dict[str, Any]:
        """The whole rule, as it would be written."""
        rule = copy.deepcopy(document.root["rules"][self.path[1]])
        inner = rule
        for step in self.path[2:-1]:
            inner = inner[step]
        inner[self.path[-1]] = self.value
        return rule


def of(document: Document, index: int, rule: Rule, beside: Collection[str]) -> list[Mutant]:
    """Every mutant of one rule of a file, in the order of its text.

    `beside` are the ids of the rules that it may ask of.
    """
    found: dict[str, Mutant] = {}
    written = document.root["rules"][index]
    for path, value, wanted in _leaves(written, type(rule), ("rules", index)):
        if path[2] in APART:
            continue
        for changed, what, column in _changes(str(path[-1]), value, wanted):
            label = ".".join(str(step) for step in path[2:])
            mutant = Mutant(rule.id, path, changed, f"{label}: {what}", column)
            if mutant.what not in found and compiled(document, mutant, beside) is not None:
                found[mutant.what] = mutant
    return list(found.values())


def compiled(
    document: Document, mutant: Mutant, beside: Collection[str], name: str = ""
) -> Compiled | None:
    """The mutant as a rule of its own, called `name`; None where it is no rule."""
    rule = mutant.rule_in(document)
    if name:
        rule["id"] = name
    changed = Document(document.name, {**document.root, "rules": [rule]}, document.places)
    try:
        return rules.parse_rules(changed, beside)[0]
    except RuleError:
        return None


def _leaves(value: Any, wanted: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    """The plain values of a rule, each with the type its field has."""
    arms = list(_arms(wanted))
    if isinstance(value, dict):
        structs = [arm for arm in arms if isinstance(arm, type) and issubclass(arm, Struct)]
        types = {
            field.encode_name: field.type
            for struct in structs
            for field in msgspec.structs.fields(struct)
        }
        for key, part in value.items():
            yield from _leaves(part, types.get(key, Any), (*path, key))
    elif isinstance(value, list):
        inner = next((get_args(arm)[0] for arm in arms if get_args(arm)), Any)
        for index, part in enumerate(value):
            yield from _leaves(part, inner, (*path, index))
    else:
        yield path, value, wanted


def _arms(wanted: Any) -> Iterator[Any]:
    if get_origin(wanted) is Annotated:
        yield from _arms(get_args(wanted)[0])
    elif get_origin(wanted) in (None, Literal, tuple, list, dict):
        yield wanted
    else:
        for arm in get_args(wanted):
            yield from _arms(arm)


def _changes(field: str, value: Any, wanted: Any) -> Iterator[tuple[Any, str, int]]:
    """What a value may be instead: itself, in words, and the column that is meant."""
    if isinstance(value, bool):
        yield not value, f"{str(value).lower()} → {str(not value).lower()}", 0
        return
    if isinstance(value, int | float):
        for moved in _moved(value):
            yield moved, f"{value:g} → {moved:g}", 0
        return
    if not isinstance(value, str):
        return
    words = [word for arm in _arms(wanted) if get_origin(arm) is Literal for word in get_args(arm)]
    if words:
        for other in [word for word in words if word != value][:OTHERS]:
            yield other, f"{value} → {other}", 0
        return
    try:
        span_ms = round(durations.parse(value) * 1000)
    except ValueError:
        yield from _expressions(value)
        return
    step = max(TICK_MS, round(span_ms / 10 / TICK_MS) * TICK_MS)
    for other_ms in (span_ms + step, span_ms - step, *([0] if field in WAITS else [])):
        if other_ms >= 0 and other_ms != span_ms:
            other = durations.spell(other_ms / 1000)
            yield other, f"{value} → {other}", 0


def _moved(number: float) -> Iterator[float]:
    """A number, a tenth up and down."""
    if isinstance(number, int) or number.is_integer():
        step = max(1, round(abs(number) / 10))
        yield from (type(number)(number + step), type(number)(number - step))
    else:
        yield from (float(f"{number * 1.1:.6g}"), float(f"{number * 0.9:.6g}"))


def _expressions(text: str) -> Iterator[tuple[str, str, int]]:
    """An expression with one of its signs, words or numbers changed."""
    try:
        found = list(tokens(text))
    except ExpressionError:
        return
    for place, token in enumerate(found):
        for old, new in _instead(found, place):
            end = token.start + len(old)
            changed = text[: token.start] + new + text[end:]
            first, last = _around(text, found, place)
            clause = text[first:last].strip()
            after = (text[first : token.start] + new + text[end:last]).strip()
            yield changed, f"{clause} → {after}", token.start + 1


def _instead(found: list[Token], place: int) -> Iterator[tuple[str, str]]:
    """What may stand in the place of a token: the text that goes, and the text that comes."""
    token = found[place]
    before = found[place - 1].text if place else ""
    after = found[place + 1].text if place + 1 < len(found) else ""
    if token.text in OPPOSITE:
        if token.text in BOUND:
            yield token.text, BOUND[token.text]
        yield token.text, OPPOSITE[token.text]
    elif token.text in JOINTS:
        yield token.text, JOINTS[token.text]
    elif token.text == "not":
        yield "not ", ""
    elif token.kind == "number":
        plain = token.text.replace("_", "")
        number = int(plain) if plain.isdigit() else float(plain)
        for other in _moved(number):
            if other >= 0:
                yield token.text, repr(other)
    elif token.kind == "name" and before in {"", "(", *JOINTS}:
        asks_a_rule = after == "(" and token.text not in FUNCTIONS  # firing(stock_out)
        if asks_a_rule or after in {"", ")", *JOINTS}:
            yield token.text, f"not {token.text}"


def _around(text: str, found: list[Token], place: int) -> tuple[int, int]:
    """Where the clause begins and ends that a token stands in: from joint to joint."""
    edges = [index for index, token in enumerate(found) if token.text in JOINTS and index != place]
    first = max((found[i].start + len(found[i].text) for i in edges if i < place), default=0)
    last = min((found[i].start for i in edges if i > place), default=len(text))
    return first, last
