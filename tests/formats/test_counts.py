"""
Counts as screens show them are a number and whether it is only a lower bound.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.formats.counts import MOST, count


@pytest.mark.parametrize(
    ("number", "at_least", "shown"),
    [
        (351, False, "351"),
        (351, False, 351),
        (12_000, True, "1.2万"),
        (50, True, "50+"),
        (100_000, True, "10w+"),
        (100_000, True, "10W"),
        (3_400, True, "3.4k"),
        (150_000_000, True, "1.5亿"),
        (1_204, False, " 1,204 "),
        (MOST, True, "30亿"),
        (MOST, True, 10**12),
        (0, False, "0"),
    ],
)
def test_a_shown_count_is_a_number_and_a_bound(
    number: int, at_least: bool, shown: str | int
) -> None:
    """
    A unit cuts digits off, so it is a lower bound like a plus sign.
    """
    assert (number, at_least) == count(shown)


@pytest.mark.parametrize("shown", ["", "many", "-3", "1.5", "1e3", "万", "1.2.3万", -1, True, "٣"])
def test_what_is_no_count_is_refused(shown: str | int) -> None:
    """
    Half a viewer is none.
    """
    with pytest.raises(ValueError):  # noqa: PT011  its words are for people
        count(shown)


@given(st.integers(0, 10**8))
def test_a_lower_bound_is_never_above_the_number(number: int) -> None:
    """
    As a platform shows it: one decimal, cut off.
    """
    shown = f"{number // 10_000}.{number % 10_000 // 1_000}万"

    assert 0 <= number - count(shown)[0] < 1_000
