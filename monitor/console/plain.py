"""Makes the text of strangers safe to show: no controls, no direction tricks, no endless marks.

Room names, products and summaries carry what viewers and shops wrote. Pages show
them as text and never as markup; this takes out what misleads even as text.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

MARKS = 2  # combining marks on one letter; more of them climb over the neighbouring lines

# C0 and C1 controls, surrogates, and format characters: direction overrides, zero widths, tags.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_BREAKS = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\u2028": " ", "\u2029": " "})


@lru_cache(maxsize=4096)  # names come back twice a second
def plain(text: str, limit: int = 200) -> str:
    """The text on one line without what can not be seen, at most `limit` characters."""
    kept: list[str] = []
    marks = 0
    for letter in text[: 4 * limit].translate(_BREAKS):
        category = unicodedata.category(letter)
        if category in _UNSEEN:
            continue
        marks = marks + 1 if category == "Mn" else 0
        if marks <= MARKS:
            kept.append(letter)
    clean = "".join(kept).strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
