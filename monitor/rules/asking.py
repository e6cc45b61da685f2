"""A tick's questions: all rules of a scope are one program over all rows.

What several rules compare is compared once. For each rule, where it holds and fails:

    asked        of its kind: a condition, or what an asker has answered by itself
    only_when    holds where that holds, too; fails where that fails
    missing: ok  fails where it does not hold
    clear        where its alert fires it holds, too, where `clear` fails, and fails where
                 that is known to hold and it does not; elsewhere as above
    only_when    nobody else has anything to clear
    unknown      the rule that tells of another one: holds where that one does neither
    on air       fails where nothing is broadcast, unless the rule says `off_air`
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.rules.compiled import Compiled
from monitor.rules.figures import LINES, Line
from monitor.rules.figures import on_air as on_air_of
from monitor.rules.kinds.kind import Asking, Columns, Learning, Lowered
from monitor.rules.kinds.unknown import UnknownAsker
from monitor.rules.lowering import Lowering, Side
from monitor.rules.program import Filling, Program
from monitor.signals.moves import Place

Bools = NDArray[np.bool_]
Sides = tuple[Side, Side]


class Questions:
    """Asks rules of one scope, and writes the answers into matrices of rules × rows."""

    def __init__(self, rules: Sequence[Compiled]) -> None:
        self.rules = tuple(rules)
        self._shaky: set[int] = set()  # those that threw in the last tick,
        self._off: set[int] = set()  # and those that are asked no more
        self._answers: dict[int, tuple[Bools, Bools]] = {}  # of those who answer by themselves
        self._state: NDArray[Any] = np.zeros((0, 0), np.int8)
        self._states: list[NDArray[Any]] = []  # a row each: the same array while it lies there
        self._last: tuple[Bools, Bools, Any] | None = None  # what was filled, of which products
        self._size = (0, 0)  # and how many these were
        self._place = Place(-1, 0)  # up to which moves of products are known
        self._stirred: list[int] = []  # rows whose alerts have moved since
        self._scope = self.rules[0].rule.scope if self.rules else ""
        self._lines = LINES.get(self._scope, {})
        self._prepare()

    def _prepare(self) -> None:
        """Whom to ask one by one, and the programs of all."""
        # A reload gives a rule the asker that knows what it learned: never keep one.
        self._learning = self._those(Learning)
        self._asking = [
            each for each in self._those(Asking) if not isinstance(each[1].asker, UnknownAsker)
        ]
        self._figured: list[Filling] = []  # figures worked out beside the conditions,
        self._read: Filling | None = None  # or each of them read
        self._apart: list[Filling] = []  # those of one rule each, once they are needed
        if self._lines:
            self._figured = [self._program(self._lines, some) for some in self._parts() if some]
        else:
            self._read = self._program({}, range(len(self.rules)))

    def ask(
        self, columns: Columns, now: float, state: np.ndarray, answers: tuple[Bools, Bools]
    ) -> None:
        """Fill `answers` (holds, fails), of at least `columns.rows` rows, from the columns.

        `state` is the life cycle's: 2 and more are rows that fire or recover.
        """
        rows = columns.rows
        stirred, self._stirred = self._stirred, []
        if state is not self._state:
            self._state, self._states = state, list(state)
        threw: set[int] = set()
        for index, rule in self._learning:
            try:
                rule.asker.learn(columns, now, state[index, :rows] >= 2)  # type: ignore[attr-defined]
            except Exception:  # noqa: BLE001  one rule must not take the others down; counted, and told
                self._threw(index, threw)
        for index, rule in self._asking:
            try:
                self._answers[index] = rule.asker.ask(columns, now, state[index, :rows] >= 2)  # type: ignore[attr-defined]
            except Exception:  # noqa: BLE001  one rule must not take the others down; counted, and told
                self._answers[index] = (np.zeros(rows, bool), np.zeros(rows, bool))  # to be read
                self._threw(index, threw)
        try:
            self._fill(columns, now, answers, stirred)
        except Exception:  # one must not take the others down; if it is none of them, we stop
            if not self._fill_apart(columns, now, answers, threw):
                raise
        if threw or self._shaky:
            for matrix in answers:
                matrix[list(threw), :rows] = False
            self._settle(threw)

    def _fill(
        self, columns: Columns, now: float, answers: tuple[Bools, Bools], stirred: list[int]
    ) -> None:
        if self._figured and getattr(columns, "figured", False):
            moved = self._moved(columns, answers, stirred)
            for fill in self._figured:
                fill(columns, columns.rows, now, answers, moved)
            return
        if self._read is None:
            self._read = self._program({}, range(len(self.rules)))
        self._read(columns, columns.rows, now, answers)

    def _fill_apart(
        self, columns: Columns, now: float, answers: tuple[Bools, Bools], threw: set[int]
    ) -> bool:
        """Ask each by itself, so that it is seen which one throws; whether one does."""
        found = False
        lines = self._lines if getattr(columns, "figured", False) else {}
        if not self._apart:
            self._apart = [self._program(lines, [index]) for index in range(len(self.rules))]
        for index, fill in enumerate(self._apart):
            try:
                fill(columns, columns.rows, now, answers)
            except Exception:  # noqa: BLE001  this is the one: counted, and told
                self._threw(index, threw)
                found = True
        return found

    def _threw(self, index: int, already: set[int]) -> None:
        if index not in already:
            self.rules[index].faults.threw()
            already.add(index)

    def _settle(self, threw: set[int]) -> None:
        """A tick is over in which some threw, and of which nobody knows; or others do no more."""
        for index in self._shaky - threw:
            self.rules[index].faults.went()
        off = {index for index in threw if self.rules[index].faults.off}
        self._shaky = threw - off
        self.anew()
        if off:
            self._off |= off
            self._prepare()

    def stirred(self, rows: Iterable[int]) -> None:
        """The alerts of these rows are not what they were, which `clear` looks at."""
        self._stirred.extend(rows)

    def anew(self) -> None:
        """What was answered is no more so: all rows are asked again."""
        self._last = None

    def _moved(
        self, columns: Columns, answers: tuple[Bools, Bools], stirred: list[int]
    ) -> NDArray[np.int64] | None:
        """Which products have moved since they were asked; None: ask all."""
        if columns.scope != "product":
            return None
        products = columns.tables.products
        last, size = (*answers, products), (products.revision, columns.rows)
        same = self._last is not None and size == self._size and all(map(is_, last, self._last))
        moved = products.moves.since(self._place) if same else None
        self._last, self._size, self._place = last, size, products.moves.place()
        return None if moved is None else np.append(moved, np.array(stirred, np.int64))

    def _those(self, kind: type) -> list[tuple[int, Compiled]]:
        asked = [each for each in enumerate(self.rules) if each[0] not in self._off]
        return [each for each in asked if isinstance(each[1].asker, kind)]

    def _parts(self) -> list[list[int]]:
        """The rules that need be asked of what moved alone, where that is known; and the rest.

        Those of products that look at nothing but what is stored of them.
        """
        if self._scope != "product":
            return [list(range(len(self.rules)))]
        parts: list[list[int]] = [[], []]
        for index in range(len(self.rules)):
            lowering = Lowering(self._lines)
            self._answered(lowering, index)
            parts[not lowering.program.lasts].append(index)
        return parts

    def _program(self, figures: Mapping[str, Line], some: Iterable[int]) -> Filling:
        """The rules `some` of these."""
        lowering = Lowering(figures)
        on_air = on_air_of(lowering, self._scope) if figures else lowering.program.flags(_on_air)
        assert isinstance(on_air, str), "it is looked up"
        results = []
        for index in some:
            holds, fails = self._answered(lowering, index)
            if not self.rules[index].rule.off_air:
                holds = lowering.both(holds, on_air)
                fails = lowering.either(fails, lowering.opposite(on_air))
            for side, row in ((holds, index), (fails, index + len(self.rules))):
                results.append((_variable(lowering.program, side, on_air), row))
        return lowering.program.filling(results)

    def _answered(self, lowering: Lowering, index: int) -> Sides:
        """Where it holds and fails; one that tells of another holds where that does neither."""
        asker = self.rules[index].asker
        if index in self._off:
            return False, False
        if not isinstance(asker, UnknownAsker):
            return self._sides(lowering, index, self.rules[index])
        of = next(place for place, rule in enumerate(self.rules) if rule.id == asker.of)
        if of in self._off:
            return False, False
        known = lowering.either(*self._sides(lowering, of, self.rules[of]))
        return lowering.opposite(known), known

    def _sides(self, lowering: Lowering, index: int, rule: Compiled) -> Sides:
        """Where it holds and fails, whether anything is broadcast or not."""
        lowering.rule = rule
        holds, fails = self._asked(lowering, index, rule)
        if rule.only_when is not None:
            wanted, refused = lowering.truth(rule.only_when.tree)
            holds, fails = lowering.both(holds, wanted), lowering.either(fails, refused)
        if rule.rule.missing == "ok":
            fails = lowering.opposite(holds)
        if rule.clear is not None:
            holds, fails = self._cleared(lowering, index, rule, (holds, fails))
            if rule.only_when is not None:
                holds = lowering.both(holds, lowering.opposite(refused))
                fails = lowering.either(fails, refused)
        return holds, fails

    def _asked(self, lowering: Lowering, index: int, rule: Compiled) -> Sides:
        if isinstance(rule.asker, Lowered):
            return rule.asker.lower(lowering)
        return (
            lowering.program.flags(self._answer(index, 0)),
            lowering.program.flags(self._answer(index, 1)),
        )

    def _cleared(self, lowering: Lowering, index: int, rule: Compiled, asked: Sides) -> Sides:
        assert rule.clear is not None, "only such a rule is cleared"
        given = rule.asker.given(lowering) if isinstance(rule.asker, Lowered) else {}
        with lowering.given(given):
            clear, goes_on = lowering.truth(rule.clear.tree)
        holds, fails = asked
        firing = lowering.asked(
            "greater_equal", lowering.leaf(_State(self, index)), lowering.constant(2.0)
        )
        ends = lowering.both(clear, lowering.opposite(holds))
        return (
            lowering.either(holds, lowering.both(firing, goes_on)),
            lowering.either(
                lowering.both(firing, ends), lowering.both(fails, lowering.opposite(firing))
            ),
        )

    def _answer(self, index: int, side: int) -> Callable[[Any], Bools]:
        return lambda _: self._answers[index][side]


@dataclass(frozen=True)
class _State:
    """A leaf: the states of a rule's alerts. Whoever moves one tells (`stirred`)."""

    questions: Questions
    index: int
    lasting = True

    def __call__(self, columns: Any) -> NDArray[Any]:
        return self.questions._states[self.index]


def _on_air(columns: Columns) -> Bools:
    return columns.on_air()


def _variable(program: Program, side: Side, like: str) -> str:
    return program.filled(like, side) if isinstance(side, bool) else side
