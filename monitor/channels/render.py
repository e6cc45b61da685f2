"""Puts a notice into words, once for all channels.

A Message is plain: each channel escapes it for its own markup and cuts it to its own
limits. Control and bidirectional characters are gone, for viewers choose room names.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from monitor.alerts.alert import Change, Notice, Severity, Value

Language = Literal["zh", "en"]

LONGEST_TEXT = 600  # characters of one text from outside
ROOMS_SHOWN = 20
BY = ("acked", "muted", "unmuted")  # what somebody did
VALUES_SHOWN = 8

GLYPHS: dict[Severity, str] = {
    "critical": "🛑 P1",
    "warning": "▲ P2",
    "notice": "▼ P3",
    "info": "○ P4",
    "data_lost": "◆",
}

WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "muted": "搁置开始", "unmuted": "搁置结束，仍在触发",
        "fired": "触发", "again": "仍未处理", "acked": "已确认", "resolved": "已恢复",
        "data_lost": "数据中断",
        "room": "直播间", "rooms": "直播间", "values": "数值", "action": "处理", "since": "开始",
        "playbook": "手册", "reason": "原因", "why": "通知依据", "also": "同时",
        "escalated": "升级 {}",
        "open": "打开控制台", "repeated": "（可能重复）", "unknown": "未知", "more": "等 {} 个",
        "by": "由", "alerts": "{} 个直播间",
    },
    "en": {
        "muted": "muted", "unmuted": "mute over, still firing",
        "fired": "fired", "again": "still open", "acked": "acknowledged", "resolved": "resolved",
        "data_lost": "data lost", "room": "Room", "rooms": "Rooms", "values": "Figures",
        "action": "Do", "since": "Since", "playbook": "Playbook", "reason": "Reason",
        "why": "Told because",
        "escalated": "escalated {}", "also": "Also", "open": "Open the control room",
        "repeated": " (possibly repeated)", "unknown": "unknown", "more": "and {} more",
        "by": "by", "alerts": "{} rooms",
    },
}  # fmt: skip

# what is left of bidirectional control and invisible marks after category Cc
HIDDEN = frozenset("\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


class Style(Struct, frozen=True):
    """How people of a channel read: their language and their clock."""

    language: Language = "zh"
    utc_offset_h: float = 8.0


class Message(Struct, frozen=True):
    """A notice in words. `lines` are label and text; `link` is a URL or empty."""

    title: str
    summary: str
    lines: tuple[tuple[str, str], ...]
    footer: str
    link: str
    link_text: str

    @property
    def plain(self) -> str:
        """Everything, for a place without markup."""
        parts = [self.title, self.summary]
        parts += [f"{label}: {text}" for label, text in self.lines]
        parts += [self.link, self.footer]
        return "\n".join(part for part in parts if part)


def render(notice: Notice, style: Style) -> Message:
    """The words of a notice."""
    words, change = WORDS[style.language], notice.change
    lines: list[tuple[str, str]] = []

    def add(label: str, text: str) -> None:
        if text:
            lines.append((words[label], text))

    if notice.rooms:
        add("rooms", _rooms(notice.rooms, words))
    else:
        add("room", _room(notice))
    if change.change != "resolved":
        add("action", _action(change))
    add("values", _values(change.values, words))
    add("since", _clock(change.since, style) if change.since is not None else "")
    add("reason", clean(change.reason))
    if change.change == "fired":
        add("playbook", clean(change.playbook))
    for other in notice.also:
        add("also", f"{_mark(other, words)} {clean(other.summary) or clean(other.rule)}")
    step = f" · {words['escalated'].format(notice.step)}" if notice.step else ""
    repeated = step + (words["repeated"] if notice.repeated else "")
    where = words["alerts"].format(len(notice.rooms)) if notice.rooms else _room(notice)
    by = f" {words['by']} {clean(change.by)}" if change.change in BY and change.by else ""
    title = [_mark(change, words), where, words.get(change.change, change.change)]
    return Message(
        title=" · ".join(part for part in title if part) + by + repeated,
        summary=clean(change.summary) or clean(change.rule),
        lines=tuple(lines),
        footer=f"{clean(change.rule)} · {_clock(change.at, style)} · "
        f"{words['why']}: {clean(notice.reason)}",
        link=clean(notice.link),
        link_text=words["open"],
    )


def clean(text: str) -> str:
    """One line without characters that could hide or turn around what stands beside it."""
    kept = "".join(
        " " if character in "\n\r\t" else character
        for character in text[: 4 * LONGEST_TEXT]
        if character in "\n\r\t"
        or (unicodedata.category(character) not in ("Cc", "Cs") and character not in HIDDEN)
    ).strip()
    return kept if len(kept) <= LONGEST_TEXT else kept[: LONGEST_TEXT - 1] + "…"


def cut_bytes(text: str, limit: int, end: str = "…") -> str:
    """Cut to `limit` bytes of UTF-8 without splitting a character."""
    if len(text.encode()) <= limit:
        return text
    room = limit - len(end.encode())
    return text.encode()[: max(0, room)].decode(errors="ignore") + end


def _mark(change: Change, words: dict[str, str]) -> str:
    if change.change == "resolved":
        return "✓"
    glyph = GLYPHS[change.severity]
    return f"{glyph} {words['data_lost']}" if change.severity == "data_lost" else glyph


def _room(notice: Notice) -> str:
    room, sku = clean(notice.change.room), clean(notice.change.sku or "")
    name = clean(notice.room_name)
    text = f"{name} ({room})" if name and name != room else room
    return f"{text} · {sku}" if sku else text


def _rooms(rooms: tuple[str, ...], words: dict[str, str]) -> str:
    shown = "、".join(clean(room) for room in rooms[:ROOMS_SHOWN])
    left = len(rooms) - ROOMS_SHOWN
    return f"{shown} {words['more'].format(left)}" if left > 0 else shown


def _action(change: Change) -> str:
    role, action = clean(change.role), clean(change.action)
    return f"{role}: {action}" if role and action else action or role


def _values(values: dict[str, Value], words: dict[str, str]) -> str:
    shown = [
        f"{clean(name)} = {_value(value, words)}"
        for name, value in list(values.items())[:VALUES_SHOWN]
    ]
    return ", ".join(shown)


def _value(value: Value, words: dict[str, str]) -> str:
    if value is None:
        return words["unknown"]
    if isinstance(value, str):
        return clean(value)
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"


def _clock(at: float, style: Style) -> str:
    local = datetime.fromtimestamp(at, UTC) + timedelta(hours=style.utc_offset_h)
    return f"{local:%m-%d %H:%M:%S}"
