"""Comments of a batch become one row of code points, as plain as they can be told apart.

Width, case, look-alike marks, faces and traditional characters are folded by one
table over code points, runs of a character are cut to two, and what is not the viewer's
own words goes or shrinks to a mark: @names, [codes], invisible characters.

    ["質量太差了!!!!", "3號 拍了"]   →   ⏎质量太差了!!⏎3号 拍了⏎

Every comment stands between two breaks, so that what stands first and last in it can be
told from what stands within.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.uint32]

LONGEST = 256  # no platform lets a viewer write more; what is longer is a flood
BREAK = 10  # "\n", which bounds a comment here; one inside a comment becomes a space
MENTION = "\ue000"  # stands for an @name
ANGRY, GLAD = "😡", "👍"  # every angry, and every glad, face or code
_SPACE = 32
_NOTHING = 0
_NAMED = re.compile(r"@[^\s@]{1,20}(?=\s|$)")
_CODE = re.compile(r"\[([^\[\]\s]{1,8})\]")
BAD_CODES = frozenset(["怒", "发怒", "抓狂", "呕吐", "吐", "鄙视", "撇嘴", "弱", "愤怒", "生气"])
GOOD_CODES = frozenset(["赞", "爱心", "玫瑰", "鼓掌", "比心", "强", "鲜花", "送心", "捧脸", "加油"])


class Lines(NamedTuple):
    """A batch of comments. Comment i is points[starts[i] + 1 : starts[i + 1]]."""

    points: Points  # begins and ends with BREAK
    starts: NDArray[np.intp]  # of the breaks: one more than there are comments

    @property
    def text(self) -> str:
        """The same as a string, with the same places."""
        return self.points.tobytes().decode("utf-32-le")


def fold(texts: Sequence[str]) -> Lines:
    """The comments folded; of each its first 256 characters."""
    count = len(texts)
    joined = "\n".join(texts)
    if len(joined) > LONGEST and max(map(len, texts)) > LONGEST:
        joined = "\n".join([text[:LONGEST] for text in texts])
    joined = f"\n{joined}\n"
    if joined.count("\n") != count + 1:
        joined = "\n".join(["", *(text[:LONGEST].replace("\n", " ") for text in texts), ""])
    if "[" in joined:
        joined = _CODE.sub(_code, joined)
    if "@" in joined:
        joined = _NAMED.sub(MENTION, joined)
    data = joined.encode("utf-32-le", "surrogatepass")
    folded = _FOLD.take(np.frombuffer(data, np.uint32), mode="clip")
    seen = folded != _NOTHING
    if not seen.all():
        folded = folded[seen]
    points = folded[_said(folded)]
    return Lines(points, np.flatnonzero(points == BREAK))


def _said(points: Points) -> NDArray[np.bool_]:
    """Where a character is not the third of a run."""
    said = np.ones(len(points), np.bool_)
    same = points[1:] == points[:-1]
    run = same[1:] & same[:-1]
    run &= points[2:] != BREAK
    np.logical_not(run, out=said[2:])
    return said


def _code(match: re.Match[str]) -> str:
    name = match[1]
    if name in BAD_CODES:
        return ANGRY
    return GLAD if name in GOOD_CODES else " "


def _fold() -> Points:
    table = np.arange(0x20000, dtype=np.uint32)
    table[: ord(" ")] = _SPACE
    table[BREAK] = BREAK
    table[0xD800:0xE000] = _SPACE  # half a character says nothing
    table[0xFF01:0xFF5F] -= 0xFEE0  # full width
    table[[0x00A0, 0x3000]] = _SPACE
    for marks, one in (
        ("¿‽⁇⁈⁉❓❔﹖︖", "?"),
        ("❗❕﹗", "!"),
        ("。、．・", "."),
        ("😠🤬😤💢👿😾🖕👎🤮🤢💩🙄", ANGRY),
        ("👏💪🌹❤💕💗💖💓😍🥰😘💯🎉🫶🤗👌", GLAD),
    ):
        table[[ord(mark) for mark in marks]] = ord(one)
    for unseen in (0x200B, 0x200C, 0x200D, 0x2060, 0x20E3, 0xFE0E, 0xFE0F, 0xFEFF):
        table[unseen] = _NOTHING
    table[0x1F3FB:0x1F400] = _NOTHING  # the colour of a hand
    upper = (table >= ord("A")) & (table <= ord("Z"))
    table[upper] += 32
    for traditional, simplified in _traditional():
        table[ord(traditional)] = ord(simplified)
    table[-1] = _SPACE  # whatever is above the table
    return table


def _traditional() -> list[tuple[str, str]]:
    text = resources.files("monitor.mood").joinpath("traditional.txt").read_text("utf-8")
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    return list(zip("".join(rows[::2]), "".join(rows[1::2]), strict=True))


_FOLD = _fold()


def plain(texts: Sequence[str]) -> str:
    """Texts as they look in folded comments, a line each."""
    return fold(texts).text[1:-1]
