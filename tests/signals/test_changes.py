"""What is left changes, and a level comes late."""

from __future__ import annotations

import numpy as np

from monitor.signals.changes import REMEMBERED, Changes


def note(changes: Changes, *told: tuple[int, float, int]) -> None:
    rows, at, units = zip(*told, strict=True)
    changes.note(np.array(rows), np.array(at, float), np.array(units))


def test_of_a_level_what_came_after_it_is_left():
    """
    at       4    5    7    9
    units   −1   −2   −4   +3       of a level of 5: −3, and once more the same
    """
    changes = Changes()
    note(changes, (1, 4, 1), (1, 5, 2), (1, 7, 4), (2, 7, 9), (1, 9, -3))

    assert [-3, -3, 3, 0] == [changes.level(1, at) for at in (5, 4, 8, 10)]
    assert [-9, 0] == [changes.level(row, 0) for row in (2, 3)]


def test_the_last_ones_are_remembered():
    changes = Changes()
    for at in range(REMEMBERED + 9):
        note(changes, (1, at, 1))

    assert -REMEMBERED == changes.level(1, 0)


def test_of_another_product_in_the_row_nothing_is_known():
    changes = Changes()
    note(changes, (1, 4, 1), (2, 4, 1))
    changes.forget(1)

    assert [0, -1] == [changes.level(row, 0) for row in (1, 2)]
