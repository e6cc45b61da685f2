"""A program calls numpy once for each thing it is asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules import program as program_module
from monitor.rules.program import FUNCTIONS, Program


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


def test_a_careful_program_divides_by_zero_in_silence(monkeypatch):
    """In numpy; the compiled loops never warn."""
    monkeypatch.setattr(program_module, "compiled", None)

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


EXACT = sorted(FUNCTIONS.keys() - {"expm1"})  # that one may differ in its last bits


@given(
    columns=st.lists(
        st.lists(st.sampled_from([-2.0, -0.0, 0.0, 1.0, 3.5, 1e300, float("nan")]), min_size=1),
        min_size=2, max_size=2,
    ),
    asked=st.lists(st.tuples(st.sampled_from(EXACT), st.integers(0), st.integers(0)),
                   min_size=1, max_size=30),
)  # fmt: skip
@settings(deadline=None)
def test_compiled_lines_come_to_what_numpy_makes_of_them(columns, asked):
    """Any lines of numbers, then any of truths; every result asked for."""
    rows = min(map(len, columns))
    arrays = {
        name: np.array(column[:rows] * 150) for name, column in zip("ab", columns, strict=True)
    }
    program = Program()
    program.careful = True
    numbers = [program.column("a"), program.column("b")]
    truths = [program.call("less", *numbers)]
    for function, one, other in asked:
        if function in ("bitwise_and", "bitwise_or"):
            left, right = truths[one % len(truths)], truths[other % len(truths)]
            truths.append(program.call(function, left, right))
        elif function == "full":
            truths.append(program.filled(numbers[one % len(numbers)], bool(other % 2)))
        elif function == "logical_not":
            truths.append(program.call(function, truths[one % len(truths)]))
        elif function == "masked":
            number = numbers[other % len(numbers)]
            numbers.append(program.call(function, truths[one % len(truths)], number))
        elif function in ("absolute", "negative"):
            numbers.append(program.call(function, numbers[one % len(numbers)]))
        else:
            constants = [program.constant(float(number)) for number in (0, 1, 7)]
            left, right = (
                numbers[one % len(numbers)],
                (numbers + constants)[other % (len(numbers) + 3)],
            )
            kind = numbers if function in ("add", "divide", "maximum", "minimum", "multiply",
                                           "otherwise", "subtract") else truths  # fmt: skip
            kind.append(program.call(function, left, right))

    for results in (numbers[2:] or numbers, truths):
        fast = program.function(*results, make=lambda *found: found)(arrays)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(program_module, "compiled", None)
            plain = program.function(*results, make=lambda *found: found)(arrays)

        np.testing.assert_equal(fast, plain)


@pytest.mark.parametrize("column", [np.array([1, 3]), np.array([True, False]), [1.0, 3.0]])
def test_a_column_of_whole_numbers_or_flags_is_a_column(column):
    program = Program()
    holds = program.call("less", program.column("a"), program.constant(2.0))

    assert [float(x) < 2 for x in column] == program.function(
        holds, make=lambda found: found.tolist()
    )({"a": column})


def test_every_other_row_of_an_array_is_a_column():
    program = Program()
    double = program.call("add", program.column("a"), program.column("a"))
    evaluate = program.function(double, make=lambda found: found.tolist())

    assert [0.0, 4.0, 8.0] == evaluate({"a": np.arange(6.0)[::2]})


def test_what_is_lost_of_a_silence_is_nearly_the_same(monkeypatch):
    small = -np.logspace(-300, 2.8, 20_000)
    halves = -np.arange(1, 2000) * np.log(2.0) / 2.0  # where one power of two is as near as another
    rare = [-np.inf, -1e300, -745.0, -700.0, 0.0, 3.0, 600.0, np.nan]
    ages = np.concatenate([small, halves, rare])
    program = Program()
    grown = program.call("expm1", program.column("age"))
    fast = program.function(grown, make=lambda found: found)({"age": ages})
    monkeypatch.setattr(program_module, "compiled", None)
    plain = program.function(grown, make=lambda found: found)({"age": ages})

    np.testing.assert_allclose(fast, plain, rtol=1e-15)


@pytest.mark.parametrize("compiled", [True, False])
def test_a_filling_writes_rows_of_matrices(monkeypatch, compiled):
    """Columns may be longer than what is asked of; a leaf may be read by a function; and the
    time is that of the call. Rows are counted through all matrices."""
    if not compiled:
        monkeypatch.setattr(program_module, "compiled", None)
    program = Program()
    counts = program.column(lambda columns: columns["counts"])
    more = program.call("greater", counts, program.constant(2.0))
    here = program.flags("here")
    recent = program.call("less", program.call("subtract", program.now(), counts), counts)
    fill = program.filling([(more, 1), (program.call("bitwise_and", more, here), 2), (recent, 0)])
    first, second = np.zeros((1, 5), bool), np.zeros((2, 4), bool)
    columns = {"counts": np.array([1, 3, 5, 7, 9]), "here": np.array([True, False] * 2)}

    fill(columns, 3, 8.0, (first, second))

    assert [[False, False, True, False, False]] == first.tolist()
    assert [[False, True, True, False], [False, False, True, False]] == second.tolist()

    fill(columns, 4, 5.0, (first, second))

    assert [[False, True, True, True, False]] == first.tolist()
