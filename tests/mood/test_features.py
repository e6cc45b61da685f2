"""What the model sees of a comment."""

from __future__ import annotations

import numpy as np

from monitor.mood.features import SIZE, counts, features
from monitor.mood.normalise import fold


def seen(*texts: str) -> list[list[int]]:
    """The features of each text, in order."""
    lines = fold(list(texts))
    each = features(lines)
    found: list[list[int]] = [[] for _ in texts]
    for row, (start, end) in enumerate(zip(lines.starts[:-1], lines.starts[1:], strict=True)):
        for place in range(start, end):
            found[row] += [each.singles[place], each.pairs[place]]
            if place < len(each.triples) and each.whole[place]:
                found[row].append(each.triples[place])
    return [[int(one) for one in row] for row in found]


def test_a_comment_of_c_characters_has_3c_plus_2_features():
    texts = ["", "好", "质量差", "没声音啊"]

    assert [2, 5, 11, 14] == counts(fold(texts)).tolist()
    assert [2, 5, 11, 14] == [len(row) for row in seen(*texts)]


def test_features_do_not_reach_over_to_the_neighbour():
    assert seen("质量差")[0] == seen("别买", "质量差", "好")[1]


def test_digits_are_alike_and_order_matters():
    assert seen("3天") == seen("8天")
    assert seen("天3") != seen("3天")


def test_every_feature_has_a_place_in_the_table():
    each = features(fold(["没声音😡" * 20]))

    assert max(int(np.max(part)) for part in each[:3]) < SIZE
