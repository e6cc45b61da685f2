"""Spans of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("15s", 15.0),
        ("3m", 180.0),
        ("1h30m", 5400.0),
        ("1d", 86400.0),
        ("30s250ms", 30.25),
        ("1m5ms", 60.005),
        ("119s750ms", 119.75),
        ("0s", 0.0),
        ("1d2h3m4s5ms", 93784.005),
    ],
)
def test_a_duration_is_whole_numbers_with_units(text: str, seconds: float) -> None:
    """`m` is minutes and `ms` milliseconds, alone and side by side."""

    assert seconds == durations.parse(text)


@pytest.mark.parametrize(
    "text",
    ["half a minute", "", "30", "s", "1.5h", "-5s", "30s1m", "5s5s", "30 s", "1H", "３0s", "1m "],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    """A bare number has no unit, and a smaller unit before a greater one is a slip."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the text is compared below
        durations.parse(text)

    expected = f"`{text}` is not a duration; write for example `30s` or `1h30m`"
    assert expected == str(refused.value)


def test_a_duration_beyond_ten_years_is_a_slip() -> None:
    """Nobody waits that long; a zero too many was written."""
    with pytest.raises(ValueError, match="longer than ten years"):
        durations.parse("99999d")


@given(st.integers(min_value=0, max_value=durations.LONGEST_DAYS * 86_400_000))
def test_what_is_spelled_reads_back(milliseconds: int) -> None:
    """`parse` undoes `spell`, to the millisecond."""

    assert milliseconds / 1000 == durations.parse(durations.spell(milliseconds / 1000))


def test_a_spelled_duration_is_short() -> None:
    """Units that are zero are left out."""

    assert ["1h30m", "30s250ms", "0s", "2d"] == [
        durations.spell(seconds) for seconds in (5400, 30.25, 0, 172800)
    ]
