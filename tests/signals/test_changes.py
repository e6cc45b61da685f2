"""What is left changes, and a level comes late."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.signals import changes as module
from monitor.signals.changes import REMEMBERED, Changes, take


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


@pytest.mark.parametrize("way", ["compiled", "numpy"])
def test_what_a_level_does_not_know_of_goes_off_it(monkeypatch, way):
    """
    product 1 has a level of 5, product 2 none; row 0 is no product
    """
    if way == "numpy":
        monkeypatch.setattr(module, "compiled", None)
    columns = {
        "since": np.array([np.nan, 3.0, 6.0]),
        "level_at": np.array([np.nan, 5.0, np.nan]),
        "since_level": np.zeros(3),
    }
    rows, units = np.array([1, 1, 2, 0, 1]), np.array([1, 2, 4, 8, -16])
    untold = take(columns, rows, units, np.array([4.0, 5.0, 4.0, 4.0, 7.0]))

    assert [False, True, True, False, True] == untold.tolist()
    assert [0.0, 14.0, -4.0] == columns["since_level"].tolist()
    assert [4.0, 3.0, 4.0] == columns["since"].tolist()
