"""A straight line of numpy calls, each made once, that becomes a Python function.

Asking for the same call of the same operands twice gives the same variable, so
what several conditions share is computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_NAMES = (
    "absolute add bitwise_and bitwise_or divide equal full greater greater_equal less less_equal"
    " maximum minimum multiply negative subtract"
)
FUNCTIONS: dict[str, Callable[..., Any]] = {name: getattr(np, name) for name in _NAMES.split(" ")}


class Program:
    """Grows by `column`, `constant` and `call`, which name a variable; `function` ends it.

    With `careful` set the function runs with numpy's warnings off: it divides,
    or may overflow, and takes care of the result itself.
    """

    def __init__(self) -> None:
        self.careful = False
        self._lines: list[tuple[str, tuple[str, ...]]] = []  # a call and what it reads
        self._variables: dict[tuple[object, ...], str] = {}
        self._namespace: dict[str, Any] = dict(FUNCTIONS)

    def column(self, name: str) -> str:
        """The variable that holds a column."""
        return self._variable(("column", name), f"columns[{self._named(name)}]")

    def constant(self, value: float | bool) -> str:
        """A name for a constant. Numpy takes an array of no dimension faster than a float."""
        return self._named(np.array(value), ("constant", repr(value)))

    def call(self, function: str, *operands: str) -> str:
        """The variable that holds a call's result."""
        assert function in FUNCTIONS, f"{function} is not one of ours"
        return self._variable((function, *operands), f"{function}({', '.join(operands)})", operands)

    def filled(self, like: str, value: bool | float) -> str:
        """The variable that holds one value for each row of another."""
        name = self.constant(value)
        return self._variable(("full", like, name), f"full({like}.shape, {name})", (like,))

    def function(self, *results: str, make: Callable[..., Any]) -> Callable[..., Any]:
        """A function of the columns that returns `make` of these variables."""
        lines = [*self._freeing(results), f"return make({', '.join(results)})"]
        source = "def evaluate(columns):\n    " + "\n    ".join(lines)
        namespace = {**self._namespace, "make": make}
        exec(compile(source, "<expression>", "exec"), namespace)  # noqa: S102  # only our own words are in it
        evaluate: Callable[..., Any] = namespace["evaluate"]
        return np.errstate(all="ignore")(evaluate) if self.careful else evaluate

    def _freeing(self, results: tuple[str, ...]) -> list[str]:
        """The lines, each followed by `del` of what nobody reads any more.

        With 10,000 rows that keeps the memory in use within the cache.
        """
        lines: list[str] = []
        kept = set(results)
        for number in range(len(self._lines) - 1, -1, -1):
            source, operands = self._lines[number]
            last = sorted({each for each in operands if each[0] == "v"} - kept)
            if last:
                lines.append(f"del {', '.join(last)}")
            lines.append(f"v{number} = {source}")
            kept.update(last)
        return lines[::-1]

    def _variable(
        self, key: tuple[object, ...], source: str, operands: tuple[str, ...] = ()
    ) -> str:
        if key not in self._variables:
            self._variables[key] = f"v{len(self._lines)}"
            self._lines.append((source, operands))
        return self._variables[key]

    def _named(self, value: object, key: tuple[object, ...] | None = None) -> str:
        key = ("name", value) if key is None else key
        if key not in self._variables:
            name = self._variables[key] = f"k{len(self._namespace)}"
            self._namespace[name] = value
        return self._variables[key]
