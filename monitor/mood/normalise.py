"""Comments of a batch become one text of plain lines, a line each.

Width, case and look-alike question marks are folded by one table over code
points, runs of a character are cut to two, and what is not the viewer's own
words goes: @names, [codes] that say nothing bad, invisible characters.
Issue 5 adds 繁→简 to the same table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LONGEST = 256  # no platform lets a viewer write more; what is longer is a flood
BREAK = 10  # "\n", which ends a comment here; one inside a comment becomes a space
_SPACE = 32
_NOTHING = 0
_MENTION = re.compile(r"@[^\s@]{1,20}(?=\s|$)")
_CODE = re.compile(r"\[([^\[\]\s]{1,8})\]")
BAD_CODES = frozenset(["怒", "发怒", "抓狂", "呕吐", "吐", "鄙视", "撇嘴", "弱"])


def plain(texts: Sequence[str]) -> str:
    """What the comments say, in as many lines; of each its first 256 characters."""
    joined = "\n".join([text if len(text) <= LONGEST else text[:LONGEST] for text in texts])
    if joined.count("\n") != max(len(texts) - 1, 0):
        joined = "\n".join([" ".join(text[:LONGEST].split("\n")) for text in texts])
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = _FOLD.take(points, mode="clip")
    said = folded[_said(folded)].tobytes().decode("utf-32-le")
    if "[" in said:
        said = _CODE.sub(_code, said)
    if "@" in said:
        said = _MENTION.sub(" ", said)
    return said


def _said(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Where a character is neither invisible nor the third of a run."""
    said: NDArray[np.bool_] = points != _NOTHING
    run = (points[2:] == points[1:-1]) & (points[2:] == points[:-2]) & (points[2:] != BREAK)
    said[2:] &= ~run
    return said


def _code(match: re.Match[str]) -> str:
    return match[0] if match[1] in BAD_CODES else " "


def _fold() -> NDArray[np.uint32]:
    table = np.arange(0x20000, dtype=np.uint32)
    table[: ord(" ")] = _SPACE
    table[BREAK] = BREAK
    table[0xD800:0xE000] = _SPACE  # half a character says nothing
    table[0xFF01:0xFF5F] -= 0xFEE0  # full width
    table[[0x00A0, 0x3000]] = _SPACE
    table[[ord(mark) for mark in "¿‽⁇⁈⁉❓❔﹖︖"]] = ord("?")
    table[[ord(mark) for mark in "。、．"]] = ord(".")
    table[[0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF]] = _NOTHING
    upper = (table >= ord("A")) & (table <= ord("Z"))
    table[upper] += 32
    table[-1] = _SPACE  # whatever is above the table
    return table


_FOLD = _fold()
