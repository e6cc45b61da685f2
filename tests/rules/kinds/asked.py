"""Askers of rules, and columns as they get them, made by hand."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from monitor.rules import compile as rules
from monitor.rules.kinds.kind import Asker, Asking, Learning
from monitor.rules.lowering import Lowering
from monitor.rules.program import Filling


class Table(dict[str, np.ndarray]):
    """Columns of one row and more; a name that is not given is unknown everywhere."""

    def __init__(self, **columns: list[float]) -> None:
        super().__init__({name: np.array(values, float) for name, values in columns.items()})
        self.rows = len(next(iter(self.values())))

    def __missing__(self, name: str) -> np.ndarray:
        return np.full(self.rows, np.nan)


def asker(text: str) -> Asker:
    """The asker of the one rule `- {id: a, …}`."""
    return rules.parse(f"rules:\n  - id: a\n{text}").rules[0].asker


class _Rule:
    """What has an asker."""

    def __init__(self, asker: Any) -> None:
        self.asker = asker


@lru_cache(maxsize=16)
def _program(asker: Any) -> Filling:
    lowering = Lowering()
    lowering.rule = _Rule(asker)
    sides = [lowering.filled(side, asker.used[0]) for side in asker.lower(lowering)]
    return lowering.program.filling([(sides[0], 0), (sides[1], 1)])


def answers(asker: Any, columns: Table, now: float = 0.0, firing: bool = False) -> list[str]:
    """A word a row: holds, fails or unknown."""
    firing_at, found = np.full(columns.rows, firing), np.zeros((2, columns.rows), bool)
    if isinstance(asker, Asking):
        found[:] = asker.ask(columns, now, firing_at)  # type: ignore[arg-type]
    else:
        if isinstance(asker, Learning):
            asker.learn(columns, now, firing_at)  # type: ignore[arg-type]
        fill = _program(asker)
        fill(columns, columns.rows, now, (found,))
    return ["holds" if holds else "fails" if fails else "unknown" for holds, fails in found.T]
