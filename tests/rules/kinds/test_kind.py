"""What the kinds share: how an unknown figure is told."""

from __future__ import annotations

from monitor.rules.kinds.kind import Rule, known, read
from tests.rules.kinds.asked import Table


def test_the_unknown_is_nothing_people_need_to_read_about():
    assert (None, 0.0, 2.5) == (known(float("nan")), known(0.0), known(2.5))


def test_the_values_of_a_row():
    columns = Table(comments_1m=[1, 2], online=[float("nan"), 7])

    assert {"comments_1m": 1.0, "online": None} == read(columns, ["comments_1m", "online"], 0)


def test_a_kind_gives_nothing_of_its_own_unless_it_says_so():
    assert ((), ()) == (tuple(Rule.columns()), tuple(Rule.names()))
