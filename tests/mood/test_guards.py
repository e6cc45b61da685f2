"""When a phrase of complaint is none."""

from __future__ import annotations

import pytest

from monitor.mood.guards import asks, clause, denied, quotes, urges


@pytest.mark.parametrize(
    ("line", "phrase", "expected"),
    [
        ("不掉色", "掉色", True),
        ("从来没有掉色", "掉色", True),
        ("没有一点异味", "异味", True),
        ("不错 掉色", "掉色", False),  # another clause
        ("不是很贵但是掉色", "掉色", False),  # more than four characters before
        ("真的没声音", "没声音", False),  # the phrase itself begins with a denial
        ("掉色", "掉色", False),
    ],
)
def test_a_denial_stands_within_four_characters_of_its_clause(line, phrase, expected):
    assert expected == denied(line, line.index(phrase))


@pytest.mark.parametrize(
    ("line", "phrase", "expected"),
    [
        ("收到 坏了, 能退吗", "坏了", "坏了"),
        ("收到 真坏了? 能退吗", "坏了", "真坏了?"),
        ("坏了", "坏了", "坏了"),
    ],
)
def test_a_clause_ends_at_spaces_and_signs_and_keeps_its_question_mark(line, phrase, expected):
    start, end = clause(line, line.index(phrase), line.index(phrase) + len(phrase))

    assert expected == line[start:end]


@pytest.mark.parametrize(
    "line",
    [
        *("会不会掉色", "掉色吗", "辣不辣", "多久发", "几号发", "哪个链接", "会褪色不"),
        *("怎么看物流", "m还是l", "是正品么", "谁出运费", "how long", "is it real", "掉色?"),
    ],
)
def test_who_asks_asks(line):
    assert asks(line)


@pytest.mark.parametrize(
    "line", ["没声音", "怎么还不发货", "什么破东西", "那么贵", "主播好", "ordered two", "不错不错"]
)
def test_who_does_not_ask_does_not(line):
    assert not asks(line)


def test_pressing_is_not_asking():
    assert urges("到底什么时候发货")
    assert urges("都十天了怎么回事")
    assert not urges("多久发货")


def test_others_words_and_other_shops_are_quoted():
    assert quotes("主播说坏单包赔")
    assert quotes("我怕色差大")
    assert quotes("别家退货好麻烦")
    assert not quotes("太可怕了 掉色")
    assert not quotes("主播说话太吵")
