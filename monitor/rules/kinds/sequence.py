"""sequence: steps in their order, each with its deadline, told by the time alone.

    phase: segment
    steps:
      - {name: hook, max: 15s}
      - {name: push, max: 180s}
      - {name: benefit, max: 300s}
    order: strict

    overrun        in a step for longer than its `max`
    skipped        a step was left out          hook → benefit
    out of order   a step came back too early   push → hook

From the last step the next is the first one. With `order: free` only overruns count.
A wrong turn lasts as long as the step it led to. Where nobody says which step it is,
nothing is breached. Where the config gives a room or its content module limits of their
own, those hold in place of `max`. A step that was only inferred counts where we are as sure
as `confidence` of it; a wrong turn, where we are of both steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct

from monitor.rules.conditions import Compiler, ProblemError
from monitor.rules.expression import Truth
from monitor.rules.kinds.kind import Columns, Flags, Rule, Value, known
from monitor.shapes import suggest
from monitor.signals.metrics import ENUMS
from monitor.signals.rooms import Floats


class SequenceStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step and how long it may last."""

    name: str
    max: str


class Sequence(Rule, frozen=True, kw_only=True, tag="sequence"):
    """Holds while a step is overrun, or was reached by a wrong turn."""

    phase: Literal["segment"] = "segment"
    steps: tuple[SequenceStep, ...]
    order: Literal["strict", "free"] = "strict"
    confidence: Annotated[float, Meta(ge=0, le=1)] = 0.8

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return ("step", "breach", "lasted_s", "max_s", "over_s")


class SequenceAsker:
    def __init__(self, rule: Sequence, compiler: Compiler) -> None:
        codes = ENUMS[rule.phase]
        if not rule.steps:
            raise ProblemError(("steps",), "no steps — write them in their order")
        self._names = [step.name for step in rule.steps]
        limits = np.full(int(max(codes.values())) + 1, np.inf)
        place = np.full(len(limits), -1)
        for index, step in enumerate(rule.steps):
            if step.name not in codes:
                raise ProblemError(
                    ("steps", index, "name"),
                    f"unknown step `{step.name}` — {suggest(step.name, codes)}",
                )
            code = int(codes[step.name])
            limits[code] = compiler.duration(("steps", index, "max"), step.max)
            place[code] = index
        self._limits, self._place = limits, place
        self._strict = rule.order == "strict"
        self._confidence = rule.confidence
        phase = rule.phase
        self.used = (
            phase, f"{phase}_before", f"{phase}_s", f"{phase}_limit_s", f"{phase}_confidence",
            f"{phase}_before_confidence",
        )  # fmt: skip

    def ask(self, columns: Columns, now: float, firing: Flags) -> Truth:
        step, before, lasted, own, sure, sure_before = (columns[name] for name in self.used)
        step = np.where(sure < self._confidence, np.nan, step)
        told = ~np.isnan(step)
        breach = told & (lasted > self._limit(step, own))
        if self._strict:
            before = np.where(sure_before < self._confidence, np.nan, before)
            breach |= self._turn(step, before) != 0
        return Truth(breach, ~breach)

    def _limit(self, step: np.ndarray, own: np.ndarray) -> np.ndarray:
        """How long the step may last: by the config, or else by the rule."""
        limit = self._limits[np.where(np.isnan(step), 0, step).astype(np.int64)]
        return np.where(np.isnan(own) | np.isinf(limit), limit, own)

    def _turn(self, step: np.ndarray, before: np.ndarray) -> np.ndarray:
        """How many steps were left out on the way here; negative: it went backwards."""
        known_both = ~np.isnan(step) & ~np.isnan(before)
        here = self._place[np.where(known_both, step, 0).astype(np.int64)]
        there = self._place[np.where(known_both, before, 0).astype(np.int64)]
        counts = known_both & (here >= 0) & (there >= 0)
        steps = len(self._names)
        wrong = np.where(there == steps - 1, here, here - there - 1)
        again = (here == there) & (here == 0)  # a hook after a hook: the cycle starts over
        return np.where(counts & ~again, wrong, 0)

    def beside(self, columns: Columns) -> Mapping[str, Floats]:
        return columns

    def values(self, columns: Columns, row: int) -> Mapping[str, Value]:
        step, before, lasted, own, _, sure_before = (
            columns[name][row : row + 1] for name in self.used
        )
        if np.isnan(step[0]):
            return dict.fromkeys(Sequence.names())
        place = int(self._place[int(step[0])])
        before = np.where(sure_before < self._confidence, np.nan, before)
        turn = int(self._turn(step, before)[0]) if self._strict else 0
        limit = float(self._limit(step, own)[0])
        over = float(lasted[0] - limit)
        if over > 0:
            breach = "overrun"
        elif turn:
            breach = "skipped" if turn > 0 else "out of order"
        else:
            breach = None
        return {
            "step": self._names[place] if place >= 0 else "other",
            "breach": breach,
            "lasted_s": known(lasted[0]),
            "max_s": limit if np.isfinite(limit) else None,
            "over_s": max(over, 0.0) if np.isfinite(over) else None,
        }

    def forget(self, rows: Iterable[int]) -> None:
        """It remembers nothing."""
