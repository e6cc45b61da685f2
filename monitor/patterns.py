"""Names with `*` in them, as mutes, routes and inhibitions are written."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated, TypeAlias

from msgspec import Meta

# A name or a pattern; few stars, for each of them is a search of its own.
Pattern: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=300, pattern=r"^[^*]*(?:\*[^*]*){0,4}$")
]
ANY: tuple[Pattern, ...] = ("*",)


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether one of them is the name, or stands for it."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def exact(patterns: Iterable[str]) -> bool:
    """Whether they are names, and none of them stands for others."""
    return not any(set(pattern) & set("*?[") for pattern in patterns)
