"""A notice in words: what, where, since when, what to do; and nothing that hides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.channels.render import HIDDEN, Style, clean, cut_bytes, render
from tests.alerts.changes import acked, resolved
from tests.storage.notices import T0, fired, notice

CHANGE = fired(
    "stock_out",
    "douyin:7",
    severity="critical",
    sku="s1",
    summary="3 号链接 20 秒后售罄",
    role="中控",
    action="补库存或下架",
    playbook="stock",
    since=T0,
    reason="sellout_s < 45",
    values={"sellout_s": 20.04, "stock": 12345.0, "velocity_1m": None, "title": "杯子"},
)
ENGLISH = Style(language="en", utc_offset_h=0)


def test_a_notice_says_everything_in_the_order_it_is_needed():
    """In Chinese, on the room's clock."""
    made = notice(CHANGE, room_name="旗舰店", link="https://room.example/#alert=x")

    assert (
        "🛑 P1 · 旗舰店 (douyin:7) · s1 · 触发\n"
        "3 号链接 20 秒后售罄\n"
        "直播间: 旗舰店 (douyin:7) · s1\n"
        "处理: 中控: 补库存或下架\n"
        "数值: sellout_s = 20, stock = 12,345, velocity_1m = 未知, title = 杯子\n"
        "开始: 11-23 01:53:20\n"
        "原因: sellout_s < 45\n"
        "手册: stock\n"
        "https://room.example/#alert=x\n"
        "stock_out · 11-23 01:53:20 · 通知依据: route all"
    ) == render(made, Style()).plain


def test_what_is_over_needs_no_action():
    """And is marked so that it is not taken for a new alert."""
    text = render(notice(resolved(CHANGE, T0 + 60)), ENGLISH).plain

    assert text.startswith("✓ · douyin:7 · s1 · resolved\n")
    assert "Do:" not in text
    assert "Reason: condition ended" in text


def test_who_acknowledged_stands_in_the_title():
    """So that nobody else runs."""

    assert render(notice(acked(CHANGE, T0)), ENGLISH).title.endswith("acknowledged by 李敏")


def test_each_severity_has_its_glyph():
    """P1 to P4, and data lost is a class of its own."""
    titles = [
        render(notice(fired(severity=severity)), ENGLISH).title.split(" · ")[0]
        for severity in ("critical", "warning", "notice", "info", "data_lost")
    ]

    assert ["🛑 P1", "▲ P2", "▼ P3", "○ P4", "◆ data lost"] == titles


def test_a_repetition_says_so():
    """After a crash nobody knows whether it arrived."""

    assert "(possibly repeated)" in render(notice(repeated=True), ENGLISH).title
    assert "（可能重复）" in render(notice(repeated=True), Style()).title


def test_a_digest_lists_its_rooms_up_to_a_bound():
    """And says how many more there are."""
    rooms = tuple(f"r{number}" for number in range(30))
    message = render(notice(fired(room=""), rooms=rooms, covers=("x|1",)), ENGLISH)

    assert "▲ P2 · 30 rooms · fired" == message.title
    assert message.lines[0][1].endswith("r18、r19 and 10 more")


def test_what_came_together_is_told_together():
    """A line each."""
    message = render(notice(also=(fired("drop"), fired("late", severity="info"))), ENGLISH)

    assert [("Also", "▲ P2 drop in r1"), ("Also", "○ P4 late in r1")] == list(message.lines[-2:])


@given(st.text())
def test_nothing_that_hides_or_turns_text_around_is_left(text):
    """Viewers and anchors choose these names."""
    cleaned = clean(text)

    assert not set(cleaned) & HIDDEN
    assert all(ord(character) >= 32 and ord(character) != 127 for character in cleaned)
    assert len(cleaned) <= 600
    cleaned.encode()


def test_ordinary_text_stays_as_it_is():
    """Emoji, Chinese and accents too; a line break becomes a space."""

    assert "é 评论 👍 x" == clean("é 评论 👍\nx")
    assert "evil txt" == clean("evil\u202e \u200btxt\x07")


@given(st.text(alphabet=st.characters(codec="utf-8")), st.integers(3, 60))
def test_cutting_by_bytes_splits_no_character(text, limit):
    """682 Chinese characters are 2,046 bytes."""
    cut = cut_bytes(text, limit)

    assert len(cut.encode()) <= limit
    assert cut == text or text.startswith(cut[:-1])


def test_a_step_of_an_escalation_says_so_in_the_title():
    """Whoever is woken sees that others were called before."""
    text = render(replace(notice(CHANGE), step=2), Style()).plain

    assert text.startswith("🛑 P1 · douyin:7 · s1 · 触发 · 升级 2\n")
