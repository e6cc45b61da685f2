"""Products by the keys of their names."""

from __future__ import annotations

import numpy as np

from monitor.signals.hashes import hashes
from monitor.signals.skus import Skus, shelved
from tests.signals.test_grouping import group_of
from tests.stage import fact


def find(skus: Skus, *names: tuple[int, str]) -> list[int]:
    rooms, texts = zip(*names, strict=True)
    return skus.find(np.array(rooms), hashes(list(texts))).tolist()


class Shelf(dict):
    """Admits whatever it is asked for, and tells."""

    def __init__(self, skus: Skus, room: int) -> None:
        super().__init__()
        self.skus, self.room, self.asked = skus, room, 0

    def __missing__(self, sku: str) -> int:
        self.asked += 1
        row = self[sku] = 10 * self.room + len(self) + 1
        self.skus.put(self.room, sku, row)
        return row


def test_the_same_sku_in_two_rooms_is_two_products():
    skus = Skus()
    skus.put(0, "s1", 4)
    skus.put(1, "s1", 7)

    assert [4, 7, 0, 0] == find(skus, (0, "s1"), (1, "s1"), (2, "s1"), (0, "s2"))


def test_products_are_known_by_the_shelf_of_their_room_which_is_asked_once_for_each():
    skus = Skus()
    shelves = [Shelf(skus, room) for room in range(2)]
    group = group_of(
        *(
            fact("product_clicked", 1, room=room, sku=sku)
            for room, sku in zip("rsrr", "aabb", strict=True)
        ),
        rooms={"r": 0, "s": 1},
    )

    assert [[1, 11, 2, 2]] * 2 == [shelved(group, skus, shelves).tolist() for _ in range(2)]
    assert [2, 1] == [shelf.asked for shelf in shelves]


def test_of_products_that_are_gone_nothing_is_known_and_they_take_no_memory():
    skus = Skus()
    skus.put(0, "stays", 1)
    for wave in range(9):
        rows = range(2, 1002)
        for row in rows:
            skus.put(1, f"{wave}-{row}", row)
        skus.forget(list(rows))

    assert [1, 0] == find(skus, (0, "stays"), (1, "8-7"))
    assert len(skus) < 3100


def test_a_row_may_be_another_products():
    skus = Skus()
    skus.put(0, "a", 4)
    skus.forget([4])
    skus.put(0, "b", 4)
    skus.put(0, "a", 5)

    assert [5, 4] == find(skus, (0, "a"), (0, "b"))
