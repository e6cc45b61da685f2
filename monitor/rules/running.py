"""Compiled lines of a program (program.py), and the arrays they are run over.

Most arrays are those of the tables themselves, which stay where they are until the tables
grow: they are looked up anew then, and at no other tick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import is_
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from monitor.speedups.loaded import compiled


@dataclass(frozen=True)
class Stored:
    """A leaf that reads an array of the tables: the same one while their `layout` is."""

    name: tuple[str, ...]
    read: Callable[[Any], NDArray[Any]] = field(compare=False)
    lasting = True  # it is another array only when all rows have moved

    def __call__(self, columns: Any) -> NDArray[Any]:
        return self.read(columns.tables)


Leaf: TypeAlias = str | Callable[[Any], NDArray[Any]]  # a column's name; or what reads it


class Run:
    """Compiled lines, and what they are run over."""

    def __init__(
        self,
        lines: NDArray[Any],
        registers: int,
        leaves: Sequence[Leaf],
        constants: Sequence[Any],
        now: int | None,
    ) -> None:
        """`now` is the place of the constant that is the time of each call."""
        assert compiled is not None, "whoever makes one has looked"
        self._run = compiled.run
        self._leaves = tuple(leaves)
        self._numbers = np.array([float(each) for each in constants])
        self._now = now
        self._given = (lines, registers, self._numbers)
        self._moving = [at for at, leaf in enumerate(leaves) if not isinstance(leaf, Stored)]
        self._arrays: list[NDArray[Any]] = []
        # What was looked up anew: as it was, and is. None: all of it was.
        self._others: list[tuple[NDArray[Any], NDArray[Any]]] | None = None
        self._layout: tuple[object, ...] = (None,)  # as it was when they were looked up

    def bound(self, columns: Any) -> list[NDArray[Any]]:
        """The arrays of the columns."""
        leaves, moving = self._leaves, self._moving
        if len(moving) == len(leaves):
            return [looked_up(columns, leaf) for leaf in leaves]
        layout = columns.layout
        if not all(map(is_, layout, self._layout)):
            self._arrays = [looked_up(columns, leaf) for leaf in leaves]
            self._layout, self._others = layout, None
            return self._arrays
        self._others = []
        for at in moving:
            array = looked_up(columns, leaves[at])
            if array is not self._arrays[at]:
                self._others.append((self._arrays[at], array))
            self._arrays[at] = array
        return self._arrays

    def moved(self, moved: NDArray[np.int64], rows: int) -> NDArray[np.int64] | None:
        """The rows of which something is not what it was; None: it pays to ask all of them.

        `moved` are those of what is stored; of the other arrays it is seen, for each is
        another one when it says something else.
        """
        if self._now is not None or self._others is None:
            return None
        parts = [moved]
        for was, array in self._others:
            if was.shape != array.shape or was.dtype != array.dtype:
                return None
            differs = _bits(was[:rows]) != _bits(array[:rows])
            parts.append(np.flatnonzero(differs))
            if len(parts[-1]) > rows // 4:
                return None
        return np.concatenate(parts)

    def __call__(
        self,
        arrays: list[NDArray[Any]],
        matrices: tuple[NDArray[Any], ...],
        rows: int | NDArray[np.int64],
        now: float = 0.0,
    ) -> None:
        if self._now is not None:
            self._numbers[self._now] = now
        try:
            self._run(*self._given, arrays, matrices, rows)
        except TypeError:  # a list, or numbers of another kind
            self._run(*self._given, [_numbers(each) for each in arrays], matrices, rows)


def looked_up(columns: Any, leaf: Leaf) -> NDArray[Any]:
    """The array of a leaf."""
    array: NDArray[Any] = columns[leaf] if isinstance(leaf, str) else leaf(columns)
    return array


def _bits(array: NDArray[Any]) -> NDArray[Any]:
    """Of numbers: what is unknown is the same as what is unknown."""
    return array.view(np.int64) if array.dtype == np.float64 else array


def _numbers(array: Any) -> NDArray[Any]:
    array = np.asarray(array)
    return array if array.dtype == bool else array.astype(np.float64)
