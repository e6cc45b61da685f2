"""Pieces of a text, and habits from elsewhere that are told what to write."""

from __future__ import annotations

import pytest

from monitor.rules.tokens import shortened, tokens
from monitor.rules.tree import ExpressionError


def pieces(text: str) -> list[tuple[str, str, int]]:
    return [(token.kind, token.text, token.start) for token in tokens(text)]


def test_a_text_is_names_numbers_quoted_words_and_signs():
    assert [
        ("name", "seg_1", 0),
        ("sign", "==", 6),
        ("quoted", '"开 始"', 9),
        ("name", "or", 15),
        ("name", "x", 18),
        ("sign", "<", 19),
        ("sign", "-", 20),
        ("number", "1_000.5e-3", 21),
        ("end", "", 31),
    ] == pieces('seg_1 == "开 始" or x<-1_000.5e-3')


def test_lines_and_tabs_are_spaces():
    assert ["a", ">", "1", ""] == [text for _, text, _ in pieces("\ta\n  >\r\n1 ")]


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("a && b", 3, "`&&` is not part of an expression — write `and`"),
        ("a || b", 3, "`||` is not part of an expression — write `or`"),
        ("a = 3", 3, "`=` is not part of an expression — write `==` to compare"),
        ("a => 3", 3, "`=>` is not part of an expression — write `>=`"),
        ("!a", 1, "`!` is not part of an expression — write `not`"),
        ("a ** 2", 3, "`**` is not part of an expression — multiply, for example `x * x`"),
        ("a ＞ 3", 3, "`＞` is not part of an expression — write `>`"),
        ("情 and a > 3％", 1, "`情` is not part of an expression — write names, numbers,"),
        ("a > 25%", 7, "`%` is not part of an expression — write a share as a fraction"),
        ("a > 30s", 5, "`30s` is not a number — write plain numbers: seconds for a span"),
        ("a > 1.2.3", 5, "`1.2.3` is not a number"),
        ("a > 1_", 5, "`1_` is not a number"),
        ("s == 'x", 6, "`'` is not part of an expression — close the quotation"),
        ("a\x00", 2, "`U+0000` is not part of an expression"),
    ],
)
def test_what_is_no_piece_is_refused_at_its_column(text, column, told):
    with pytest.raises(ExpressionError) as caught:
        pieces(text)

    assert column == caught.value.column
    assert str(caught.value).startswith(told)


def test_a_long_text_is_shortened_where_it_is_told():
    assert "x" * 40 == shortened("x" * 40)
    assert "x" * 39 + "…" == shortened("x" * 41)
