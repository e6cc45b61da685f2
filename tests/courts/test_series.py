"""Rows of numbers in short."""

from __future__ import annotations

import math

import pytest

from monitor.courts import series


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("5", [5]),
        ("1 2.5 -3", [1, 2.5, -3]),
        ("7x3", [7, 7, 7, 7]),
        ("50+0x2 5+0x1", [50, 50, 50, 5, 5]),
        ("10-4x3", [10, 6, 2, -2]),
        ("-1+0.5x2", [-1, -0.5, 0]),
        ("9x0", [9]),
        ("1 _ 3 _x2", [1, None, 3, None, None]),
    ],
)
def test_a_series_is_read_as_promtool_reads_it(text, numbers):
    """The number, and so many more of it."""
    assert numbers == series.parse(text)


def test_what_is_stale_is_unknown():
    assert [1, True, True, 2] == [
        math.isnan(number) or number for number in series.parse("1 stalex2 2") if number is not None
    ]


def test_what_was_said_last_stands_until_it_is_stale():
    known = series.standing(series.parse("_ 1 _ stale _ 4"))

    assert [None, 1, 1, None, None, 4] == [None if math.isnan(each) else each for each in known]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "a series without a number — write"),
        ("soon", "`soon` is no part of a series — write for example `50+0x330 5x30`"),
        ("5+3", "`5+3` is no part of a series"),
        ("1e9", "`1e9` is no part of a series"),
        ("5x999999999", "more than 100000 numbers — write a shorter one"),
    ],
)
def test_what_is_no_series_is_refused_with_a_remedy(text, what):
    with pytest.raises(ValueError, match="—") as told:
        series.parse(text)

    assert what in str(told.value)
