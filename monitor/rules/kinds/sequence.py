"""sequence: steps in their order, each with its deadline, told by the time alone.

    phase: segment
    steps:
      - {name: hook, max: 15s, warn: 12s}
      - {name: push, max: 180s}
      - {name: benefit, max: 300s}
    order: strict

    soon           in a step for longer than its `warn`: told as `warn_severity`
    overrun        in a step for longer than its `max`
    skipped        a step was left out          hook → benefit
    out of order   a step came back too early   push → hook

From the last step the next is the first one. With `order: free` only overruns count.
A wrong turn lasts as long as the step it led to. Where nobody says which step it is,
nothing is known. `max` and `warn` are spans, or names of parameters. Where the config gives
a room or its content module limits of their own, those hold in place of `max`, and `warn`
is as long before them. A step that was only inferred counts where we are as sure
as `confidence` of it; a wrong turn, where we are of both steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.kinds.kind import (
    Columns,
    Lowering,
    Operand,
    Rule,
    Severity,
    Side,
    Span,
    Value,
    known,
)
from monitor.shapes import suggest
from monitor.signals.metrics import ENUMS
from monitor.signals.rooms import Floats


class SequenceStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step and how long it may last."""

    name: str
    max: Span
    warn: Span | None = None


class Sequence(Rule, frozen=True, kw_only=True, tag="sequence"):
    """Holds while a step is overrun, or was reached by a wrong turn."""

    phase: Literal["segment"] = "segment"
    steps: tuple[SequenceStep, ...]
    order: Literal["strict", "free"] = "strict"
    confidence: Annotated[float, Meta(ge=0, le=1)] = 0.8
    warn_severity: Severity = "notice"

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return ("step", "breach", "lasted_s", "max_s", "over_s", "left_s")


def _turns(place: np.ndarray, steps: int) -> dict[tuple[float, float], int]:
    """From which code to which is a wrong turn: how many steps were left out on the way;
    negative: it went backwards. `place` is that of each code among the steps, -1 for none."""
    turns = {}
    codes = np.flatnonzero(place >= 0).tolist()
    for there, here in product(codes, codes):
        before, now = int(place[there]), int(place[here])
        left_out = now if before == steps - 1 else now - before - 1
        if left_out and not before == now == 0:  # a hook after a hook: the cycle starts over
            turns[float(there), float(here)] = left_out
    return turns


