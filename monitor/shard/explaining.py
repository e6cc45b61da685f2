"""Why a rule says what it says of one row: each of its terms, and what is missing for it to fire.

What is told is what the rules saw at the last tick. A term is a comparison or a bare name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Literal

from msgspec import Struct, field

from monitor.alerts.lifecycle import PENDING, STATES
from monitor.durations import spell
from monitor.rules.compiled import Compiled
from monitor.rules.expression import Condition
from monitor.rules.kinds.kind import Columns, Value, read
from monitor.rules.scopes import Scopes
from monitor.rules.tree import Flag, Junction, Node, columns, written
from monitor.shapes import suggest
from monitor.shard.places import Places
from monitor.shard.watched import Watched

Answer = Literal["true", "false", "unknown"]


class Term(Struct, kw_only=True):
    """A part of a condition, and the figures in it."""

    field: str  # only_when, when or clear
    text: str
    answer: Answer
    values: dict[str, Value]


class Explanation(Struct, kw_only=True):
    """One rule at one row, as the last tick saw it. `missing` is empty where it fires."""

    rule: str
    kind: str
    where: str
    state: str
    unknown: bool
    since: float | None
    answer: Answer
    terms: list[Term] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def why_not(rule: str, known: Collection[str]) -> str:
    """Why nothing can be told of a rule."""
    if rule in known:
        return "nothing was asked yet"
    return f"unknown rule `{rule}` — {suggest(rule, known)}"


def explain(
    watched: Watched, scopes: Scopes, places: Places, asked: tuple[str, str, str | None]
) -> Explanation | str:
    """What a group that was asked at the last tick says of a rule, a room and a product.

    The room is a platform where the rule is asked of platforms; in a rule of parts of the
    script it is asked where the host is. Where nobody has heard of it, that is told.
    """
    name, room, sku = asked
    tables, seen = scopes.room.tables, scopes[watched.scope]
    found = places.named(tables, watched.scope, room, sku)
    if found is None or found >= seen.rows:
        if not room:
            return "it is asked of each room by itself — name one with --room"
        return f"nothing was heard of {sku or room} yet"
    cell = (watched.index[name], found)
    rule, row = watched.rules[cell[0]], cell[1]
    place = places.at(tables, watched.scope, row)
    now = scopes.room.look.now
    beside = rule.asker.beside(seen)
    lifecycle = watched.lifecycle
    lifecycle.grow(row + 1)
    state = int(lifecycle.state[cell])
    holds, fails = bool(lifecycle.holds[cell]), bool(lifecycle.fails[cell])
    parts = [
        Term(
            field=name,
            text=term.text,
            answer=_answer(term, beside, row),
            values=_values(term, beside, row),
        )
        for name, condition in rule.conditions.items()
        for term in condition.terms
    ]
    return Explanation(
        rule=rule.id,
        kind=str(type(rule.rule).__struct_config__.tag),
        where=place.key("")[1:].removeprefix("|") or "all rooms",
        state=STATES[state],
        unknown=bool(lifecycle.unknown[cell]),
        since=float(lifecycle.since[cell]) if state else None,
        answer="true" if holds else "false" if fails else "unknown",
        terms=parts,
        values=dict(rule.asker.values(seen, row)),
        missing=list(_missing(rule, seen, beside, (row, state), now - lifecycle.since[cell])),
    )


def _missing(
    rule: Compiled, seen: Columns, beside: Mapping[str, object], at: tuple[int, int], held_s: float
) -> Iterator[str]:
    row, state = at
    if state > PENDING:
        return
    if not seen.on_air()[row] and not rule.rule.off_air:
        yield "the host is elsewhere" if seen.scope == "segment" else "the room is not live"
        return
    for name in ("only_when", "when"):
        condition = rule.conditions.get(name)
        if condition is not None:
            yield from _lacks(condition, condition.tree, beside, row)
    if "when" not in rule.conditions and state != PENDING:
        yield OF_KINDS.get(type(rule.rule).__name__, _plain)(rule, rule.asker.values(seen, row))
    if state == PENDING:
        left_s = max(rule.for_s - held_s, 0.0)
        yield f"it holds, and has to for {spell(round(left_s, 2))} more of {spell(rule.for_s)}"


def _lacks(
    condition: Condition, node: Node, beside: Mapping[str, object], row: int
) -> Iterator[str]:
    """What has to become true for a part of a condition to hold."""
    if isinstance(node, Flag) or not columns(node):
        return
    part = Condition(written(node, condition.source), columns(node), node, condition.source)
    answer = _answer(part, beside, row)
    if answer == "true":
        return
    if isinstance(node, Junction) and node.word == "and":
        for operand in node.operands:
            yield from _lacks(condition, operand, beside, row)
    elif isinstance(node, Junction):
        ways = [" and ".join(_lacks(condition, each, beside, row)) for each in node.operands]
        yield f"one of: {'; '.join(ways)}"
    else:
        told = ", ".join(f"{n} is {_shown(v)}" for n, v in _values(part, beside, row).items())
        yield f"{part.text} ({told})"


def _answer(condition: Condition, beside: Mapping[str, object], row: int) -> Answer:
    truth = condition.evaluate(_Row(beside, row))  # type: ignore[arg-type]
    return "true" if truth.holds[0] else "false" if truth.fails[0] else "unknown"


def _values(condition: Condition, beside: Mapping[str, object], row: int) -> dict[str, Value]:
    return read(_Row(beside, row), condition.names, 0)  # type: ignore[arg-type]


class _Row(Mapping[str, object]):
    """One row of columns."""

    def __init__(self, beside: Mapping[str, object], row: int) -> None:
        self._beside = beside
        self._row = row

    def __getitem__(self, name: str) -> object:
        column = self._beside[name]
        return column[self._row : self._row + 1]  # type: ignore[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._beside)

    def __len__(self) -> int:
        return len(self._beside)


def _shown(value: Value) -> str:
    if value is None:
        return "unknown"
    return f"{value:g}" if isinstance(value, float) else value


def _whole(value: Value) -> str:
    return f"{value:.0f}" if isinstance(value, float) else "unknown"


def _plain(rule: Compiled, values: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} is {_shown(value)}" for name, value in values.items())


def _sequence(rule: Compiled, values: Mapping[str, Value]) -> str:
    if values["step"] is None:
        return "nobody has said where the host is"
    return f"{values['step']} is {_shown(values['lasted_s'])} s old, of {_shown(values['max_s'])} s"


def _stale(rule: Compiled, values: Mapping[str, Value]) -> str:
    wanted = rule.rule
    return (
        f"{values['feed']} silent for {_shown(values['age_s'])} s, of {wanted.after}, and"  # type: ignore[attr-defined]
        f" {_whole(values['missed'])} messages missing, of {wanted.expected:g}"  # type: ignore[attr-defined]
    )


def _absence(rule: Compiled, values: Mapping[str, Value]) -> str:
    return f"silent for {_shown(values['silent_s'])} s, of {rule.rule.after}"  # type: ignore[attr-defined]


def _burn_rate(rule: Compiled, values: Mapping[str, Value]) -> str:
    return (
        f"burns at {_shown(values['burn'])} and {_shown(values['burn_short'])},"
        f" of {_shown(values['factor'])}"
    )


def _change(rule: Compiled, values: Mapping[str, Value]) -> str:
    return f"no such {rule.rule.fact} came since the last tick"  # type: ignore[attr-defined]


OF_KINDS: dict[str, Callable[[Compiled, Mapping[str, Value]], str]] = {
    "Sequence": _sequence,
    "Stale": _stale,
    "Absence": _absence,
    "BurnRate": _burn_rate,
    "Change": _change,
}
