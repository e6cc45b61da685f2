"""The fit finds what tells rows apart."""

from __future__ import annotations

import numpy as np

from monitor.mood.logistic import Rows, fit_binary, fit_classes


def test_two_kinds_of_rows_are_told_apart():
    rows = Rows(["没声音", "卡死了", "好看", "喜欢"] * 5)
    positive = np.array([True, True, False, False] * 5)
    point = fit_binary(rows, positive, np.ones(20), 10.0)
    scores = rows.scores(point[:-1], float(point[-1]))

    assert ((scores > 0) == positive).all()


def test_trust_decides_between_rows_that_disagree():
    rows = Rows(["好", "好"])
    point = fit_binary(rows, np.array([True, False]), np.array([5.0, 1.0]), 10.0)

    assert rows.scores(point[:-1], float(point[-1]))[0] > 0


def test_several_kinds_are_told_apart():
    rows = Rows(["没声音", "太贵了", "假货"] * 3, bits=12)
    labels = np.array([0, 1, 2] * 3)
    weights = fit_classes(rows, labels, 3, 10.0)
    scores = np.stack([rows.scores(row, 0.0) for row in weights])

    assert labels.tolist() == scores.argmax(axis=0).tolist()
