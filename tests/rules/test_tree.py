"""What a tree tells about itself."""

from __future__ import annotations

from monitor.rules.grammar import parse_condition
from monitor.rules.tree import ExpressionError, columns, terms, written

TEXT = "not (b < 2 <= a) and (min(c, -b) / a > 1 or (a)) or 3 > 2"


def test_its_columns_are_sorted_and_named_once():
    assert ("a", "b", "c") == columns(parse_condition(TEXT, "abc", {}))


def test_its_terms_are_what_compares_columns_and_what_stands_alone():
    tree = parse_condition(TEXT, "abc", {})

    assert ["b < 2 <= a", "min(c, -b) / a > 1", "a"] == [
        written(term, TEXT) for term in terms(tree)
    ]


def test_a_mistake_has_a_column_a_message_and_a_remedy():
    mistake = ExpressionError(3, "`=` is odd", "write `==`")

    assert "`=` is odd — write `==`" == str(mistake)
    assert (3, "`=` is odd", "write `==`") == (mistake.column, mistake.message, mistake.remedy)
