"""Text of strangers is shown as what it says and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.console.plain import plain


def test_markup_stays_the_text_it_is():
    """
    Pages write text as text, so nothing is escaped or taken out here.
    """
    assert "<script>alert(1)</script> & 'x'" == plain("<script>alert(1)</script> & 'x'")


def test_direction_overrides_zero_widths_and_controls_are_gone():
    """
    U+202E would show 100 as 001; U+200B hides a word from whoever searches it.
    """
    assert "付款100元" == plain("付\u202e款\u200b10\x000\u2066元\x1b")


def test_a_line_break_is_a_space():
    """
    A name stays on its line.
    """
    assert "一 二 三" == plain(" 一\n二\u2028三 ")


def test_piled_up_marks_end_after_two():
    """
    More of them would be drawn over the tile above.
    """
    assert "e\u0301\u0301" == plain("e" + "\u0301" * 50)


def test_long_text_ends_in_an_ellipsis():
    """
    The limit counts the ellipsis too.
    """
    assert "好好好…" == plain("好" * 1_000, 4)


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_whatever_comes_it_is_short_and_on_one_line(text: str, limit: int):
    """
    No text is too long, and making it plain again changes nothing.
    """
    clean = plain(text, limit)

    assert len(clean) <= limit
    assert not set(clean) & set("\n\r\t\u202e\u200b")
    assert clean == plain(clean, limit)
