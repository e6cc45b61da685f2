"""What compiled lines are run over is looked up as often as it can be another array."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from monitor.rules.program import Program
from monitor.rules.running import Stored
from monitor.speedups.loaded import compiled


class Columns(dict[str, Any]):
    """Tables that hold counts, and a column beside them."""

    def __init__(self, counts: list[int], given: list[float]) -> None:
        super().__init__(given=np.array(given))
        self.tables = SimpleNamespace(counts=np.array(counts))
        self.layout: tuple[object, ...] = (self.tables,)


def more() -> Any:
    """Which counts are more than what is given, of the first two rows."""
    program = Program()
    counts = program.column(Stored(("counts",), lambda tables: tables.counts))
    fill = program.filling([(program.call("greater", counts, program.column("given")), 0)])

    def asked(columns: Columns) -> list[bool]:
        found = np.zeros((1, 2), bool)
        fill(columns, 2, 0.0, (found,))
        told: list[bool] = found[0].tolist()
        return told

    return asked


def test_an_array_of_the_tables_is_looked_up_when_they_have_grown():
    asked, columns = more(), Columns([1, 5], [3, 3])

    assert [False, True] == asked(columns)

    columns.tables.counts[0] = 4  # it moved where it lies

    assert [True, True] == asked(columns)

    columns.tables = SimpleNamespace(counts=np.array([1, 1, 9]))
    columns.layout = (columns.tables,)

    assert [False, False] == asked(columns)


def test_a_column_is_looked_up_each_time():
    asked, columns = more(), Columns([1, 5], [3, 3])
    asked(columns)

    columns["given"] = np.array([0.0, 9.0])

    assert [True, False] == asked(columns)


def test_two_leaves_of_one_name_are_one():
    program = Program()
    one, other = (Stored(("a",), lambda tables, part=part: part) for part in (1, 2))

    assert program.column(one) == program.column(other)


def test_only_the_rows_that_moved_are_asked_where_all_else_is_the_same():
    """Compiled; numpy asks all of them, which is never wrong."""
    all_are_asked = compiled is None
    program = Program()
    counts = program.column(Stored(("counts",), lambda tables: tables.counts))
    given = program.column(lambda columns: columns["given"])
    fill = program.filling([(program.call("greater", counts, given), 0)])
    columns, found = Columns([1, 5, 5], [3, 3, 3]), np.zeros((1, 3), bool)

    def asked(*moved: int) -> list[bool]:
        fill(columns, 3, 0.0, (found,), np.array(moved, np.int64))
        told: list[bool] = found[0].tolist()
        return told

    assert [False, True, True] == asked(0)  # nobody has asked before
    columns.tables.counts[:] = [9, 1, 1]
    assert [True, not all_are_asked, False] == asked(0, 2, 2)
    assert [True, not all_are_asked, False] == asked()
    columns["given"] = np.array([3.0, 3.0, 3.0])
    assert [True, False, False] == asked()
