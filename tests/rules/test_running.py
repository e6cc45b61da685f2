"""What compiled lines are run over is looked up as often as it can be another array."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from monitor.rules.program import Program
from monitor.rules.running import Stored


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
