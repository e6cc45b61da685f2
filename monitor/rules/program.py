"""A straight line of calls over columns, each made once, that becomes a Python function.

Asking for the same call of the same operands twice gives the same variable, so what
several conditions share is computed once. Where the compiled loops are there
(speedups/program.c) they run the lines, a few hundred rows at a time; else each line is a
call of numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.rules.running import Leaf, Run, Stored, looked_up
from monitor.speedups.loaded import compiled

__all__ = ["FUNCTIONS", "Filling", "Leaf", "Program", "Stored"]

NOTHING = np.float64("nan")


def masked(truth: Any, number: Any) -> Any:
    """The number where it is so, else nothing."""
    return np.where(truth, number, NOTHING)


def otherwise(number: Any, other: Any) -> Any:
    """The number where it is known, else the other one."""
    return np.where(np.isnan(number), other, number)


OURS: dict[str, Callable[..., Any]] = {"masked": masked, "otherwise": otherwise}
# In the order of speedups/program.c.
_NAMES = (
    "absolute", "add", "bitwise_and", "bitwise_or", "divide", "equal", "expm1", "full", "greater",
    "greater_equal", "less", "less_equal", "logical_not", "masked", "maximum", "minimum",
    "multiply", "negative", "otherwise", "subtract",
)  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: OURS.get(name) or getattr(np, name) for name in _NAMES
}
_CALLS = {
    name: number for number, name in enumerate([*_NAMES, "column", "flags", "truths", "result"])
}
_TRUTHS = {
    "bitwise_and", "bitwise_or", "equal", "greater", "greater_equal", "less", "less_equal",
    "logical_not",
}  # fmt: skip


class Filling(Protocol):
    """What `filling` makes."""

    def __call__(
        self,
        columns: Any,
        rows: int,
        now: float,
        matrices: tuple[NDArray[Any], ...],
        moved: NDArray[np.int64] | None = None,
    ) -> None: ...


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
        self._now = np.zeros(())

    def column(self, leaf: Leaf) -> str:
        """The variable that holds the numbers of a column."""
        return self._variable("column", self._named(("column", leaf), leaf))

    def flags(self, leaf: Leaf) -> str:
        """The variable that holds the truths of a column of flags."""
        return self._variable("flags", self._named(("column", leaf), leaf))

    def now(self) -> str:
        """A name for the time at which a filling is asked."""
        return self._named(("now", None), self._now)

    def constant(self, value: float | bool) -> str:
        """A name for a constant. Numpy takes an array of no dimension faster than a float."""
        return self._named(("constant", repr(value)), np.array(value))

    @property
    def lasts(self) -> bool:
        """Whether it comes to the same while no row of what is stored moves."""
        kinds = {kind for kind, _ in self._names}
        leaves = (leaf for kind, leaf in self._names if kind == "column")
        return "now" not in kinds and all(getattr(leaf, "lasting", False) for leaf in leaves)

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
        if compiled is None or len(truths) > 1:
            return self._plain(results, make or _together)
        kind, wide = np.dtype(bool if truths.pop() else float), len(results)
        run = self._compiled([(each, row) for row, each in enumerate(results)])

        def evaluate(columns: Any) -> Any:
            arrays = run.bound(columns)
            rows = len(arrays[0])
            found = np.empty((wide, rows), kind)
            run(arrays, (found,), rows)
            return found if make is None else make(*found)

        return evaluate

    def filling(self, results: Sequence[tuple[str, int]]) -> Filling:
        """Writes variables into rows of matrices, which are counted through: (variable, row).

        It is given the columns, of at least as many rows as are asked for, how many these
        are, the time, the matrices, and perhaps which rows have moved since: then those are
        asked, and those of which something else that it reads is not what it was.
        """
        if compiled is not None:
            run = self._compiled(results)

            def fill(
                columns: Any,
                rows: int,
                now: float,
                matrices: tuple[NDArray[Any], ...],
                moved: NDArray[np.int64] | None = None,
            ) -> None:
                arrays = run.bound(columns)
                which = None if moved is None else run.moved(moved, rows)
                if which is None:
                    run(arrays, matrices, rows, now)
                elif len(which):
                    run(arrays, matrices, which, now)

            return fill
        evaluate = self._plain([variable for variable, _ in results], _as_they_are)
        targets = [row for _, row in results]

        def fill_plainly(
            columns: Any,
            rows: int,
            now: float,
            matrices: tuple[NDArray[Any], ...],
            moved: NDArray[np.int64] | None = None,
        ) -> None:
            self._now[...] = now
            lines = [line for matrix in matrices for line in matrix]
            for row, values in zip(targets, evaluate(columns, rows), strict=True):
                lines[row][:rows] = values

        return fill_plainly

    def _is_truth(self, variable: str) -> bool:
        function, operands = self.calls[int(variable[1:])]
        if function == "full":
            return self._namespace[operands[1]].dtype == bool
        return function in _TRUTHS or function == "flags"

    # ── compiled ──────────────────────────────────────────────────────────────

    def _compiled(self, results: Sequence[tuple[str, int]]) -> Run:
        """The lines of (call, out, left, right) that come to these results.

        A register is used again once nobody reads what it holds.
        """
        last_read = {operand: at for at, (_, reads) in enumerate(self.calls) for operand in reads}
        targets: dict[str, list[int]] = {}
        for variable, row in results:
            targets.setdefault(variable, []).append(row)
        constants: dict[str, int] = {}
        leaves: list[Leaf] = []
        register: dict[str, int] = {}
        free: list[int] = []
        registers = 0
        lines: list[tuple[int, int, int, int]] = []

        def place(operand: str) -> int:
            if operand[0] == "v":
                return register[operand]
            return -1 - constants.setdefault(operand, len(constants))

        for at, (function, operands) in enumerate(self.calls):
            variable = f"v{at}"
            if function in ("column", "flags"):
                reads = [len(leaves), 0]
                leaves.append(self._namespace[operands[0]])
            else:
                reads = [place(operand) for operand in operands]
            if not free:
                free, registers = [registers], registers + 1
            out = register[variable] = free.pop()
            truths = function == "full" and self._is_truth(variable)
            lines.append((_CALLS["truths" if truths else function], out, reads[0], reads[-1]))
            lines += [(_CALLS["result"], row, out, 0) for row in targets.get(variable, ())]
            done = {each for each in operands if each[0] == "v" and last_read[each] == at}
            free += [register[each] for each in done]
            if variable not in last_read:
                free.append(out)
        values = [self._namespace[name] for name in constants] or [np.array(0.0)]
        now = constants.get(self._names.get(("now", None), ""))
        return Run(np.array(lines, np.int32), registers, leaves, values, now)

    # ── numpy ─────────────────────────────────────────────────────────────────

    def _plain(self, results: Sequence[str], make: Callable[..., Any]) -> Callable[..., Any]:
        """A function of the columns, and of how many rows of them, that calls numpy."""
        lines = [*self._freeing(results), f"return make({', '.join(results)})"]
        source = "def evaluate(columns, rows=None):\n    " + "\n    ".join(lines)
        namespace = {**self._namespace, "make": make, "read": _read}
        exec(compile(source, "<expression>", "exec"), namespace)  # noqa: S102  # only our own words are in it
        evaluate: Callable[..., Any] = namespace["evaluate"]
        return np.errstate(all="ignore")(evaluate) if self.careful else evaluate

    def _freeing(self, results: Sequence[str]) -> list[str]:
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
        if function in ("column", "flags"):
            return f"read(columns, {operands[0]}, rows, {function == 'flags'})"
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


def _read(columns: Any, leaf: Leaf, rows: int | None, flags: bool) -> NDArray[Any]:
    """What a leaf holds: flags, or numbers, whatever they are kept as."""
    array = np.asarray(looked_up(columns, leaf))[:rows]
    return array if flags or array.dtype == np.float64 else array.astype(np.float64)


def _as_they_are(*arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    return arrays


def _together(*arrays: np.ndarray) -> np.ndarray:
    return np.array(arrays)
