"""Names with `*` in them, as mutes, routes and inhibitions are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import lru_cache
from typing import Annotated, TypeAlias

from msgspec import Meta

# A name or a pattern; few stars, for each of them is a search of its own.
Pattern: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=300, pattern=r"^[^*]*(?:\*[^*]*){0,4}$")
]
ANY: tuple[Pattern, ...] = ("*",)


REMEMBERED = 8_192  # compiled patterns: more than the standard library keeps


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether one of them is the name, or stands for it."""
    for pattern in patterns:
        if pattern in ("*", name):
            return True
        if not exact((pattern,)) and _compiled(pattern)(name):
            return True
    return False


def exact(patterns: Iterable[str]) -> bool:
    """Whether they are names, and none of them stands for others."""
    return not any("*" in each or "?" in each or "[" in each for each in patterns)


@lru_cache(maxsize=REMEMBERED)
def _compiled(pattern: str) -> Callable[[str], object]:
    return re.compile(translate(pattern)).match
