"""Which rows have moved since somebody looked."""

from __future__ import annotations

import numpy as np

from monitor.signals.moves import MOST, Moves
from monitor.signals.stock import Products


def told(moves: Moves, *args: object) -> list[int] | None:
    rows = moves.since(*args)  # type: ignore[arg-type]
    return None if rows is None else rows.tolist()


def test_each_reader_hears_of_what_moved_since_it_looked():
    moves = Moves()
    moves.note(np.array([3, 1, 3]))
    first = moves.place()
    moves.note(7)

    assert [7] == told(moves, first)
    assert [] == told(moves, moves.place())


def test_rows_that_several_sums_are_of_are_told_once():
    moves, rows = Moves(), np.array([1, 2])
    start = moves.place()
    moves.note(rows)
    moves.note(rows)

    assert [1, 2] == told(moves, start)


def test_a_row_that_moves_again_is_told_again():
    """Though it was the last that moved before somebody looked."""
    moves, rows = Moves(), np.array([4])
    for again in (rows, 3):
        moves.note(again)
        looked = moves.place()
        moves.note(again)

        assert np.atleast_1d(again).tolist() == told(moves, looked)


def test_nobody_knows_which_rows_moved_once_all_have():
    moves = Moves()
    moves.note(1)
    before = moves.place()
    moves.everything()

    assert told(moves, before) is None
    assert [] == told(moves, moves.place())


def test_notes_that_nobody_reads_come_to_an_end():
    moves = Moves()
    before = moves.place()
    for row in range(MOST + 1):
        moves.note(row)

    assert told(moves, before) is None


def test_whoever_moves_a_product_notes_it():
    """What is counted of it, what it is taken off; and, as windows roll, what leaves them."""
    products = Products()
    products.grow(1)
    one, two = products.rows([0, 0], ["s1", "s2"])
    products.roll(1000.0)
    start = products.moves.place()
    products.windows.add("clicks", np.array([one]), 200)
    products.took(np.array([two]), np.array([1]), np.array([1000.0]))

    assert [one, two] == told(products.moves, start)

    for second, moved in ((1005, []), (1010, [one]), (9000, None)):
        start = products.moves.place()
        products.roll(second)

        assert moved == told(products.moves, start)