class SequenceAsker:
    def __init__(self, rule: Sequence, compiler: Compiler) -> None:
        codes = ENUMS[rule.phase]
        if not rule.steps:
            raise ProblemError(("steps",), "no steps — write them in their order")
        self._names = [step.name for step in rule.steps]
        limits = np.full(int(max(codes.values())) + 1, np.inf)
        lead, place = np.full(len(limits), np.nan), np.full(len(limits), -1)
        self._own: list[tuple[int, str, str]] = []  # steps with parameters: which are theirs
        self._warn: dict[int, float] = {}  # by code, as the rule says
        for index, step in enumerate(rule.steps):
            if step.name not in codes:
                raise ProblemError(
                    ("steps", index, "name"),
                    f"unknown step `{step.name}` — {suggest(step.name, codes)}",
                )
            code = int(codes[step.name])
            limits[code], lead[code] = self._written(compiler, index, step, code)
            place[code] = index
        self._limits, self._lead, self._place = limits, lead, place
        self._strict = rule.order == "strict"
        self._turns = _turns(place, len(rule.steps))
        self._confidence = rule.confidence
        phase = rule.phase
        self.used: tuple[str, ...] = (
            phase, f"{phase}_before", f"{phase}_s", f"{phase}_limit_s", f"{phase}_confidence",
            f"{phase}_before_confidence",
        )  # fmt: skip
        given = {name for _, *names in self._own for name in names if name}
        self.used += tuple(sorted(given))

    def _written(
        self, compiler: Compiler, index: int, step: SequenceStep, code: int
    ) -> tuple[float, float]:
        """Seconds a step may last, and how long before them it is warned of."""
        most = compiler.seconds(("steps", index, "max"), step.max)
        warn: float | str = np.nan
        if step.warn is not None:
            warn = compiler.seconds(("steps", index, "warn"), step.warn)
        if isinstance(most, str) or isinstance(warn, str):
            names = [each if isinstance(each, str) else "" for each in (most, warn)]
            self._own.append((code, names[0], names[1]))
        if not isinstance(most, str) and not isinstance(warn, str) and warn >= most:
            what = f"`{step.warn}` is not before `max` — write less than `{step.max}`"
            raise ProblemError(("steps", index, "warn"), what)
        most_s, warn_s = (np.nan if isinstance(each, str) else each for each in (most, warn))
        self._warn[code] = warn_s
        return most_s, most_s - warn_s

    def lower(self, lowering: Lowering) -> tuple[Side, Side]:
        """Where it holds and fails; what `breaches` and `_limit` work out, as lines."""
        said, before, lasted, own, sure, sure_before = map(lowering.column, self.used[:6])
        step = self._sure(lowering, said, sure)
        limit, lead = self._limits_of(lowering, step)
        warn = lowering.arithmetic("-", lowering.otherwise(own, limit), lead)
        limit = lowering.masked(lowering.known(limit), lowering.otherwise(own, limit))
        wrong = [lowering.asked("greater", lasted, limit), lowering.asked("greater", lasted, warn)]
        if self._strict:
            came = self._sure(lowering, before, sure_before)
            wrong += [
                lowering.both(self._is(lowering, came, there), self._is(lowering, step, here))
                for there, here in self._turns
            ]
        holds = lowering.either(*wrong)
        return holds, lowering.both(lowering.known(said), lowering.opposite(holds))

    def given(self, lowering: Lowering) -> Mapping[str, Operand]:
        return {}

    def _sure(self, lowering: Lowering, said: Operand, sure: Operand) -> Operand:
        doubtful = lowering.asked("less", sure, lowering.constant(self._confidence))
        return lowering.masked(lowering.opposite(doubtful), said)

    def _is(self, lowering: Lowering, step: Operand, code: float) -> Side:
        return lowering.asked("equal", step, lowering.constant(float(code)))

    def _limits_of(self, lowering: Lowering, step: Operand) -> tuple[Operand, Operand]:
        """How long the step may last by the rule, and how long before that it warns."""
        own = {code: names for code, *names in self._own}
        limit = lead = lowering.constant(np.nan)
        for code in self._warn:
            most, warn = own.get(code, ("", ""))
            longest = lowering.column(most) if most else lowering.constant(self._limits[code])
            before = lowering.constant(self._lead[code])
            if warn:
                before = lowering.arithmetic("-", longest, lowering.column(warn))
            elif most:
                before = lowering.arithmetic("-", longest, lowering.constant(self._warn[code]))
            here = self._is(lowering, step, code)
            limit = lowering.otherwise(lowering.masked(here, longest), limit)
            lead = lowering.otherwise(lowering.masked(here, before), lead)
        return limit, lead

    def breaches(self, columns: Mapping[str, Floats]) -> np.ndarray:
        """Where a step is overrun, or was reached by a wrong turn."""
        said, before, lasted, own, sure, sure_before = (columns[name] for name in self.used[:6])
        step = np.where(sure < self._confidence, np.nan, said)
        breach: np.ndarray = ~np.isnan(step) & (lasted > self._limit(columns, step, own)[0])
        if self._strict:
            before = np.where(sure_before < self._confidence, np.nan, before)
            for there, here in self._turns:
                breach |= (before == there) & (step == here)
        return breach

    def _limit(
        self, columns: Mapping[str, Floats], step: np.ndarray, own: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """How long the step may last, by the config or else by the rule, and when to warn."""
        code = np.where(np.isnan(step), 0, step).astype(np.int64)
        limit, lead = self._limits[code], self._lead[code]
        for own_code, most, warn in self._own:
            here = code == own_code
            if most:
                limit = np.where(here, columns[most], limit)
            if warn:
                lead = np.where(here, limit - columns[warn], lead)
            elif most:
                lead = np.where(here, limit - self._warn[own_code], lead)
        limit = np.where(np.isnan(own) | np.isinf(limit), limit, own)
        return limit, limit - lead

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return columns

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        step, before, lasted, own, _, sure_before = (
            float(columns[name][row]) for name in self.used[:6]
        )
        if math.isnan(step):
            return dict.fromkeys(Sequence.names())
        place = int(self._place[int(step)])
        sure = self._strict and not sure_before < self._confidence
        turn = self._turns.get((before, step), 0) if sure else 0
        limit, warn = self._limit_here(columns, row, int(step), own)
        over = lasted - limit
        breach: str | None
        if over > 0:
            breach = "overrun"
        elif turn:
            breach = "skipped" if turn > 0 else "out of order"
        else:
            breach = "soon" if lasted > warn else None
        return {
            "step": self._names[place] if place >= 0 else "other",
            "breach": breach,
            "lasted_s": known(lasted),
            "max_s": limit if math.isfinite(limit) else None,
            "over_s": max(over, 0.0) if math.isfinite(over) else None,
            "left_s": max(-over, 0.0) if math.isfinite(over) else None,
        }

    def _limit_here(
        self, columns: Mapping[str, Floats], row: int, code: int, own: float
    ) -> tuple[float, float]:
        """The same as `_limit`, of one row."""
        limit, lead = float(self._limits[code]), float(self._lead[code])
        for own_code, most, warn in self._own:
            if code == own_code:
                limit = float(columns[most][row]) if most else limit
                if warn:
                    lead = limit - float(columns[warn][row])
                elif most:
                    lead = limit - self._warn[own_code]
        if not math.isnan(own) and not math.isinf(limit):
            limit = own
        return limit, limit - lead

    def forget(self, rows: Iterable[int]) -> None:
        """It remembers nothing."""


class WarningSequenceAsker(SequenceAsker):
    """A sequence that warns first: what is only soon is less severe than a breach."""

    def __init__(self, rule: Sequence, compiler: Compiler) -> None:
        super().__init__(rule, compiler)
        self.severities = (rule.warn_severity, rule.severity)

    def levels(self, columns: Columns) -> NDArray[np.int8]:
        return self.breaches(columns).astype(np.int8)


def sequence_asker(rule: Sequence, compiler: Compiler) -> SequenceAsker:
    """The asker of a sequence. Raises ProblemError."""
    warns = any(step.warn is not None for step in rule.steps)
    return (WarningSequenceAsker if warns else SequenceAsker)(rule, compiler)
