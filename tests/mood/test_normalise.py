"""What is left of a comment before anybody looks for words in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.mood.normalise import fold


def plain(texts: list[str]) -> str:
    """The folded comments as lines, without the breaks around them."""
    return fold(texts).text[1:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３！", "abc123!"),
        ("好？❓﹖", "好??"),
        ("哈哈哈哈哈 10000", "哈哈 100"),
        ("質量太差，還不退錢", "质量太差,还不退钱"),
        ("没\u200b声\ufe0f音", "没声音"),
        ("一\n二\r三\u3000四", "一 二 三 四"),
        ("@小 明 没声音", "\ue000 明 没声音"),
        ("@主播没声音", "\ue000"),
        ("差[怒][捂脸]", "差😡 "),
        ("🤬🤮👍🏻[玫瑰]❤️", "😡😡👍👍"),
        ("[这不是一个表情代码]", "[这不是一个表情代码]"),
        ("\ud800坏了", " 坏了"),
        ("\U00020000", " "),
        ("x" * 5 + "好" * 5, "xx好好"),
        ("", ""),
    ],
)
def test_a_comment_is_folded(text, expected):
    assert expected == plain([text])


def test_a_comment_is_read_to_its_256th_character():
    assert "ab" * 128 == plain(["ab" * 200])
    assert "ab" * 127 + "a " == plain(["ab" * 127 + "a\n" + "没声音"])


def test_the_same_character_in_neighbouring_comments_is_no_run():
    assert "啊啊\n啊啊\n\n\n\n啊" == plain(["啊啊", "啊啊啊", "", "", "", "啊"])


@given(st.lists(st.text(max_size=40) | st.text("啊a@[]怒 \n？", max_size=40)))
def test_each_comment_has_a_line_of_its_own_and_the_same_as_alone(texts):
    assert "\n".join(plain([text]) for text in texts) == plain(texts)
    assert max(len(texts), 1) == len(plain(texts).split("\n"))
