"""Disguises undone: "jia货", "垃-圾 质-量", "v信". What they hide is read instead.

Only comments that hints.py finds odd come here, so this may take its time.
"""

from __future__ import annotations

import re
from importlib import resources


def _homophones() -> list[tuple[str, str]]:
    text = resources.files("monitor.mood").joinpath("homophones.txt").read_text("utf-8")
    rows = [line.partition(":") for line in text.splitlines() if not line.startswith("#")]
    return [(worn, meant) for meant, _, disguises in rows for worn in disguises.split()]


HOMOPHONES = _homophones()  # (disguise, what it means)
HARD = "-_*/\\|~+=^#•°&"  # between two characters they part what belongs together
SEPARATORS = HARD + ".·'\"`,;:  "
_TOLD = dict(HOMOPHONES)
_DISGUISE = re.compile("|".join(sorted(map(re.escape, _TOLD), key=len, reverse=True)))
_HARD = re.compile(rf"(?<=[一-鿿])[{re.escape(HARD)}]+(?=[一-鿿])")
_SPELLED = re.compile(  # 质 量 太 差: three or more single characters in a row
    rf"(?<![一-鿿])[一-鿿](?:[{re.escape(SEPARATORS)}][一-鿿]){{2,}}(?![一-鿿])"
)
_BETWEEN = re.compile(rf"[{re.escape(SEPARATORS)}]+")


def unmask(line: str) -> str:
    """A folded comment without its disguises; itself if it wears none."""
    line = _SPELLED.sub(lambda match: _BETWEEN.sub("", match[0]), line)
    line = _HARD.sub("", line)
    return _DISGUISE.sub(lambda match: _TOLD[match[0]], line)
