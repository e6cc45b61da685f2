"""A program calls numpy once for each thing it is asked."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.rules.program import Program


def test_what_is_asked_twice_is_computed_once():
    program = Program()
    column, limit = program.column("a"), program.constant(3.0)

    assert program.call("less", column, limit) == program.call("less", column, limit)
    assert program.column("a") == column
    assert program.column("b") != column
    assert program.constant(4.0) != limit


def test_it_returns_what_is_made_of_its_results():
    program = Program()
    column, three = program.column("a"), program.constant(3.0)
    total = program.call("add", program.call("multiply", column, column), three)
    filled = program.filled(column, 1.0)
    evaluate = program.function(total, column, filled, make=lambda *arrays: arrays)

    actual = [array.tolist() for array in evaluate({"a": np.array([1.0, 2.0])})]

    assert [[4.0, 7.0], [1.0, 2.0], [1.0, 1.0]] == actual


def test_a_careful_program_divides_by_zero_in_silence():
    def divided(*, careful: bool):
        program = Program()
        program.careful = careful
        ratio = program.call("divide", program.column("a"), program.column("b"))
        return program.function(ratio, make=lambda array: array.tolist())

    columns = {"a": np.array([1.0]), "b": np.array([0.0])}

    assert [np.inf] == divided(careful=True)(columns)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        divided(careful=False)(columns)


def test_a_column_is_looked_up_by_its_name_whatever_it_is():
    program = Program()
    evaluate = program.function(program.column('"]; x'), make=lambda array: array.tolist())

    assert [1.0] == evaluate({'"]; x': np.array([1.0])})


def test_no_call_but_ours_can_be_asked_for():
    with pytest.raises(AssertionError):
        Program().call("save", "v0")
