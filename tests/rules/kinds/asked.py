"""Askers of rules, and columns as they get them, made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from monitor.rules import compile as rules
from monitor.rules.kinds.kind import Asker


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


def answers(asker: Asker, columns: Table, now: float = 0.0, firing: bool = False) -> list[str]:
    """A word a row: holds, fails or unknown."""
    truth: Any = asker.ask(columns, now, np.full(columns.rows, firing))  # type: ignore[arg-type]
    pairs = zip(truth.holds.tolist(), truth.fails.tolist(), strict=True)
    return ["holds" if holds else "fails" if fails else "unknown" for holds, fails in pairs]
