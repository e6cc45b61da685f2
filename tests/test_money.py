"""
Money as platforms spell it becomes whole minor units, exactly or not at all.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import money


@pytest.mark.parametrize(
    ("minor", "spelling"),
    [
        (1_234, "12.34"),
        (1_200, "12"),
        (1_210, "12.1"),
        (129_900, "¥1,299.00"),
        (129_900, "1299元"),
        (990, "￥9.90"),
        (1_234, 12.34),
        (1_200, 12),
        (29, 0.29),  # 0.29 * 100 is 28.999999999999996
        (0, "0.00"),
        (1_234, Decimal("12.340")),
        (10**15, "10000000000000.00"),
    ],
)
def test_yuan_in_any_spelling_is_exact(minor: int, spelling: str | float) -> None:
    """
    Strings, floats and whole yuan.
    """
    assert minor == money.yuan(spelling)


@pytest.mark.parametrize(
    "spelling",
    [
        "", "-1", "12.345", "NaN", "Infinity", "1e99", "free", "10000000000000.01", "9" * 50,
        -0.01, float("nan"), float("inf"), True, "1_2_",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(spelling: str | float) -> None:
    """
    Guessing at money is worse than refusing it.
    """
    with pytest.raises(ValueError):  # noqa: PT011  its words are for people
        money.yuan(spelling)


@given(st.integers(0, 10**15))
def test_minor_units_written_as_yuan_come_back(minor: int) -> None:
    """
    Whatever the amount, as text.
    """
    assert minor == money.yuan(f"{minor // 100}.{minor % 100:02}")


@given(st.integers(0, 10**11))
def test_minor_units_that_went_through_a_float_come_back(minor: int) -> None:
    """
    Up to a thousand million yuan; above, a float is too coarse for fen and no feed uses it.
    """
    assert minor == money.yuan(minor / 100)


def test_thousandths_and_coins_become_fen() -> None:
    """
    Bilibili counts in 1/1000 yuan, Douyin in coins of which ten are a yuan.
    """
    assert 13_800 == money.milli(138_000)
    assert 1 == money.milli(5)
    assert 0 == money.milli(4)
    assert 350 == money.coins(35)
    assert 0 == money.coins(0)


@pytest.mark.parametrize("convert", [money.milli, money.coins])
@pytest.mark.parametrize("amount", [-1, 10**18])
def test_counts_of_coins_have_bounds(convert: object, amount: int) -> None:
    """
    Neither negative nor more than any amount.
    """
    with pytest.raises(ValueError):  # noqa: PT011  its words are for people
        convert(amount)  # type: ignore[operator]
