"""Names with `*` in them."""

from __future__ import annotations

import pytest

from monitor import patterns


@pytest.mark.parametrize(
    ("written", "name", "found"),
    [
        (["stock_*"], "stock_out", True),
        (["stock_*"], "out_of_stock_", False),
        (["a", "b"], "b", True),
        (["A"], "a", False),
        (["*"], "", True),
        ([], "a", False),
    ],
)
def test_a_name_is_matched_by_any_of_them(written, name, found):
    assert found is patterns.matches(written, name)


@pytest.mark.parametrize(
    ("written", "exact"), [(["a"], True), (["a", "b"], True), (["a", "b*"], False), (["a?"], False)]
)
def test_what_holds_no_star_is_a_name(written, exact):
    assert exact is patterns.exact(written)
