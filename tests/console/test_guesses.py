"""Wrong tokens by address."""

from __future__ import annotations

from monitor.console.guesses import A_MINUTE, ADDRESSES, Guesses

NOW = 1_795_370_000.0


def test_after_five_in_a_minute_an_address_waits():
    """
    !!!!!        one minute         the first is forgotten
    """
    it = Guesses()
    for number in range(A_MINUTE):
        assert not it.too_many("a", NOW + number)
        it.note("a", NOW + number)

    assert it.too_many("a", NOW + 59)
    assert not it.too_many("b", NOW + 59)
    assert not it.too_many("a", NOW + 60)


def test_the_address_quiet_for_longest_is_forgotten():
    it = Guesses()
    for number in range(ADDRESSES + 1):
        it.note(str(number), NOW)

    assert ADDRESSES == len(it)
    assert not it.too_many("0", NOW)
