"""A straight line of calls over columns, each made once, that becomes a Python function.

Asking for the same call of the same operands twice gives the same variable, so what
several conditions share is computed once. Where the compiled loops are there
(speedups/program.c) they run the lines, a few hundred rows at a time; else each line is a
call of numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from monitor.speedups.loaded import compiled

# In the order of speedups/program.c.
_NAMES = (
    "absolute", "add", "bitwise_and", "bitwise_or", "divide", "equal", "full", "greater",
    "greater_equal", "less", "less_equal", "maximum", "minimum", "multiply", "negative",
    "subtract",
)  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {name: getattr(np, name) for name in _NAMES}
_CALLS = {name: number for number, name in enumerate([*_NAMES, "column", "result"])}
_TRUTHS = {"bitwise_and", "bitwise_or", "equal", "greater", "greater_equal", "less", "less_equal"}


class Program:
    """Grows by `column`, `constant` and `call`, which name a variable; `function` ends it.

    With `careful` set the function runs with numpy's warnings off: it divides,
    or may overflow, and takes care of the result itself.
    """

    def __init__(self) -> None:
        self.careful = False
        self.calls: list[tuple[str, tuple[str, ...]]] = []  # and the names of what they read
        self._variables: dict[tuple[str, ...], str] = {}
        self._names: dict[tuple[str, object], str] = {}
        self._namespace: dict[str, Any] = dict(FUNCTIONS)

    def column(self, name: str) -> str:
        """The variable that holds a column."""
        return self._variable("column", self._named(("column", name), name))

    def constant(self, value: float | bool) -> str:
        """A name for a constant. Numpy takes an array of no dimension faster than a float."""
        return self._named(("constant", repr(value)), np.array(value))

    def call(self, function: str, *operands: str) -> str:
        """The variable that holds a call's result."""
        assert function in FUNCTIONS, f"{function} is not one of ours"
        return self._variable(function, *operands)

    def filled(self, like: str, value: bool | float) -> str:
        """The variable that holds one value for each row of another."""
        return self._variable("full", like, self.constant(value))

    def function(self, *results: str, make: Callable[..., Any] | None) -> Callable[..., Any]:
        """A function of the columns that returns `make` of these variables; None: one array."""
        truths = {self._is_truth(each) for each in results}
        if compiled is not None and len(truths) == 1:
            return self._compiled(results, make, np.dtype(bool if truths.pop() else float))
        lines = [*self._freeing(results), f"return make({', '.join(results)})"]
        source = "def evaluate(columns):\n    " + "\n    ".join(lines)
        namespace = {**self._namespace, "make": make or _together}
        exec(compile(source, "<expression>", "exec"), namespace)  # noqa: S102  # only our own words are in it
        evaluate: Callable[..., Any] = namespace["evaluate"]
        return np.errstate(all="ignore")(evaluate) if self.careful else evaluate

    def _is_truth(self, variable: str) -> bool:
        function, operands = self.calls[int(variable[1:])]
        if function == "full":
            return self._namespace[operands[1]].dtype == bool
        return function in _TRUTHS

    # ── compiled ──────────────────────────────────────────────────────────────

    def _compiled(
        self, results: tuple[str, ...], make: Callable[..., Any] | None, kind: np.dtype[Any]
    ) -> Callable[..., Any]:
        """The same, run by the compiled loops."""
        assert compiled is not None
        run = compiled.run
        lines, registers, names, constants = self._assembled(results)
        wide = len(results)

        def evaluate(columns: Any) -> Any:
            arrays = [columns[name] for name in names]
            found = np.empty((wide, len(arrays[0])), kind)
            try:
                run(lines, registers, constants, arrays, found)
            except TypeError:  # a column that holds whole numbers, or flags
                run(lines, registers, constants, [np.asarray(a, float) for a in arrays], found)
            return found if make is None else make(*found)

        return evaluate

    def _assembled(self, results: tuple[str, ...]) -> tuple[np.ndarray, int, list[str], np.ndarray]:
        """Lines of (call, out, left, right), how many registers, columns and constants.

        A register is used again once nobody reads what it holds.
        """
        last_read = {operand: at for at, (_, reads) in enumerate(self.calls) for operand in reads}
        constants: dict[str, int] = {}
        names: list[str] = []
        register: dict[str, int] = {}
        free: list[int] = []
        registers = 0
        lines: list[tuple[int, int, int, int]] = []

        def place(operand: str) -> int:
            if operand[0] == "v":
                return register[operand]
            return -1 - constants.setdefault(operand, len(constants))

        for at, (function, operands) in enumerate(self.calls):
            if function == "column":
                reads = [len(names)]
                names.append(self._namespace[operands[0]])
            else:
                reads = [place(operand) for operand in operands]
            if free:
                out = free.pop()
            else:
                out, registers = registers, registers + 1
            register[f"v{at}"] = out
            right = 0 if function == "column" else reads[-1]
            lines.append((_CALLS[function], out, reads[0], right))
            done = {each for each in operands if each[0] == "v" and last_read[each] == at}
            free += [register[each] for each in done - set(results)]
        lines += [(_CALLS["result"], at, register[each], 0) for at, each in enumerate(results)]
        values = [self._namespace[name] for name in constants]
        lanes = np.array([float(value) for value in values] or [0.0])
        for at, value in enumerate(values):
            if value.dtype == bool:  # all bits of a lane, or none
                lanes.view(np.int64)[at] = -int(value)
        return np.array(lines, np.int32), registers, names, lanes

    # ── numpy ─────────────────────────────────────────────────────────────────

    def _freeing(self, results: tuple[str, ...]) -> list[str]:
        """The lines, each followed by `del` of what nobody reads any more.

        With 10,000 rows that keeps the memory in use within the cache.
        """
        lines: list[str] = []
        kept = set(results)
        for number in range(len(self.calls) - 1, -1, -1):
            operands = self.calls[number][1]
            last = sorted({each for each in operands if each[0] == "v"} - kept)
            if last:
                lines.append(f"del {', '.join(last)}")
            lines.append(f"v{number} = {self._source(number)}")
            kept.update(last)
        return lines[::-1]

    def _source(self, number: int) -> str:
        function, operands = self.calls[number]
        if function == "column":
            return f"columns[{operands[0]}]"
        if function == "full":
            return f"full({operands[0]}.shape, {operands[1]})"
        return f"{function}({', '.join(operands)})"

    def _variable(self, *call: str) -> str:
        if call not in self._variables:
            self._variables[call] = f"v{len(self.calls)}"
            self.calls.append((call[0], call[1:]))
        return self._variables[call]

    def _named(self, key: tuple[str, object], value: object) -> str:
        if key not in self._names:
            name = self._names[key] = f"k{len(self._namespace)}"
            self._namespace[name] = value
        return self._names[key]


def _together(*arrays: np.ndarray) -> np.ndarray:
    return np.array(arrays)
