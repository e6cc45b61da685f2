"""Arrivals by where they came from."""

from __future__ import annotations

from monitor.signals.arrivals import OTHER, SOURCES, Arrivals, SourceShare

AT = 1_795_370_040.0 - 1_795_370_040.0 % 60


def test_shares_are_of_five_minutes_and_of_the_five_before():
    """
    Six minutes ago 1 of 2 came by search, lately 3 of 4.
    """
    arrivals = Arrivals()
    arrivals.came([0, 0], ["search", "feed"], AT - 360)
    arrivals.came([0, 0, 0, 0, 1], ["search", "search", "search", "feed", "ads"], AT)
    arrivals.came([0], [None], AT)

    assert [
        SourceShare("search", 3, 0.75, 0.5),
        SourceShare("feed", 1, 0.25, 0.5),
    ] == arrivals.shares(0, AT + 30)
    assert [SourceShare("ads", 1, 1.0, None)] == arrivals.shares(1, AT)


def test_what_is_told_late_belongs_to_its_own_minute():
    """
    Six minutes ago, told after what is of now; and eleven minutes ago, which is over.
    """
    in_order, late = Arrivals(), Arrivals()
    told = [("search", 2, AT - 660), ("search", 3, AT - 360), ("feed", 4, AT)]
    for source, value, at in told:
        in_order.told(0, source, value, at)
    for source, value, at in reversed(told):
        late.told(0, source, value, at)

    assert [SourceShare("feed", 4, 1.0, 0.0)] == late.shares(0, AT)
    assert in_order.shares(0, AT) == late.shares(0, AT)


def test_where_the_platform_tells_what_arrivals_say_is_not_counted_again():
    """
    The same people would be counted twice.
    """
    arrivals = Arrivals()
    arrivals.came([0], ["search"], AT)
    arrivals.told(0, "feed", 40, AT)
    arrivals.came([0], ["search"], AT)

    assert [SourceShare("feed", 40, 1.0)] == arrivals.shares(0, AT)


def test_what_is_old_is_gone_and_sources_are_bounded():
    """
    Whoever invents sources fills no memory.
    """
    arrivals = Arrivals()
    for number in range(SOURCES + 9):
        arrivals.told(0, f"s{number}", 1, AT)

    assert SOURCES + 1 == len(arrivals.shares(0, AT))
    assert 9 == {each.source: each.value for each in arrivals.shares(0, AT)}[OTHER]
    assert [] == arrivals.shares(0, AT + 600)

    arrivals.forget(0)
    assert [] == arrivals.shares(0, AT)
