"""A picture of two rule sets on one recording: when each alert fired, by the old and by the new.

A lane for each alert, its old episodes above and its new ones below; colour says what
became of them. Lanes with a difference come first, at most `MOST_LANES` are drawn. The
picture is one SVG document without script, fonts or links.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from monitor.courts.backtest import Difference, Episode
from monitor.durations import spell

MOST_LANES = 60
WIDTH, LEFT, RIGHT, TOP, LANE, BAR = 1200, 320, 24, 92, 38, 11
SHORTEST = 3.0  # of a bar, that it can be seen
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
MOST_TICKS = 10
INK, PALE, LINE = "#1c2733", "#5f6e7d", "#dfe5ea"
COLOURS = {"appears": "#1a8f4c", "vanishes": "#c8342b", "moves": "#c77d00", "stays": "#7b8b9a"}
WORDS = {"appears": "appear", "vanishes": "vanish", "moves": "move", "stays": "stay the same"}


def draw(differences: Sequence[Difference], begins: float, ends: float, new: str, old: str) -> str:
    """The picture, from `begins` to `ends` (epoch seconds); `new` and `old` name the rules."""
    ends = max(ends, begins + 1.0)
    lanes = _lanes(differences)
    shown = lanes[:MOST_LANES]
    height = TOP + LANE * max(len(shown), 1) + 56
    scale = (WIDTH - LEFT - RIGHT) / (ends - begins)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" font-family="system-ui, \'Noto Sans CJK SC\', sans-serif"'
        f' font-size="13" fill="{INK}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_head(differences, new, old),
        *_axis(begins, ends, scale, height),
    ]
    for number, lane in enumerate(shown):
        parts += _lane(lane, TOP + LANE * number, begins, ends, scale)
    if not shown:
        parts.append(_text(LEFT, TOP + 24, "no alert by either", PALE))
    if len(lanes) > len(shown):
        more = f"and {len(lanes) - len(shown)} more alerts"
        parts.append(_text(16, height - 14, more, PALE))
    return "\n".join([*parts, "</svg>", ""])


def _lanes(differences: Sequence[Difference]) -> list[list[Difference]]:
    """The episodes of each alert; those with a difference first, then by time."""
    by_key: dict[str, list[Difference]] = {}
    for each in differences:
        by_key.setdefault(each.episode.key, []).append(each)
    return sorted(by_key.values(), key=lambda lane: all(each.what == "stays" for each in lane))


def _head(differences: Sequence[Difference], new: str, old: str) -> list[str]:
    parts = [
        _text(16, 28, f"{new} against {old}", INK, 'font-size="17" font-weight="600"'),
        _text(16, 50, "above: the old rules · below: the new ones", PALE),
    ]
    x = float(LEFT)
    for what, word in WORDS.items():
        count = sum(1 for each in differences if each.what == what)
        label = f"{count} {word}"
        parts.append(f'<rect x="{x:g}" y="40" width="11" height="11" fill="{COLOURS[what]}"/>')
        parts.append(_text(x + 17, 50, label, INK))
        x += 40 + 8 * len(label)
    return parts


def _axis(begins: float, ends: float, scale: float, height: int) -> list[str]:
    span = ends - begins
    step = next((step for step in STEPS_S if span / step <= MOST_TICKS), STEPS_S[-1])
    parts = []
    for count in range(int(span // step) + 1):
        x = LEFT + count * step * scale
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 10}" y2="{height - 34}" stroke="{LINE}"/>'
        )
        parts.append(_text(x, TOP - 16, spell(count * step), PALE, 'text-anchor="middle"'))
    return parts


def _lane(
    lane: Sequence[Difference], y: float, begins: float, ends: float, scale: float
) -> list[str]:
    first = lane[0].episode
    where = f"{first.room} {first.sku}" if first.sku else first.room
    parts = [
        _text(16, y + 15, _short(first.rule), INK, 'font-weight="600"'),
        _text(16, y + 29, _short(where), PALE),
        f'<line x1="16" x2="{WIDTH - RIGHT}" y1="{y + LANE - 2}" y2="{y + LANE - 2}"'
        f' stroke="{LINE}"/>',
    ]
    for each in lane:
        for episode, below in ((each.old, False), (each.new, True)):
            if episode is not None:
                top = y + 5 + (BAR + 3) * below
                parts.append(_bar(episode, each, top, begins, ends, scale))
    return parts


def _bar(
    episode: Episode, of: Difference, y: float, begins: float, ends: float, scale: float
) -> str:
    until = ends if episode.resolved_at is None else episode.resolved_at
    x = LEFT + (episode.fired_at - begins) * scale
    width = max((until - episode.fired_at) * scale, SHORTEST)
    x = min(x, WIDTH - RIGHT - width)
    old = episode is of.old
    colour = COLOURS["stays" if old and of.what == "moves" else of.what]
    at = spell(max(round(episode.fired_at - begins, 3), 0.0))
    told = f"{'old' if old else 'new'}: {episode.rule} at {at} · {of.what} {of.told()}".strip()
    return (
        f'<rect x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{BAR}" rx="2" fill="{colour}">'
        f"<title>{_safe(told)}</title></rect>"
    )


def _text(x: float, y: float, text: str, colour: str, more: str = "") -> str:
    more = f" {more}" if more else ""
    return f'<text x="{x:.1f}" y="{y:g}" fill="{colour}"{more}>{_safe(text)}</text>'


def _short(text: str) -> str:
    return text if len(text) <= 38 else text[:37] + "…"


def _safe(text: str) -> str:
    """As XML may hold it: what is not printable is left out."""
    return escape("".join(each for each in text if each.isprintable()))
